/** What must never happen in a life, whatever the service and the wire do. */
import { KEY } from './key-forms';
import type { Request } from './lying-server';
import { WAYS, type Way, type WayName } from './ways';
import type { Lived, WireWorld } from './wire-world';

export type Crime = 'hung' | 'keyLeaks' | 'unnamedTasks' | 'billedTwice';

export interface Finding {
	crime: Crime;
	what: string;
}

/**
 * @param told IDs that a whole and clear answer has given the node: nothing else will do then
 */
export function judge(
	world: WireWorld,
	wayName: WayName,
	lived: Lived,
	told: readonly string[] = [],
): Finding[] {
	const found: Finding[] = [];
	const add = (crime: Crime, what: string) => void found.push({ crime, what });
	const { server } = world;
	if (!lived.ended) add('hung', `not over after ${Math.round(lived.elapsedMs / 1000)} s`);

	const leak = world.keyOutside(lived);
	if (leak !== undefined) add('keyLeaks', leak);
	for (const { kind, headers, path } of server.requests) {
		if (kind === 'download' && JSON.stringify(headers).includes(KEY.slice(0, 12))) {
			add('keyLeaks', `the key was sent to ${path}`);
		}
	}

	if (lived.ended && namesTask(WAYS[wayName])) {
		const text = JSON.stringify([lived.items.map(({ json }) => json), lived.error]);
		const ids = told.length > 0 ? told : idsThatExist(server.requests, world);
		if (ids.length > 0 && !ids.some((id) => text.includes(id))) {
			add('unnamedTasks', `neither of ${ids.join(', ')} is in: ${text.slice(0, 600)}`);
		}
	}
	for (const what of secondCreates(server.requests)) add('billedTwice', what);
	return found;
}

/** The estimate has no task, the credential test none either, and a refused callback starts nothing. */
function namesTask({ creates, calls }: Way): boolean {
	return creates || (calls as string[]).includes('download');
}

function idsThatExist(requests: Request[], { server }: WireWorld): string[] {
	const creates = requests.filter(({ kind }) => kind === 'create');
	if (creates.length === 0) return [];
	return server.tasks.flatMap(({ id, externalTaskId }) => [id, ...(externalTaskId ?? [])].flat());
}

/**
 * A create that was sent while an earlier one of the same life may have made a task: nothing in between
 * has said that it did not, or that the task has failed.
 */
function secondCreates(requests: Request[]): string[] {
	const found: string[] = [];
	let earlier: Request | undefined;
	let isDenied = false;
	for (const request of requests) {
		if (request.kind === 'get' && request.denies) isDenied = true;
		if (request.kind !== 'create') continue;
		if (earlier && !isDenied) found.push(`a second create at ${request.at - earlier.at} ms`);
		earlier = request;
		isDenied = request.denies === true;
	}
	return found;
}
