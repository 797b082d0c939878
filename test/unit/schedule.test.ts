import fc from 'fast-check';
import {
	MOST_PAUSE_MS,
	RenderTimes,
	type Situation,
	type Track,
	noteLook,
	pauseBeforeLook,
} from '../../nodes/KirinVideo/task/schedule';
import { type Goals, goals, product } from '../bench/simulation/goals';
import { type Results, measure, measureCurves } from '../bench/simulation/measure';
import { plot } from '../bench/simulation/plot';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

function pause(known: Partial<Situation> = {}): number {
	return pauseBeforeLook({
		elapsedMs: 0,
		track: [],
		earlierMs: [],
		leastMs: SECOND,
		mostMs: MOST_PAUSE_MS,
		random: 0.5,
		...known,
	});
}

/** Looks as `[at, progress]`, times in ms. */
function trackOf(...looks: Array<[number, number | undefined]>): Track {
	return looks.reduce<Track>((track, [at, progress]) => noteLook(track, at, progress), []);
}

const anyLooks = fc.array(
	fc.tuple(
		fc.double({ min: 0, max: DAY, noNaN: true }),
		fc.option(fc.double({ min: 0, max: 1 }), { nil: undefined }),
	),
	{ maxLength: 60 },
);
const anySituation = fc.record({
	elapsedMs: fc.double({ min: -DAY, max: 2 * DAY }),
	track: anyLooks.map((looks) => trackOf(...looks)),
	earlierMs: fc.array(fc.double({ min: 1e-3, max: DAY, noNaN: true }), { maxLength: 20 }),
	leastMs: fc.integer({ min: SECOND, max: 60 * MINUTE }),
	mostMs: fc.integer({ min: SECOND, max: 10 * MINUTE }),
	random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('The pause before a look', () => {
	it('stays between the least and the longest, whatever the service, the clock and the run said', () => {
		fc.assert(
			fc.property(anySituation, (situation) => {
				const ms = pauseBeforeLook(situation);
				expect(ms).toBeGreaterThanOrEqual(situation.leastMs);
				expect(ms).toBeLessThanOrEqual(Math.max(situation.leastMs, situation.mostMs));
			}),
		);
	});

	it('is the same in another process that was given the state as JSON', () => {
		fc.assert(
			fc.property(anySituation, (situation) => {
				const track = JSON.parse(JSON.stringify(situation.track)) as Track;
				expect(pauseBeforeLook({ ...situation, track })).toBe(pauseBeforeLook(situation));
			}),
		);
	});

	it('differs from item to item, also at its bounds', () => {
		const known: Array<Partial<Situation>> = [
			{},
			{ leastMs: 10 * SECOND },
			{ elapsedMs: 20 * SECOND },
			{ elapsedMs: 20 * SECOND, track: trackOf([5_000, 0.1], [20_000, 0.4]) },
			{ elapsedMs: 20 * MINUTE, track: trackOf([MINUTE, 0.02], [20 * MINUTE, 0.4]) },
			{ elapsedMs: 20 * SECOND, earlierMs: [30_000, 30_000, 30_000] },
			{ earlierMs: [30_000, 30_000, 30_000] },
		];
		for (const situation of known) {
			const pauses = [0, 0.3, 0.6, 0.9].map((random) => pause({ ...situation, random }));
			expect(new Set(pauses).size).toBe(pauses.length);
		}
	});

	it('goes to the end at once when two reports agree', () => {
		const track = trackOf([4_000, 0.04], [20_000, 0.2]);
		const endsAt = 20 * SECOND + pause({ elapsedMs: 20 * SECOND, track, random: 0 });
		// Never further than the time so far, though: here the rest is four times that.
		expect(endsAt).toBe(40 * SECOND);
		const later = noteLook(track, 60_000, 0.6);
		expect(pause({ elapsedMs: MINUTE, track: later, random: 0 })).toBeCloseTo(40 * SECOND, -1);
	});

	it('is not drawn out by one report that is far from the end', () => {
		const track = trackOf([10 * MINUTE, 0.001]);
		const ms = pause({ elapsedMs: 10 * MINUTE, track, mostMs: DAY });
		expect(ms).toBeLessThanOrEqual(10 * MINUTE);
	});

	it('is a small share of the time so far when the last percent takes long', () => {
		const track = trackOf([30_000, 0.5], [60_000, 0.99], [90_000, 0.99]);
		expect(pause({ elapsedMs: 90 * SECOND, track })).toBeLessThan(5 * SECOND);
	});

	it('begins anew when the service does', () => {
		const track = trackOf([50_000, 0.5], [90_000, 0.9], [100_000, 0.05], [110_000, 0.15]);
		expect(pause({ elapsedMs: 110 * SECOND, track })).toBeGreaterThan(30 * SECOND);
	});

	it('counts only the progress that was made since, for a task older than the wait', () => {
		const track = trackOf([0, 0.5], [10_000, 0.6]);
		const ms = pause({ elapsedMs: 10 * SECOND, track, mostMs: DAY, random: 0 });
		expect(ms).toBe(10 * SECOND);
		expect(pause({ track: trackOf([0, 0.5]) })).toBeLessThan(5 * SECOND);
	});

	it('sleeps until earlier tasks had ended, with one look half-way', () => {
		const earlierMs = [60_000, 61_000, 62_000];
		const half = pause({ earlierMs });
		expect(half).toBeGreaterThan(20 * SECOND);
		expect(half).toBeLessThan(35 * SECOND);
		const wakes = half + pause({ earlierMs, elapsedMs: half });
		expect(wakes).toBeGreaterThan(50 * SECOND);
		expect(wakes).toBeLessThan(63 * SECOND);
	});

	it('does not trust one or two earlier tasks', () => {
		expect(pause({ earlierMs: [600_000] })).toBe(pause());
		expect(pause({ earlierMs: [600_000, 600_000] })).toBe(pause());
	});

	it('grows slowly where nothing is known', () => {
		const at = (elapsedMs: number) => pause({ elapsedMs }) / SECOND;
		expect([20 * SECOND, 2 * MINUTE, 30 * MINUTE].map(at)).toEqual([
			expect.closeTo(4.5, 0),
			expect.closeTo(6.3, 0),
			expect.closeTo(10.8, 0),
		]);
	});
});

describe('The track of a task', () => {
	it('stays small, however long the wait', () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (reports) => {
				const rising = reports.sort((a, b) => a - b);
				const looks = rising.map((progress, index): [number, number] => [index * SECOND, progress]);
				expect(trackOf(...looks).length).toBeLessThanOrEqual(45);
			}),
			{ numRuns: 50 },
		);
		const steps = Array.from({ length: 10_000 }, (_, i): [number, number] => [i, i / 10_000]);
		expect(trackOf(...steps).length).toBeLessThanOrEqual(45);
	});

	it('is empty as long as no progress is reported', () => {
		expect(trackOf([1_000, undefined], [2_000, NaN])).toEqual([]);
	});
});

describe('The render times of a run', () => {
	it('are kept by kind', () => {
		const times = new RenderTimes();
		times.learn('turbo', 9_900, 10_100);
		expect(times.of('turbo')).toEqual([10_000]);
		expect(times.of('master')).toEqual([]);
	});

	it('are the newest twenty', () => {
		const times = new RenderTimes();
		for (let second = 1; second <= 1_000; second++) times.learn('', second * 1e3, second * 1e3);
		expect(times.of('')).toHaveLength(20);
		expect(times.of('').at(-1)).toBe(1_000 * SECOND);
	});

	it('come down to the truth when the first look was late', () => {
		const times = new RenderTimes();
		times.learn('', 0, 100_000);
		expect(times.of('')[0]).toBeLessThan(100_000);
	});
});

describe('Over many shapes of renders, by simulation', () => {
	let results: Results;
	let reached: Goals;
	beforeAll(() => {
		results = measure(200);
		reached = goals(results);
	});

	it('ten looks or fewer find the end when progress is reported', () => {
		expect(reached.looksWithProgress).toBeLessThanOrEqual(10);
	});

	it('it is noticed within 3 % of the render time or 1 s, whichever is more', () => {
		expect(reached.lagWithProgress).toBeLessThanOrEqual(1);
	});

	it('after three tasks, looks × lag is at most half of what any fixed interval gets', () => {
		expect(reached.taughtToBestFixed).toBeLessThanOrEqual(0.5);
		expect(reached.taughtToBestFixedOverall).toBeLessThanOrEqual(0.5);
		// Every distribution of render times once; a small sample wavers about the goal.
		expect(reached.taughtToBestFixedOwnTimes).toBeLessThanOrEqual(0.6);
	});

	it('it is never worse than the best fixed interval after three tasks', () => {
		for (const { adaptive, bestFixed } of results.shapes) {
			expect(product(adaptive.earlier)).toBeLessThan(product(bestFixed));
		}
	});

	it('knowing nothing, no shape does worse than a fixed interval with as many looks', () => {
		expect(reached.untaughtToSameLooks).toBeLessThanOrEqual(1);
	});

	it('knowing both is better than knowing one', () => {
		const { earlier, progress, progressAndEarlier } = results.overall.adaptive;
		expect(progressAndEarlier.looks).toBeLessThan(Math.min(progress.looks, earlier.looks));
		expect(progressAndEarlier.lagToGoal).toBeLessThanOrEqual(1.05);
	});

	it('gives the same numbers for the same seed', () => {
		expect(measure(5, 7)).toEqual(measure(5, 7));
	});

	it('draws a picture without a hole', () => {
		const svg = plot(results, measureCurves(10));
		expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
	});
});
