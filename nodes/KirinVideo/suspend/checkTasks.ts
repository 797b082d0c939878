import type { Api } from '../api/client';
import type { Clock } from '../api/clock';
import { type RetryPolicy, retry } from '../api/retry';
import { getTaskOnce, taskOf } from '../task/getTask';
import { type Task, isDone } from '../task/task';

/** All tasks are done, or one is not, or the service could not say. */
export type Finding = 'done' | 'unfinished' | 'unknown';

export interface CheckOptions {
	api: Api;
	clock: Clock;
	/** Tasks that are known to be done, by the ID that was asked for. What the check finds is added. */
	done: Map<string, Task>;
	/** Whether a callback says that the first task is done; then the service's answer may lag behind. */
	claimsEnd?: boolean;
}

/** The longest time of one get, in milliseconds, because a caller waits for it. */
const GET_TIMEOUT_MS = 10_000;
const CHECK_POLICY: RetryPolicy = { maxAttempts: 2, maxPauseMs: 1_000 };
const MAX_AT_ONCE = 32;

/** How long the service may need to know what its own callback says, in milliseconds. */
const LAG_MS = 500;

/**
 * Gets one task, then two, four …, until one is not done. That takes few requests while tasks are in
 * progress, and little time at the end. Tasks that are known to be done are skipped.
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
	const send = async () => await getTaskOnce(api, id, GET_TIMEOUT_MS, { taskId: id });
	const outcome = await retry(send, taskOf, CHECK_POLICY, { clock });
	if ('value' in outcome) {
		if (!isDone(outcome.value)) return 'unfinished';
		done.set(id, outcome.value);
		return 'done';
	}
	// A new task may not be visible yet; its end brings another call.
	if (outcome.kind === 'missing') return 'unfinished';
	// A key that is no longer accepted ends every wait, with the error that says so.
	return outcome.kind ? 'done' : 'unknown';
}
