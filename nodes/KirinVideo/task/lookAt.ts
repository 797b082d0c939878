import type { Clock } from '../clock';
import type { Api } from '../transport';
import { lookFailed, taskNotFound } from './errors';
import { backoffMs } from './backoff';
import { look, taskOf } from './poll';
import { refusalKind, retryAfterMs } from './refusal';
import type { Task } from './task';

/** A single look is repeated this often when it fails in a passing way. */
const MAX_TRIES = 4;

/** A single look does not wait longer than this for a service that asks for patience, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/**
 * One look at a task, by its ID or the external one.
 *
 * @throws TaskError when there is no such task, or the service cannot or will not tell
 */
export async function lookAt(
	id: string,
	{ api, clock, signal }: { api: Api; clock: Clock; signal?: AbortSignal },
): Promise<Task> {
	for (let tries = 1; ; tries++) {
		const answer = await look(api, id);
		const task = taskOf(answer);
		if (task) return task;
		const kind = refusalKind(answer);
		if (kind === 'missing') throw taskNotFound(answer, id);
		if (kind || tries >= MAX_TRIES) throw lookFailed(answer, kind, id);
		const pause = backoffMs(tries, clock.random(), retryAfterMs(answer, clock.now()));
		await clock.sleep(Math.min(pause, MAX_PAUSE_MS), signal);
	}
}
