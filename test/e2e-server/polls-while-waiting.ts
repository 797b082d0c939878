/** Judges whether an execution that waits for callbacks leaves the service alone meanwhile. */
import type { RequestRecord, SandboxTask } from '../../sandbox';
import { executionOfResumeUrl } from './resume-url';

export type WaitingTask = Pick<SandboxTask, 'id' | 'callbackUrl' | 'endsAt'>;
/** What n8n answers to a callback of an execution that does not wait. */
const REFUSED = 409;

export type SeenRequest = Pick<RequestRecord, 'at' | 'kind' | 'taskId' | 'status'>;

/**
 * The looks at tasks of waiting executions that nothing had called for. Called for are: the one look at
 * each task between its submit and the wait; looks soon after a callback of the same execution, which
 * is not believed; and the looks of the execution that such a callback has woken.
 *
 * @param reactionMs how long after a callback looks are taken to be its consequence
 */
export function pollsWhileWaiting(
	tasks: readonly WaitingTask[],
	requests: readonly SeenRequest[],
	reactionMs: number,
): SeenRequest[] {
	const byExecution = new Map<string, WaitingTask[]>();
	for (const task of tasks) {
		const execution = executionOfResumeUrl(task.callbackUrl ?? '');
		if (execution === undefined) continue;
		byExecution.set(execution, [...(byExecution.get(execution) ?? []), task]);
	}
	return [...byExecution.values()].flatMap((own) => {
		const ids = new Set(own.map(({ id }) => id));
		const ofThem = requests.filter(({ taskId }) => taskId !== undefined && ids.has(taskId));
		return uncalledFor(own, ofThem, reactionMs);
	});
}

function uncalledFor(
	tasks: readonly WaitingTask[],
	requests: readonly SeenRequest[],
	reactionMs: number,
): SeenRequest[] {
	const callbacks = requests.filter(({ kind }) => kind === 'callback');
	const allSettledAt = Math.max(...tasks.map(({ endsAt }) => endsAt));
	// What wakes the execution may have been sent while the last task rendered, and have looked after it.
	const isWoken = callbacks.some(
		({ at, status }) => at >= allSettledAt - reactionMs && status !== REFUSED,
	);
	const looked = new Set<string | undefined>();
	return requests.filter(({ at, kind, taskId }) => {
		if (kind !== 'get') return false;
		if (!looked.has(taskId)) {
			looked.add(taskId);
			return false;
		}
		if (isWoken && at >= allSettledAt) return false;
		return !callbacks.some((callback) => callback.at <= at && at <= callback.at + reactionMs);
	});
}
