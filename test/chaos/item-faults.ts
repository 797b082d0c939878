/** What befalls the task of one item, as markers for its prompt (sandbox/README.md, "Markers"). */
import type { Draw } from './draw';

export interface ItemConditions {
	/** How likely each part of the task's life meets faults, 0 to 1. */
	faulty: number;
	/** Whether the service keeps external task IDs unique. */
	unique: boolean;
	timeoutMs?: number;
	/** Whether downloads may hang, which only Stop ends within a run's deadline. */
	mayHang: boolean;
	/** Whether the run may have tasks that never settle. */
	endless: boolean;
	costLimits: boolean;
}

/** Answers that leave open what happened, or ask to come back. */
const PASSING = [
	'reset',
	'408',
	'429',
	'429 retry-after 2',
	'429 retry-after date',
	'500',
	'502',
	'503',
	'503 retry-after 1',
	'html',
	'empty',
	'truncate',
	'no-id',
];

/** "A 429 on create did not create" (reference, "HTTP errors"): none comes after the task is recorded. */
const AFTER_CREATE = [...PASSING.filter((kind) => !kind.startsWith('429')), 'wrong-type'];

export function drawMarkers(draw: Draw, conditions: ItemConditions): string[] {
	const { faulty } = conditions;
	return [
		...life(draw, conditions),
		...maybe(draw, faulty * 0.5, () => {
			const kind = draw.chance(0.06)
				? draw.pick(['401', '402', '403', '422', 'redirect {files}/elsewhere 307'])
				: draw.pick([...PASSING, ...late(draw, conditions)]);
			return `create-before ${kind} times ${draw.whole(1, 2)}`;
		}),
		...maybe(draw, faulty * 0.5, () => {
			return `create-after ${draw.pick([...AFTER_CREATE, ...late(draw, conditions)])} times 1`;
		}),
		...maybe(draw, faulty * 0.6, () => {
			const kinds = [...PASSING, ...denied(conditions), 'wrong-type', ...late(draw, conditions)];
			return `get ${draw.pick(kinds)} ${often(draw)}`;
		}),
		...maybe(draw, faulty * 0.2, () => `get ${drawEnd(draw, conditions)} skip ${draw.whole(0, 5)}`),
		...maybe(draw, faulty * 0.4, () => {
			const kinds = [
				'reset',
				'truncate',
				'403',
				'404',
				'500',
				'503',
				'wrong-type',
				'empty',
				'html',
			];
			const moved = ['redirect ?moved', 'redirect ftp://127.0.0.1/x'];
			const hang = conditions.mayHang ? ['hang'] : [];
			return `download ${draw.pick([...kinds, ...moved, ...hang])} times ${draw.whole(1, 4)}`;
		}),
	];
}

/**
 * How late a new task may show, in ms. With a service that does not keep IDs unique either, a task that
 * shows later than the node looks for it is one more that no client can be sure of.
 */
export function longestHiddenMs(unique: boolean): number {
	return unique ? 12_000 : 3_000;
}

/** How long the task renders and how it ends. */
function life(draw: Draw, { unique, endless, costLimits }: ItemConditions): string[] {
	return [
		...(endless && draw.chance(0.1) ? ['never'] : [`render ${draw.whole(0, 40)}s`]),
		...maybe(draw, 0.08, () => `fail ${draw.pick(['095', '096', '097', '098', '099'])}`),
		...maybe(
			draw,
			unique ? 0.05 : 0.2,
			() => `hidden ${draw.whole(100, longestHiddenMs(unique))}ms`,
		),
		...maybe(draw, 0.03, () => `expired ${draw.pick(['403', '404'])}`),
		...maybe(draw, 0.02, () => 'no-output'),
		...maybe(draw, 0.02, () => 'status simmering'),
		...maybe(draw, costLimits ? 0.1 : 0, () => 'no-price'),
		...maybe(draw, 0.05, () => `size ${draw.pick(['64B', '1kB', '200kB'])}`),
	];
}

/** Faults of time; `slow for` is in real ms. */
function late(draw: Draw, { timeoutMs }: ItemConditions): string[] {
	if (timeoutMs === undefined) return [`slow for ${draw.whole(1, 100)}ms`];
	return [
		'hang',
		`slow for ${draw.whole(1, 100)}ms`,
		`slow for ${timeoutMs + draw.whole(1, 200)}ms`,
	];
}

/**
 * A service that denies a task which it has makes sure of nothing unless it keeps IDs unique: then the
 * node, which must believe it, creates no second one.
 */
function denied({ unique }: ItemConditions): string[] {
	return unique ? ['not-found'] : [];
}

/** Looks that are refused for good, or not answered ever. */
function drawEnd(draw: Draw, conditions: ItemConditions): string {
	return draw.pick([
		'401 times 1',
		'402 times 1',
		'403 times 1',
		'redirect {files}/elsewhere times 1',
		'redirect ?moved times 2',
		'503',
		'reset',
		...denied(conditions),
	]);
}

function often(draw: Draw): string {
	return `times ${draw.whole(1, 5)} skip ${draw.whole(0, 3)}`;
}

function maybe(draw: Draw, probability: number, make: () => string): string[] {
	return draw.chance(probability) ? [make()] : [];
}

/** Answers to get that are about another task. */
export function drawMixedUp(draw: Draw): string[] {
	const kind = draw.pick(['other-id', 'other-task']);
	return [
		`render ${draw.whole(5, 40)}s`,
		`get ${kind} times ${draw.whole(1, 3)} skip ${draw.whole(0, 2)}`,
	];
}
