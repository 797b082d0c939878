import type { IWebhookFunctions } from 'n8n-workflow';
import { list, record, text } from '../../KirinVideo/api/untrusted';
import { exactBody, readCallback } from '../../KirinVideo/task/callback';
import { type KnownIds, isDone, readTask } from '../../KirinVideo/task/task';

/** What is read from the body of a call. None of it is trusted. */
export interface Call {
	/** By these IDs the service is asked. Empty when the body names none that could be one. */
	ids: KnownIds;
	/** The body says that the task is done: it is worth asking again where the API does not say so yet. */
	claimsEnd: boolean;
}

/** Reads the body of a call. */
export function readCall(
	functions: Pick<IWebhookFunctions, 'getBodyData' | 'getRequestObject'>,
): Call {
	const body = exactBody(functions.getBodyData(), functions.getRequestObject());
	return { ids: readCallback(body), claimsEnd: claimsEnd(objectsOf(body)) };
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
