import { RenderTimes } from '../../../nodes/KirinVideo/task/schedule';
import { randomFrom } from '../../../sandbox/faults';
import {
	type FixedResult,
	bestFixed,
	fixedResults,
	fixedWithLooks,
	followFixed,
} from './fixed-interval';
import { type Followed, follow } from './follow';
import { type Render, SHAPES, type Shape, scaleOf } from './shapes';
import { type Strategy, adaptive, exponential } from './strategies';

/** Follows many renders of every shape and says what that took and how late the ends were noticed. */

/** Enough that another seed changes the goals by a hundredth or two. */
export const BATCHES = 4_000;
/** So many tasks of a batch are over before the one that counts. */
export const EARLIER_TASKS = 3;
/** The goal for the lag when progress is reported: the greater of the two. */
export const GOAL_LAG_SHARE = 0.03;
export const GOAL_LAG_MS = 1_000;

/** Means over the tasks of a shape, or over shapes. */
export interface Tally {
	looks: number;
	lagMs: number;
	/** Of the render time. */
	lagShare: number;
	/** The lag over the goal for it; at most 1 where the goal is met. */
	lagToGoal: number;
}

/** What the adaptive schedule had to go by. */
export interface ByKnowledge {
	nothing: Tally;
	/** The times of three like tasks, noticed with the same schedule; no progress. */
	earlier: Tally;
	progress: Tally;
	progressAndEarlier: Tally;
}

export interface Result {
	name: string;
	story: string;
	hasOwnTimes: boolean;
	adaptive: ByKnowledge;
	/** Looks × lag is least with this interval. */
	bestFixed: FixedResult;
	/** As many looks as the adaptive schedule that knows nothing. */
	sameLooksFixed: FixedResult;
	others: Array<Tally & { name: string }>;
}

export interface Results {
	shapes: Result[];
	/** Every shape counts the same. */
	overall: Result;
}

/** What can be had by choosing an interval or a factor, over all shapes. */
export interface Curves {
	fixed: FixedResult[];
	exponential: Array<Tally & { factor: number }>;
}

const FIXED_SECONDS = [1, 2, 5, 10, 15];
const FACTORS = [1.1, 1.15, 1.25, 1.4, 1.6, 2, 3];
/** The usual one. */
const PLAIN_BACKOFF = exponential(2);

export function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function tally(followed: readonly Followed[]): Tally {
	return {
		looks: mean(followed.map(({ looks }) => looks)),
		lagMs: mean(followed.map(({ lagMs }) => lagMs)),
		lagShare: mean(followed.map(({ lagMs, renderMs }) => lagMs / renderMs)),
		lagToGoal: mean(
			followed.map(
				({ lagMs, renderMs }) => lagMs / Math.max(GOAL_LAG_MS, GOAL_LAG_SHARE * renderMs),
			),
		),
	};
}

function meanTally(tallies: readonly Tally[]): Tally {
	return {
		looks: mean(tallies.map(({ looks }) => looks)),
		lagMs: mean(tallies.map(({ lagMs }) => lagMs)),
		lagShare: mean(tallies.map(({ lagShare }) => lagShare)),
		lagToGoal: mean(tallies.map(({ lagToGoal }) => lagToGoal)),
	};
}

interface Batch {
	earlier: Render[];
	/** The one that counts. */
	render: Render;
	seed: number;
}

function drawBatches(shape: Shape, count: number, seed: number): Batch[] {
	return Array.from({ length: count }, (_, index) => {
		const batchSeed = seed * 1_000_003 + index;
		const random = randomFrom(batchSeed);
		const next = shape.batch(random, scaleOf(index, count, random));
		return {
			earlier: Array.from({ length: EARLIER_TASKS }, next),
			render: next(),
			seed: batchSeed,
		};
	});
}

/** One after another, each with what the ones before it taught; no progress is reported. */
function learnt({ earlier, seed }: Batch): readonly number[] {
	const times = new RenderTimes();
	const random = randomFrom(seed + 1);
	for (const render of earlier) {
		const known = { reports: false, earlierMs: times.of('') };
		const { lastRunningMs, renderMs, lagMs } = follow(render, adaptive, random, known);
		times.learn('', lastRunningMs, renderMs + lagMs);
	}
	return times.of('');
}

function followAll(strategy: Strategy, batches: readonly Batch[]): Tally {
	const known = { reports: false, earlierMs: [] };
	return tally(
		batches.map(({ render, seed }) => follow(render, strategy, randomFrom(seed + 2), known)),
	);
}

function followAdaptive(batches: readonly Batch[]): ByKnowledge {
	const times = batches.map(learnt);
	const by = (reports: boolean, isTaught: boolean): Tally =>
		tally(
			batches.map((batch, index) => {
				const earlierMs = isTaught ? (times[index] ?? []) : [];
				return follow(batch.render, adaptive, randomFrom(batch.seed + 2), { reports, earlierMs });
			}),
		);
	return {
		nothing: by(false, false),
		earlier: by(false, true),
		progress: by(true, false),
		progressAndEarlier: by(true, true),
	};
}

function renderTimes(batches: readonly Batch[]): number[] {
	return batches.map(({ render }) => render.endMs);
}

function measureShape({ name, story, hasOwnTimes }: Shape, batches: readonly Batch[]): Result {
	const times = renderTimes(batches);
	const found = followAdaptive(batches);
	return {
		name,
		story,
		hasOwnTimes,
		adaptive: found,
		bestFixed: bestFixed(times),
		sameLooksFixed: fixedWithLooks(times, found.nothing.looks),
		others: [
			...FIXED_SECONDS.map((seconds) => ({
				name: `every ${seconds} s`,
				...tally(times.map((renderMs) => followFixed(renderMs, seconds * 1_000))),
			})),
			{ name: PLAIN_BACKOFF.name, ...followAll(PLAIN_BACKOFF, batches) },
		],
	};
}

/** All shapes on `batches` batches each; the same numbers for the same seed. */
export function measure(batches = BATCHES, seed = 1): Results {
	const drawn = SHAPES.map((shape) => drawBatches(shape, batches, seed));
	const shapes = SHAPES.map((shape, index) => measureShape(shape, drawn[index] ?? []));
	const all = drawn.flat();
	const times = renderTimes(all);
	const meanBy = (knowledge: keyof ByKnowledge): Tally =>
		meanTally(shapes.map((shape) => shape.adaptive[knowledge]));
	const nothing = meanBy('nothing');
	return {
		shapes,
		overall: {
			name: 'all shapes',
			story: 'every shape counts the same',
			hasOwnTimes: true,
			adaptive: {
				nothing,
				earlier: meanBy('earlier'),
				progress: meanBy('progress'),
				progressAndEarlier: meanBy('progressAndEarlier'),
			},
			bestFixed: bestFixed(times),
			sameLooksFixed: fixedWithLooks(times, nothing.looks),
			others: (shapes[0]?.others ?? []).map(({ name }, index) => ({
				name,
				...meanTally(shapes.flatMap(({ others }) => others[index] ?? [])),
			})),
		},
	};
}

/** Of the same renders as {@link measure}. */
export function measureCurves(batches = BATCHES, seed = 1): Curves {
	const all = SHAPES.flatMap((shape) => drawBatches(shape, batches, seed));
	return {
		fixed: fixedResults(renderTimes(all)),
		exponential: FACTORS.map((factor) => ({ factor, ...followAll(exponential(factor), all) })),
	};
}
