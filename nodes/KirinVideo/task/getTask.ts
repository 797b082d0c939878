import type { Api } from '../api/client';
import type { Answer } from '../api/answer';
import type { Clock } from '../api/clock';
import { type Outcome, type RetryPolicy, READ_POLICY, retry } from '../api/retry';
import { excerpt } from '../api/untrusted';
import { getFailed, taskNotFound } from './errors';
import { type KnownIds, type Task, idsNamedBy, readTask } from './task';

/**
 * Gets a task by its ID or the external one, and retries transient errors.
 *
 * @throws TaskError when there is no such task, or the service cannot or will not tell
 */
export async function getTask(
	id: string,
	{ api, clock, signal }: { api: Api; clock: Clock; signal?: AbortSignal },
): Promise<Task> {
	const outcome = await tryToGet(id, READ_POLICY, { api, clock, signal });
	if ('value' in outcome) return outcome.value;
	if (outcome.kind === 'missing') throw taskNotFound(outcome.answer, id);
	throw getFailed(outcome.answer, outcome.kind, id);
}

/** The same without an error: the task, or the answer that ended the attempts. */
export async function tryToGet(
	id: string,
	policy: RetryPolicy,
	{ api, clock, signal }: { api: Api; clock: Clock; signal?: AbortSignal },
): Promise<Outcome<Task>> {
	return await retry(async () => await getTaskOnce(api, id), taskOf, policy, { clock, signal });
}

/**
 * `GET …/task/{id}`, where the ID is the service's or ours.
 *
 * @param known the IDs that are certain; an answer with others is about another task
 * @returns the answer, without its body where it is about another task
 */
export async function getTaskOnce(
	api: Api,
	id: string,
	timeoutMs?: number,
	known: KnownIds = {},
): Promise<Answer> {
	const answer = await api.call({
		method: 'GET',
		path: `/model/v1/generation/task/${encodeURIComponent(id)}`,
		...(timeoutMs !== undefined && { timeoutMs }),
	});
	const task = taskOf(answer);
	if (answer.kind === 'noAnswer' || !task || isAbout(task, id, known)) return answer;
	const problem = `the service answered with another task, ${excerpt(task.taskId, MAX_SHOWN_CHARACTERS)}`;
	return { ...answer, body: undefined, text: undefined, problem };
}

/** How much of an ID is shown, in characters. */
const MAX_SHOWN_CHARACTERS = 128;

/**
 * Whether a task can be the one that was requested. A task that is requested by its external ID has another
 * ID of its own, so it is only certainly another one when both of its IDs differ.
 */
function isAbout(task: Task, id: string, known: KnownIds): boolean {
	const asked = [id, known.taskId, known.externalTaskId].filter((one) => one !== undefined);
	const named = idsNamedBy(task);
	if (named.some((one) => asked.includes(one))) return true;
	return known.taskId === undefined && task.externalTaskId === undefined;
}

/**
 * The task in a 2xx answer, if there is one.
 *
 * @param known where both IDs are known, the task keeps its own, whatever the answer calls it
 */
export function taskOf(answer: Answer, known: KnownIds = {}): Task | undefined {
	if (answer.kind !== 'response' || answer.status < 200 || answer.status >= 300) return undefined;
	const task = readTask(answer.body, answer.baseUrl);
	const { taskId, externalTaskId } = known;
	if (!task || taskId === undefined || externalTaskId === undefined) return task;
	return { ...task, taskId };
}
