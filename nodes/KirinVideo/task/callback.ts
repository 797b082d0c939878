import { parseJson } from '../api/answerText';
import { defined, identifier, list, record, text } from '../api/untrusted';
import { type KnownIds, isDone, readTask } from './task';

/** What is read from the body of a callback. None of it is trusted. */
export interface Call {
	/** By these IDs the service is asked. Empty when the body names none that could be one. */
	ids: KnownIds;
	/** The body says that the task is done: it is worth asking again where the API does not say so yet. */
	claimsEnd: boolean;
}

/**
 * @param parsed what n8n has made of the body
 * @param request as it came, with the bytes of its body
 */
export function readCall(parsed: unknown, request: unknown): Call {
	const body = exactBody(parsed, request);
	return { ids: readCallback(body), claimsEnd: claimsEnd(body) };
}

/** A callback has a few kB; a longer body is not parsed a second time. */
const MAX_TEXT_BYTES = 256 * 1024;

/** A number in JSON with so many digits may have lost some of them. */
const LONG_NUMBER = /^\d{16,}$/;

/**
 * The body of a call with all digits of its IDs. n8n parses the bodies of some content types only, and
 * numbers without their last digits.
 */
function exactBody(parsed: unknown, request: unknown): unknown {
	const { taskId, externalTaskId } = readCallback(parsed);
	const ids = [taskId, externalTaskId].filter((id) => id !== undefined);
	if (ids.length > 0 && !ids.some((id) => LONG_NUMBER.test(id))) return parsed;
	const { rawBody } = request as { rawBody?: Buffer };
	if (!rawBody || rawBody.length > MAX_TEXT_BYTES) return parsed;
	const own = parseJson(rawBody.toString());
	return Object.keys(readCallback(own)).length > 0 ? own : parsed;
}

/**
 * Reads the IDs that a callback names. Its body is not documented and anybody may have sent it, so nothing
 * else in it is used: an authenticated get tells the truth (reference: "Callback").
 *
 * @returns an empty object when no ID fits into the path of a get
 */
function readCallback(body: unknown): KnownIds {
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

/** The longest ID that the node itself sends, in characters. */
const MAX_CHARACTERS = 128;

function usable(value: unknown): unknown {
	const isTooLong = typeof value === 'string' && value.length > MAX_CHARACTERS;
	const isUnfit =
		typeof value === 'string' && (/[\s\p{C}]/u.test(value) || /^\.{1,2}$/.test(value));
	return isTooLong || isUnfit ? undefined : value;
}

/** The body and, in an envelope, the task within it; the innermost first. */
function objectsOf(body: unknown): Array<Record<string, unknown>> {
	const outer = record(body);
	const inner = record(outer?.data);
	return [inner, outer].filter((object) => object !== undefined);
}

/**
 * Whether a callback says that its task is done. An envelope has a status of its own, which is about the
 * answer and not about the task.
 */
function claimsEnd(body: unknown): boolean {
	const objects = objectsOf(body);
	const words = objects.map(statusWords).find(({ length }) => length > 0) ?? [];
	return words.some(isEndWord) || objects.some(hasOutput);
}

function statusWords(object: Record<string, unknown>): string[] {
	const { status, task_status, state, event } = object;
	return [status, task_status, state, event]
		.map((word) => text(word))
		.filter((word) => word !== undefined);
}

/** In the words of tasks, "completed"; and "task.completed", as events are often called. */
function isEndWord(word: string): boolean {
	const status = word
		.slice(-MAX_WORD_CHARACTERS)
		.split(/[\s.:/]/)
		.at(-1);
	const task = readTask({ id: 'any', status });
	return task !== undefined && isDone(task);
}

const MAX_WORD_CHARACTERS = 64;

function hasOutput({ output, outputs, task_result: result }: Record<string, unknown>): boolean {
	return [output, outputs, record(result)?.videos].some((value) => list(value).length > 0);
}
