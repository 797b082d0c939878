import { type LikeTasks, RenderTimes } from '../../../nodes/KirinVideo/task/observations';
import { randomFrom } from '../../../sandbox/faults';
import { type FixedResult, bestFixed, fixedResult, fixedResults } from './fixed-interval';
import { type Followed, follow } from './follow';
import { type Render, SHAPES, type Shape, scaleOf } from './shapes';
import { type Strategy, adaptive, backoff } from './strategies';

/** Follows many renders of every shape and says what that took and how late the ends were noticed. */

export const BATCHES = 4_000;
/** So many tasks of a batch are over before the one that counts. */
const EARLIER_TASKS = 3;
const FIXED_SECONDS = [1, 2, 5, 10, 15];

/** Means over the tasks of a shape, or over shapes. */
export interface Tally {
	polls: number;
	lagMs: number;
}

/** What the adaptive schedule had to go by: one tally for each. */
export interface ByKnowledge {
	nothing: Tally;
	/** The times of three like tasks, noticed with the same schedule; no progress. */
	likeTasks: Tally;
	progress: Tally;
	both: Tally;
}

export interface Results {
	shapes: Array<{ name: string; story: string; adaptive: ByKnowledge; bestFixed: FixedResult }>;
	/** Every shape counts the same. */
	overall: ByKnowledge;
	bestFixed: FixedResult;
	others: Array<Tally & { name: string }>;
	/** All fixed intervals, over all shapes. */
	curve: FixedResult[];
}

interface Batch {
	earlier: Render[];
	/** The one that counts. */
	render: Render;
	seed: number;
}

/** Polls × lag, in polls times milliseconds: what is spent and what is missed, as one number. */
export function product({ polls, lagMs }: Tally): number {
	return polls * lagMs;
}

function meanTally(all: readonly Tally[]): Tally {
	const mean = (key: keyof Tally) => all.reduce((sum, one) => sum + one[key], 0) / all.length;
	return { polls: mean('polls'), lagMs: mean('lagMs') };
}

function drawBatches(shape: Shape, count: number, seed: number): Batch[] {
	return Array.from({ length: count }, (_, index) => {
		const batchSeed = seed * 1_000_003 + index;
		const random = randomFrom(batchSeed);
		const next = shape.batch(random, scaleOf(index, count, random));
		const earlier = Array.from({ length: EARLIER_TASKS }, next);
		return { earlier, render: next(), seed: batchSeed };
	});
}

/** One after another, each with what the ones before it taught; no progress is reported. */
function learnt({ earlier, seed }: Batch): LikeTasks | undefined {
	const times = new RenderTimes();
	const random = randomFrom(seed + 1);
	for (const render of earlier) {
		const known = { reports: false, likeTasks: times.of('') };
		const { lastRunningMs, renderMs, lagMs } = follow(render, adaptive, random, known);
		times.learn('', lastRunningMs, renderMs + lagMs);
	}
	return times.of('');
}

function followAll(batches: readonly Batch[], strategy: Strategy, reports = false, taught = false) {
	return meanTally(
		batches.map((batch): Followed => {
			const likeTasks = taught ? learnt(batch) : undefined;
			return follow(batch.render, strategy, randomFrom(batch.seed + 2), { reports, likeTasks });
		}),
	);
}

/** All shapes on `batches` batches each; the same numbers for the same seed. */
export function measure(batches = BATCHES, seed = 1): Results {
	const drawn = SHAPES.map((shape) => ({ shape, batches: drawBatches(shape, batches, seed) }));
	const times = (some: readonly Batch[]) => some.map(({ render }) => render.endMs);
	const shapes = drawn.map(({ shape: { name, story }, batches: some }) => ({
		name,
		story,
		adaptive: {
			nothing: followAll(some, adaptive),
			likeTasks: followAll(some, adaptive, false, true),
			progress: followAll(some, adaptive, true),
			both: followAll(some, adaptive, true, true),
		},
		bestFixed: bestFixed(fixedResults(times(some))),
	}));
	const overall = (key: keyof ByKnowledge) => meanTally(shapes.map((shape) => shape.adaptive[key]));
	const all = drawn.flatMap(({ batches: some }) => some);
	const curve = fixedResults(times(all));
	return {
		shapes,
		overall: {
			nothing: overall('nothing'),
			likeTasks: overall('likeTasks'),
			progress: overall('progress'),
			both: overall('both'),
		},
		bestFixed: bestFixed(curve),
		others: [
			...FIXED_SECONDS.map((seconds) => ({
				name: `every ${seconds} s`,
				...fixedResult(times(all), seconds * 1_000),
			})),
			{ name: backoff.name, ...followAll(all, backoff) },
		],
		curve,
	};
}
