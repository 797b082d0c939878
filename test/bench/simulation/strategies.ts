import {
	type LikeTasks,
	type Reports,
	noteProgress,
} from '../../../nodes/KirinVideo/task/observations';
import { MOST_PAUSE_MS, pauseBeforePoll } from '../../../nodes/KirinVideo/task/schedule';

/** The ways to follow a task that are compared. */

export interface Poll {
	/** Since the submit, ms. */
	atMs: number;
	progress?: number;
}

export interface Strategy {
	name: string;
	/** For one task. The function is told of the last poll, if any, and returns the pause in ms. */
	begin(likeTasks?: LikeTasks): (poll: Poll | undefined, random: number) => number;
}

/** The shortest interval that the node accepts. */
const LEAST_PAUSE_MS = 1_000;

export const adaptive: Strategy = {
	name: 'adaptive',
	begin(likeTasks) {
		let reports: Reports = [];
		return (poll, random) => {
			if (poll) reports = noteProgress(reports, poll.atMs, poll.progress);
			const elapsedMs = poll?.atMs ?? 0;
			const bounds = { leastMs: LEAST_PAUSE_MS, mostMs: MOST_PAUSE_MS };
			return pauseBeforePoll({ elapsedMs, reports, likeTasks, ...bounds, random });
		};
	},
};

/** Begins with a second and doubles up to the same longest pause as ours. */
export const backoff: Strategy = {
	name: 'backoff × 2',
	begin() {
		let pause = LEAST_PAUSE_MS / 2;
		return () => (pause = Math.min(MOST_PAUSE_MS, pause * 2));
	},
};
