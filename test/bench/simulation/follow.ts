import type { Random } from './chance';
import type { Render } from './shapes';
import type { Strategy } from './strategies';

/** How one task was followed from its submit to the look that found it settled. */
export interface Followed {
	renderMs: number;
	looks: number;
	/** From the end of the render to the look that found it. */
	lagMs: number;
	/** Between the submit and the last look that found it running; 0 when there was none. */
	lastRunningMs: number;
}

/** The service rounds down to whole percents, and never says 1 of a task that is not settled. */
const STEPS_OF_PROGRESS = 100;

function reported(render: Render, atMs: number): number {
	const progress = render.progressAt(atMs / render.endMs);
	const rounded = Math.floor(progress * STEPS_OF_PROGRESS) / STEPS_OF_PROGRESS;
	return Math.min(1 - 1 / STEPS_OF_PROGRESS, Math.max(0, rounded));
}

/** Looks take no time here: the pause is all that a schedule decides. */
export function follow(
	render: Render,
	strategy: Strategy,
	random: Random,
	{ reports, earlierMs }: { reports: boolean; earlierMs: readonly number[] },
): Followed {
	const next = strategy.begin(earlierMs);
	let now = next(undefined, random());
	let lastRunningMs = 0;
	let looks = 1;
	for (; now < render.endMs; looks++) {
		lastRunningMs = now;
		const progress = reports ? reported(render, now) : undefined;
		now += next({ atMs: now, progress }, random());
	}
	return { renderMs: render.endMs, looks, lagMs: now - render.endMs, lastRunningMs };
}
