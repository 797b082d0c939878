import { backoffMs } from '../api/retry';
import type { Api } from '../api/client';
import type { Clock } from '../api/clock';
import { refusalKind } from '../api/refusal';
import { look, taskOf } from '../task/getTask';
import { type Task, isSettled } from '../task/task';

/** Whether all tasks are done, or one is not, or the service could not tell. */
export type Finding = 'done' | 'unfinished' | 'unknown';

export interface CheckOptions {
	api: Api;
	clock: Clock;
	/** Tasks that are known to be done, by the ID that was asked for. What the check finds is added. */
	done: Map<string, Task>;
	/** Whether a callback says that the first task is done: then the first answer may lag behind. */
	claimsEnd?: boolean;
}

/** A caller waits for no get longer than this, in milliseconds. */
const GET_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 2;
const MAX_AT_ONCE = 32;

/** How long the service may need to know what its own callback says, in milliseconds. */
const LAG_MS = 500;

/**
 * Gets one task, then two, four …, until one is not done: few requests while tasks are under way, and
 * little time at the end. Tasks that are known to be done are not asked for again.
 *
 * @param ids the task most likely to have changed comes first
 */
export async function checkTasks(ids: string[], options: CheckOptions): Promise<Finding> {
	const { done } = options;
	const [first] = ids;
	const left = ids.filter((id) => !done.has(id));
	for (let atOnce = 1; left.length > 0; atOnce = Math.min(2 * atOnce, MAX_AT_ONCE)) {
		const checks = left.splice(0, atOnce).map(async (id) => {
			const finding = await checkTask(id, options);
			if (id !== first || !options.claimsEnd || finding !== 'unfinished') return finding;
			await options.clock.sleep(LAG_MS);
			return await checkTask(id, options);
		});
		const findings = await Promise.all(checks);
		if (findings.includes('unfinished')) return 'unfinished';
		if (findings.includes('unknown')) return 'unknown';
	}
	return 'done';
}

async function checkTask(id: string, { api, clock, done }: CheckOptions): Promise<Finding> {
	for (let attempt = 1; ; attempt++) {
		const answer = await look(api, id, GET_TIMEOUT_MS);
		const task = taskOf(answer);
		if (task) {
			if (!isSettled(task)) return 'unfinished';
			done.set(id, task);
			return 'done';
		}
		const refusal = refusalKind(answer);
		// Not visible for a moment, perhaps; the end of the task brings another call.
		if (refusal === 'missing') return 'unfinished';
		// A key that is not accepted any more ends every wait, with the error that says so.
		if (refusal) return 'done';
		if (attempt >= MAX_ATTEMPTS) return 'unknown';
		await clock.sleep(backoffMs(attempt, clock.random()));
	}
}
