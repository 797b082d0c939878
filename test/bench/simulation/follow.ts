import type { LikeTasks } from '../../../nodes/KirinVideo/task/observations';
import type { Random } from './chance';
import type { Render } from './shapes';
import type { Strategy } from './strategies';

/** How one task was followed from its submit to the poll that found it done. */
export interface Followed {
	renderMs: number;
	polls: number;
	/** From the end of the render to the poll that found it. */
	lagMs: number;
	/** Between the submit and the last poll that found it in progress; 0 when there was none. */
	lastRunningMs: number;
}

/** The service rounds down to whole percents, and never says 1 of a task that is not done. */
function reported(render: Render, atMs: number): number {
	const percents = Math.floor(render.progressAt(atMs / render.endMs) * 100);
	return Math.min(99, Math.max(0, percents)) / 100;
}

/** Polls take no time here: the pause is all that a schedule decides. */
export function follow(
	render: Render,
	strategy: Strategy,
	random: Random,
	{ reports, likeTasks }: { reports: boolean; likeTasks?: LikeTasks },
): Followed {
	const next = strategy.begin(likeTasks);
	let now = next(undefined, random());
	let lastRunningMs = 0;
	let polls = 1;
	for (; now < render.endMs; polls++) {
		lastRunningMs = now;
		const progress = reports ? reported(render, now) : undefined;
		now += next({ atMs: now, progress }, random());
	}
	return { renderMs: render.endMs, polls, lagMs: now - render.endMs, lastRunningMs };
}
