import type { IWebhookFunctions } from 'n8n-workflow';
import { parseJson } from '../../KirinVideo/api/answerText';
import { list, record, text } from '../../KirinVideo/api/untrusted';
import { readCallback } from '../../KirinVideo/task/callback';
import { type KnownIds, isDone, readTask } from '../../KirinVideo/task/task';

/** What is taken from the body of a call. Nothing of it is believed. */
export interface Call {
	/** By these IDs the service is asked. Empty when the body names none that could be one. */
	ids: KnownIds;
	/** The body says that the task is done: it is worth asking again where the API does not say so yet. */
	claimsEnd: boolean;
}

/** A callback has a few kB; a longer body is not parsed a second time. In bytes. */
const MAX_TEXT_BYTES = 256 * 1024;

/** As many digits as a number in JSON may have lost some of. */
const LONG_NUMBER = /^\d{16,}$/;

/** n8n parses the bodies of some content types only; which one the service sends is not documented. */
export function readCall(
	functions: Pick<IWebhookFunctions, 'getBodyData' | 'getRequestObject'>,
): Call {
	const parsed = callOf(functions.getBodyData());
	const { taskId, externalTaskId } = parsed.ids;
	const named = [taskId, externalTaskId].filter((id) => id !== undefined);
	if (named.length > 0 && !named.some((id) => LONG_NUMBER.test(id))) return parsed;
	const { rawBody } = functions.getRequestObject() as { rawBody?: Bytes };
	if (!rawBody || rawBody.length > MAX_TEXT_BYTES) return parsed;
	const own = callOf(parseJson(rawBody.toString()));
	return own.ids.taskId === undefined && own.ids.externalTaskId === undefined ? parsed : own;
}

interface Bytes {
	length: number;
	toString(): string;
}

function callOf(body: unknown): Call {
	const objects = objectsOf(body);
	// The vendor's own body, which the service may pass on unchanged: our ID is one level further down.
	const vendor = objects.map(({ task_info }) => readCallback(task_info));
	const externalTaskId = vendor.find((ids) => ids.externalTaskId)?.externalTaskId;
	return {
		ids: { ...(externalTaskId !== undefined && { externalTaskId }), ...readCallback(body) },
		claimsEnd: claimsEnd(objects),
	};
}

/** The body and, in an envelope, the task within it; the innermost first. */
function objectsOf(body: unknown): Array<Record<string, unknown>> {
	const outer = record(body);
	const inner = record(outer?.data);
	return [inner, outer].filter((object) => object !== undefined);
}

/** An envelope has a status of its own, which is about the answer and not about the task. */
function claimsEnd(objects: Array<Record<string, unknown>>): boolean {
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
