import { backoffMs } from '../api/retry';
import type { Api } from '../api/client';
import type { Answer } from '../api/answer';
import type { Clock } from '../api/clock';
import { refusalKind, retryAfterMs } from '../api/refusal';
import type { TaskError } from '../api/taskError';
import { pollRefused, taskNotFound, taskVanished } from './errors';
import { look, taskOf } from './getTask';
import { type RenderTimes, type Reports, noteProgress } from './observations';
import { type Situation, MOST_PAUSE_MS, pauseBeforePoll } from './schedule';
import { type KnownIds, type Task, following, isSettled } from './task';

/** When to ask: milliseconds everywhere. */
export interface Schedule {
	strategy: 'adaptive' | 'fixed';
	/** Between two looks; for adaptive, the least. */
	intervalMs: number;
	/** From the submit, or from the first look at a task that existed before. */
	maximumWaitMs: number;
}

/** A task that is not found is believed to be only not visible yet for this long. */
export const NOT_FOUND_GRACE_MS = 15_000;

/** The end of a wait: the settled task, or the last that was seen of it before the deadline. */
export interface Waited {
	task?: Task;
	settled: boolean;
	/** How many looks it took. */
	polls: number;
	/** The last answer, where it told nothing of the task. */
	last?: Answer;
}

export interface WaitOptions {
	api: Api;
	clock: Clock;
	schedule: Schedule;
	/** When the wait began, milliseconds since the epoch: the deadline counts from here. */
	since: number;
	signal?: AbortSignal;
	/** What is known from the answer to submit; a task that has settled there is not asked for again. */
	known?: Task;
	/** Whether to look at a known task at once, rather than give it time first. */
	lookNow?: boolean;
	/** Told of every look that found the task. */
	onLook?: (task: Task) => void;
	/** What like tasks of the run took; of a task that was submitted here. */
	learning?: { renderTimes: RenderTimes; kind: string };
}

/** No look is given less than this, so that the one at the deadline has a chance. */
const LEAST_LOOK_MS = 5_000;

/**
 * Polls until the task settles or the deadline passes. A look that fails in a passing way never ends
 * the wait; one that is refused for good ends it at once.
 *
 * @throws TaskError when looking is refused for good, or the task stays unknown to the service
 * @throws Stopped when the signal aborts; no request goes out after that
 */
export async function waitUntilSettled(ids: KnownIds, options: WaitOptions): Promise<Waited> {
	const { api, clock, schedule, since, signal, onLook, learning } = options;
	const id = ids.taskId ?? ids.externalTaskId ?? '';
	const deadline = since + schedule.maximumWaitMs;
	let task = options.known;
	let polls = 0;
	let failures = 0;
	let missingSince: number | undefined;
	let last: Answer | undefined;
	let reports: Reports = [];
	let lastRunningAt = since;
	const nextPause = (elapsedMs: number, hintMs?: number) =>
		pauseAfterPoll(options, { elapsedMs, reports, hintMs });
	// A task that was just submitted is given time first; one that existed before is looked at now.
	let pause = task && !options.lookNow ? nextPause(0) : 0;

	while (!task || !isSettled(task)) {
		const left = deadline - clock.now();
		if (left <= 0 && polls > 0) return { task, settled: false, polls, ...(last && { last }) };
		// The last look falls on the deadline itself, however long the interval is.
		if (pause > 0 && left > 0) await clock.sleep(Math.min(pause, left), signal);

		const lookAt = clock.now();
		const answer = await look(
			api,
			id,
			Math.max(LEAST_LOOK_MS, deadline - lookAt),
			task ? { ...ids, taskId: task.taskId } : undefined,
		);
		polls++;
		const seen = taskOf(answer);
		last = seen ? undefined : answer;
		if (seen) {
			task = following(seen, task);
			failures = 0;
			missingSince = undefined;
			onLook?.(task);
			if (isSettled(task)) break;
			lastRunningAt = clock.now();
			// How long a task that existed before has been under way, its first look cannot tell.
			const elapsedMs = options.known || polls > 1 ? lastRunningAt - since : 0;
			reports = noteProgress(reports, elapsedMs, seen.progress);
			pause = nextPause(elapsedMs, retryAfterMs(answer, lastRunningAt));
			continue;
		}
		failures++;
		const isMissing = answer.kind === 'response' && answer.status === 404;
		missingSince = isMissing ? (missingSince ?? lookAt) : undefined;
		const refused = lastingRefusal(answer, ids, task, lookAt, missingSince);
		if (refused) throw refused;
		const backoff = backoffMs(failures, clock.random(), retryAfterMs(answer, clock.now()));
		pause = isMissing ? Math.min(backoff, NOT_FOUND_GRACE_MS) : backoff;
	}
	if (task?.status === 'completed' && learning && polls > 0) {
		learning.renderTimes.learn(learning.kind, lastRunningAt - since, clock.now() - since);
	}
	return { task, settled: true, polls };
}

/** A fixed interval is the user's own: it is the least and the most, also for a hint of the service. */
function pauseAfterPoll(
	{ schedule, clock, learning }: WaitOptions,
	known: Pick<Situation, 'elapsedMs' | 'reports' | 'hintMs'>,
): number {
	return pauseBeforePoll({
		...known,
		likeTasks: learning?.renderTimes.of(learning.kind),
		leastMs: schedule.intervalMs,
		mostMs: schedule.strategy === 'fixed' ? schedule.intervalMs : MOST_PAUSE_MS,
		random: clock.random(),
	});
}

function lastingRefusal(
	answer: Answer,
	ids: KnownIds,
	lastSeen: Task | undefined,
	now: number,
	missingSince: number | undefined,
): TaskError | undefined {
	if (missingSince !== undefined) {
		if (now - missingSince < NOT_FOUND_GRACE_MS) return undefined;
		return lastSeen
			? taskVanished(answer, ids)
			: taskNotFound(answer, ids.taskId ?? ids.externalTaskId ?? '');
	}
	const kind = refusalKind(answer);
	return kind && pollRefused(answer, kind, lastSeen, ids);
}
