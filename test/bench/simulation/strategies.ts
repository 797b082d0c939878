import {
	MOST_PAUSE_MS,
	type Track,
	noteLook,
	pauseBeforeLook,
} from '../../../nodes/KirinVideo/task/schedule';

/** The ways to follow a task that are compared. */

export interface Look {
	/** Since the submit, ms. */
	atMs: number;
	progress?: number;
}

export interface Strategy {
	name: string;
	/** For one task. The function is told of the last look, if any, and returns the pause in ms. */
	begin(earlierMs: readonly number[]): (look: Look | undefined, random: number) => number;
}

/** The shortest interval that the node accepts. */
export const LEAST_PAUSE_MS = 1_000;

export const adaptive: Strategy = {
	name: 'adaptive',
	begin(earlierMs) {
		let track: Track = [];
		return (look, random) => {
			if (look) track = noteLook(track, look.atMs, look.progress);
			return pauseBeforeLook({
				elapsedMs: look?.atMs ?? 0,
				track,
				earlierMs,
				leastMs: LEAST_PAUSE_MS,
				mostMs: MOST_PAUSE_MS,
				random,
			});
		};
	},
};

/** Begins with a second, multiplies by `factor`, stays at the same longest pause as ours. */
export function exponential(factor: number): Strategy {
	return {
		name: `backoff × ${factor}`,
		begin() {
			let pause = LEAST_PAUSE_MS / factor;
			return () => (pause = Math.min(MOST_PAUSE_MS, pause * factor));
		},
	};
}
