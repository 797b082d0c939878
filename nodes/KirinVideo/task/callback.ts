import { defined, identifier, record } from '../api/untrusted';
import type { KnownIds } from './task';

/**
 * The IDs that a callback names. Its body is not documented and anybody may have sent it, so nothing
 * else is taken from it: the truth comes from an authenticated look (reference: "Callback").
 *
 * @returns empty when there is no ID that could stand in the path of a look
 */
export function readCallback(body: unknown): KnownIds {
	const outer = record(body);
	const inner = record(outer?.data);
	// The vendor's own shape, where the service hands the address on unchanged (reference: "callback").
	const infos = [outer, inner].map((object) => record(object?.task_info));
	const usableExternal = (info?: Record<string, unknown>) => usable(info?.external_task_id);
	const first = (...names: string[]) =>
		identifier(...[outer, inner].flatMap((object) => names.map((name) => usable(object?.[name]))));
	return defined({
		taskId: first('id', 'task_id', 'request_id'),
		externalTaskId: first('external_task_id') ?? identifier(...infos.map(usableExternal)),
	});
}

/** As long as an ID may be that we send ourselves. */
const MAX_CHARACTERS = 128;

function usable(value: unknown): unknown {
	const isTooLong = typeof value === 'string' && value.length > MAX_CHARACTERS;
	const isUnfit =
		typeof value === 'string' && (/[\s\p{C}]/u.test(value) || /^\.{1,2}$/.test(value));
	return isTooLong || isUnfit ? undefined : value;
}
