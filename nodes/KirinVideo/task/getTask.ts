import type { Api, Answer } from '../api/client';
import type { Clock } from '../api/clock';
import { ask } from '../api/retry';
import { lookFailed, taskNotFound } from './errors';
import { type Task, readTask } from './task';

/**
 * One look at a task, by its ID or the external one.
 *
 * @throws TaskError when there is no such task, or the service cannot or will not tell
 */
export async function lookAt(
	id: string,
	{ api, clock, signal }: { api: Api; clock: Clock; signal?: AbortSignal },
): Promise<Task> {
	const asked = await ask(async () => await look(api, id), taskOf, { clock, signal });
	if ('told' in asked) return asked.told;
	if (asked.kind === 'missing') throw taskNotFound(asked.answer, id);
	throw lookFailed(asked.answer, asked.kind, id);
}

/** `GET …/task/{id}`, where the ID is the service's or ours. */
export async function look(api: Api, id: string, timeoutMs?: number): Promise<Answer> {
	return await api.call({
		method: 'GET',
		path: `/model/v1/generation/task/${encodeURIComponent(id)}`,
		...(timeoutMs !== undefined && { timeoutMs }),
	});
}

/** The task in an answer of 2xx, if there is one. */
export function taskOf(answer: Answer): Task | undefined {
	return answer.kind === 'response' && answer.status >= 200 && answer.status < 300
		? readTask(answer.body)
		: undefined;
}
