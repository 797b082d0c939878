import { backoffMs } from '../api/retry';
import type { Api } from '../api/client';
import { type Answer, refusalKind, retryAfterMs } from '../api/answer';
import type { Clock } from '../api/clock';
import type { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import { pollRefused, taskNotFound, taskVanished } from './errors';
import { getTaskOnce, taskOf } from './getTask';
import { type RenderTimes, type Reports, noteProgress } from './observations';
import { type Schedule, type Situation, MOST_PAUSE_MS, pauseBeforePoll } from './schedule';
import {
	type KnownIds,
	type Task,
	type TaskState,
	idOf,
	idsOf,
	isDone,
	withWatermarkOf,
} from './task';

/** For this long, a task that is not found counts as not visible yet. In milliseconds. */
export const NOT_FOUND_GRACE_MS = 15_000;

/** The state at the end of a wait, which is over with the task or with the deadline. */
export interface PollResult extends TaskState {
	/** The last answer, where it had no task in it. */
	lastAnswer?: Answer;
}

export interface PollOptions {
	api: Api;
	clock: Clock;
	schedule: Schedule;
	signal?: AbortSignal;
	/** Whether to poll a submitted task at once, rather than give it time first. */
	pollNow?: boolean;
	/** Called after each poll that found the task. */
	onPoll?: (task: Task) => void;
	/** Render times of like tasks in the batch; only for a task that was submitted here. */
	learning?: { renderTimes: RenderTimes; taskKind: string };
}

/** No poll has less time than this, so that the one at the deadline can succeed. In milliseconds. */
const LEAST_TIMEOUT_MS = 5_000;

/**
 * Polls until the task is done or the deadline passes. A transient error never ends the wait, and a
 * permanent one ends it at once. A task that is done already is not polled.
 *
 * @throws TaskError when a poll is refused permanently, or the task stays unknown to the service
 * @throws Stopped when the signal aborts; no request leaves after that
 */
export async function pollUntilDone(
	{ ids, task: known, since, isSubmitted, finishedAt }: TaskState,
	options: PollOptions,
): Promise<PollResult> {
	const { api, clock, schedule, signal, onPoll, learning } = options;
	const id = idOf(ids);
	const deadline = since + schedule.maximumWaitMs;
	let task = known;
	let polls = 0;
	let failures = 0;
	let missingSince: number | undefined;
	let lastAnswer: Answer | undefined;
	let reports: Reports = [];
	// A busy n8n may send a create long after the wait for it began, and the render begins with the create.
	const begunAt = isSubmitted && !options.pollNow ? clock.now() : since;
	let lastRunningAt = begunAt;
	const nextPause = (elapsedMs: number, hintMs?: number) =>
		pauseAfterPoll(options, { elapsedMs, reports, hintMs });
	const stateNow = () => ({ ids: task ? idsOf(task, ids) : ids, task, since, isSubmitted, polls });
	// An adopted task may have been got a moment ago, so the next request can wait as well.
	const wasRunning = known !== undefined && !isDone(known);
	let pause = (isSubmitted || wasRunning) && !options.pollNow ? nextPause(0) : 0;

	while (!task || !isDone(task)) {
		const left = deadline - clock.now();
		if (left <= 0 && polls > 0) return { ...stateNow(), ...(lastAnswer && { lastAnswer }) };
		// The last poll is at the deadline itself, however long the interval is.
		if (pause > 0 && left > 0) await clock.sleep(Math.min(pause, left), signal);

		const polledAt = clock.now();
		const answer = await getTaskOnce(
			api,
			id,
			Math.max(LEAST_TIMEOUT_MS, deadline - polledAt),
			task ? { ...ids, taskId: task.taskId } : undefined,
		);
		polls++;
		const seen = taskOf(answer, ids);
		lastAnswer = seen ? undefined : answer;
		if (seen) {
			task = withWatermarkOf(seen, task);
			failures = 0;
			missingSince = undefined;
			onPoll?.(task);
			if (isDone(task)) break;
			lastRunningAt = clock.now();
			// The first poll of a task that existed before cannot tell how long it has been in progress.
			const elapsedMs = isSubmitted || polls > 1 ? lastRunningAt - begunAt : 0;
			reports = noteProgress(reports, elapsedMs, seen.progress);
			pause = nextPause(elapsedMs, retryAfterMs(answer, lastRunningAt));
			continue;
		}
		failures++;
		const isMissing = answer.kind === 'response' && answer.status === 404;
		missingSince = isMissing ? (missingSince ?? polledAt) : undefined;
		const refused = permanentRefusal(answer, ids, task, polledAt, missingSince);
		if (refused) throw refused;
		const backoff = backoffMs(failures, clock.random(), retryAfterMs(answer, clock.now()));
		pause = isMissing ? Math.min(backoff, NOT_FOUND_GRACE_MS) : backoff;
	}
	const now = clock.now();
	if (task.status === 'completed' && learning && polls > 0) {
		learning.renderTimes.learn(learning.taskKind, lastRunningAt - begunAt, now - begunAt);
	}
	// Nobody knows when a task ended that was done at the first poll of a wait for an existing one.
	const sawItEnd = isSubmitted || wasRunning || polls > 1;
	return { ...stateNow(), ...defined({ finishedAt: finishedAt ?? (sawItEnd ? now : undefined) }) };
}

/** A fixed interval is both the shortest and the longest pause, whatever the service hints. */
function pauseAfterPoll(
	{ schedule, clock, learning }: PollOptions,
	known: Pick<Situation, 'elapsedMs' | 'reports' | 'hintMs'>,
): number {
	return pauseBeforePoll({
		...known,
		likeTasks: learning?.renderTimes.of(learning.taskKind),
		leastMs: schedule.intervalMs,
		mostMs: schedule.strategy === 'fixed' ? schedule.intervalMs : MOST_PAUSE_MS,
		random: clock.random(),
	});
}

function permanentRefusal(
	answer: Answer,
	ids: KnownIds,
	lastSeen: Task | undefined,
	now: number,
	missingSince: number | undefined,
): TaskError | undefined {
	if (missingSince !== undefined) {
		if (now - missingSince < NOT_FOUND_GRACE_MS) return undefined;
		return lastSeen ? taskVanished(answer, ids) : taskNotFound(answer, idOf(ids));
	}
	const kind = refusalKind(answer);
	return kind && pollRefused(answer, kind, lastSeen, ids);
}
