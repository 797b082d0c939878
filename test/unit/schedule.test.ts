import fc from 'fast-check';
import { secondsUntilNextPoll } from '../../nodes/KirinVideo/operations/get';
import {
	type Reports,
	RenderTimes,
	expectedEnd,
	noteProgress,
} from '../../nodes/KirinVideo/task/observations';
import {
	MOST_PAUSE_MS,
	type Situation,
	pauseBeforePoll,
} from '../../nodes/KirinVideo/task/schedule';
import { measure, product } from '../bench/simulation/measure';
import { plot } from '../bench/simulation/plot';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

function pause(known: Partial<Situation> = {}): number {
	return pauseBeforePoll({
		elapsedMs: 0,
		reports: [],
		leastMs: SECOND,
		mostMs: MOST_PAUSE_MS,
		random: 0.5,
		...known,
	});
}

/** Polls as `[at, progress]`, times in ms. */
function reportsOf(...polls: Array<[number, number | undefined]>): Reports {
	return polls.reduce<Reports>((known, [at, progress]) => noteProgress(known, at, progress), []);
}

function likeTasksOf(...renderMs: number[]) {
	const times = new RenderTimes();
	for (const ms of renderMs) times.learn('', ms, ms);
	return times.of('');
}

const anyPolls = fc.array(
	fc.tuple(
		fc.double({ min: 0, max: DAY, noNaN: true }),
		fc.option(fc.double({ min: 0, max: 1 }), { nil: undefined }),
	),
	{ maxLength: 60 },
);
const anySituation = fc.record({
	elapsedMs: fc.double({ min: -DAY, max: 2 * DAY }),
	reports: anyPolls.map((polls) => reportsOf(...polls)),
	likeTasks: fc
		.array(fc.double({ min: 1e-3, max: DAY, noNaN: true }), { maxLength: 20 })
		.map((times) => likeTasksOf(...times)),
	hintMs: fc.option(fc.double({ min: 0, max: DAY }), { nil: undefined }),
	leastMs: fc.integer({ min: SECOND, max: 60 * MINUTE }),
	mostMs: fc.integer({ min: SECOND, max: 10 * MINUTE }),
	random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('The pause before a poll', () => {
	it('stays between the least and the most, whatever the service, the clock and the batch say', () => {
		fc.assert(
			fc.property(anySituation, (situation) => {
				const ms = pauseBeforePoll(situation);
				expect(ms).toBeGreaterThanOrEqual(situation.leastMs);
				expect(ms).toBeLessThanOrEqual(Math.max(situation.leastMs, situation.mostMs));
			}),
		);
	});

	it('is the least when a number makes no sense', () => {
		expect(pause({ elapsedMs: NaN })).toBe(SECOND);
		expect(pause({ hintMs: NaN })).toBe(SECOND);
	});

	it('does not come too early for a task that was just submitted', () => {
		for (const random of [0, 0.999]) expect(pause({ random })).toBeGreaterThan(3 * SECOND);
		expect(pause({ reports: reportsOf([0, 0.5]) })).toBeGreaterThan(3 * SECOND);
	});

	it('spreads a thousand items over at least a tenth of its length, also at its bounds', () => {
		const known: Array<Partial<Situation>> = [
			{},
			{ leastMs: 10 * SECOND },
			{ hintMs: 20 * SECOND },
			{ elapsedMs: 20 * SECOND },
			{ elapsedMs: 10 * MINUTE, reports: reportsOf([10 * MINUTE, 0]) },
			{ elapsedMs: 20 * SECOND, reports: reportsOf([20_000, 0.1]) },
			{ likeTasks: likeTasksOf(30_000, 31_000, 32_000) },
		];
		for (const situation of known) {
			const [one, other] = [
				pause({ ...situation, random: 0 }),
				pause({ ...situation, random: 0.999 }),
			];
			expect(Math.abs(one - other)).toBeGreaterThan(0.1 * Math.min(one, other));
		}
	});

	it('goes to the expected end when two speeds agree, and not before it', () => {
		const reports = reportsOf([20_000, 0.2], [40_000, 0.4]);
		const ms = pause({ elapsedMs: 40 * SECOND, reports, random: 0 });
		expect(ms).toBeCloseTo(60 * SECOND, -1);
		expect(
			pause({ elapsedMs: 60 * SECOND, reports: noteProgress(reports, 60_000, 0.6) }),
		).toBeCloseTo(40 * SECOND, -3);
	});

	it('is never longer than the time so far after a single report', () => {
		const reports = reportsOf([10 * MINUTE, 0.001]);
		const ms = pause({ elapsedMs: 10 * MINUTE, reports, mostMs: DAY });
		expect(ms).toBeLessThanOrEqual(10 * MINUTE);
	});

	it('is a small share of the time so far when the last percent takes long', () => {
		const reports = reportsOf([30_000, 0.5], [60_000, 0.99], [90_000, 0.99]);
		expect(pause({ elapsedMs: 90 * SECOND, reports })).toBeLessThan(5 * SECOND);
	});

	it('begins anew when the service does, but not when the progress wavers', () => {
		const risen = reportsOf([50_000, 0.5], [90_000, 0.9]);
		const again = noteProgress(noteProgress(risen, 100_000, 0.05), 110_000, 0.15);
		expect(pause({ elapsedMs: 110 * SECOND, reports: again })).toBeGreaterThan(30 * SECOND);
		expect(noteProgress(risen, 100_000, 0.85)).toBe(risen);
	});

	it('polls once half-way to the end of like tasks, then when the first of them ended', () => {
		const likeTasks = likeTasksOf(60_000, 61_000, 62_000);
		const half = pause({ likeTasks });
		expect(half).toBeGreaterThan(20 * SECOND);
		expect(half).toBeLessThan(40 * SECOND);
		const wakes = half + pause({ likeTasks, elapsedMs: half });
		expect(wakes).toBeGreaterThan(50 * SECOND);
		expect(wakes).toBeLessThan(65 * SECOND);
		expect(pause({ likeTasks, elapsedMs: 61_000 })).toBeLessThan(3 * SECOND);
	});

	it('does not trust one or two like tasks', () => {
		expect(pause({ likeTasks: likeTasksOf(600_000, 600_000) })).toBe(pause());
	});

	it('grows slowly where nothing is known', () => {
		const at = (elapsedMs: number) => pause({ elapsedMs });
		expect(at(2 * MINUTE)).toBeGreaterThan(at(0));
		expect(at(30 * MINUTE)).toBeGreaterThan(at(2 * MINUTE));
		expect(at(30 * MINUTE)).toBeLessThan(15 * SECOND);
	});

	it('follows a hint of the service rather than the progress, within the bounds', () => {
		const reports = reportsOf([20_000, 0.2], [40_000, 0.4]);
		const hinted = (hintMs: number) => pause({ elapsedMs: 40_000, reports, hintMs, random: 0 });
		expect(hinted(7 * SECOND)).toBe(7 * SECOND);
		expect(hinted(0)).toBe(SECOND);
		expect(hinted(DAY)).toBe(MOST_PAUSE_MS);
	});
});

describe('The seconds until the next poll that Get tells', () => {
	it('come from the same schedule', () => {
		expect(secondsUntilNextPoll(0)).toBe(Math.ceil(pause() / SECOND));
		const reports = reportsOf([60_000, 0.4]);
		expect(secondsUntilNextPoll(60_000, 0.4)).toBe(
			Math.ceil(pause({ elapsedMs: 60_000, reports }) / SECOND),
		);
	});

	it('are whole and within the bounds, whatever the age and the progress are', () => {
		fc.assert(
			fc.property(fc.double(), fc.option(fc.double(), { nil: undefined }), (ageMs, progress) => {
				const seconds = secondsUntilNextPoll(ageMs, progress);
				expect(Number.isInteger(seconds)).toBe(true);
				expect(seconds).toBeGreaterThanOrEqual(1);
				expect(seconds).toBeLessThanOrEqual(MOST_PAUSE_MS / SECOND);
			}),
		);
	});
});

describe('The reports of a task', () => {
	it('are at most three, and the same after JSON', () => {
		fc.assert(
			fc.property(anyPolls, (polls) => {
				const reports = reportsOf(...polls);
				expect(reports.length).toBeLessThanOrEqual(3);
				expect(JSON.parse(JSON.stringify(reports).replaceAll('-0', '0'))).toHaveLength(
					reports.length,
				);
			}),
		);
	});

	it('are none while no progress is reported', () => {
		expect(reportsOf([1_000, undefined], [2_000, NaN])).toEqual([]);
		expect(expectedEnd(reportsOf([1_000, 0], [2_000, 0]), 0.1)).toBeUndefined();
	});

	it('count from the first one for a task that is older than the wait', () => {
		const end = expectedEnd(reportsOf([0, 0.5], [10_000, 0.6]), 0.1);
		expect(end?.atMs).toBeCloseTo(50_000);
	});
});

describe('The render times of a batch', () => {
	it('are kept by kind, as a number and a range', () => {
		const times = new RenderTimes();
		for (const ms of [20_000, 10_000, 30_000, 0]) times.learn('turbo', ms, ms);
		expect(times.of('turbo')).toEqual({ count: 3, shortestMs: 10_000, longestMs: 30_000 });
		expect(times.of('master')).toBeUndefined();
	});

	it('allow for a poll that came late', () => {
		expect(likeTasksOf(100_000)?.longestMs).toBe(100_000);
		const times = new RenderTimes();
		times.learn('', 0, 100_000);
		expect(times.of('')?.longestMs).toBeLessThan(100_000);
	});
});

describe('In the simulation of several shapes of renders', () => {
	const results = measure(200);
	const { overall, bestFixed } = results;

	it('polls × lag stays under the best fixed interval, far under it with progress or like tasks', () => {
		expect(product(overall.nothing)).toBeLessThan(product(bestFixed));
		expect(product(overall.likeTasks)).toBeLessThan(0.55 * product(bestFixed));
		expect(product(overall.progress)).toBeLessThan(0.55 * product(bestFixed));
		expect(overall.both.polls).toBeLessThan(
			Math.min(overall.progress.polls, overall.likeTasks.polls),
		);
	});

	it('draws a picture without a hole', () => {
		const svg = plot(results);
		expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
	});
});
