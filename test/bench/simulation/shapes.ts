import { type Random, bell, between, logUniform } from './chance';

/**
 * The render times and progress reports that the schedules are tried on. Every shape covers the whole
 * range from 5 s to 30 min; its batches are what one run of the node would meet.
 */

export const SHORTEST_MS = 5_000;
export const LONGEST_MS = 30 * 60_000;

export interface Render {
	/** When it settles, ms since the submit. */
	endMs: number;
	/** What the service reports at this share of the time between the submit and the end, both 0 to 1. */
	progressAt(share: number): number;
}

export interface Shape {
	name: string;
	/** What is behind it in the world. */
	story: string;
	/** Whether its render times are like no other's; where nothing is reported, the rest are all the same. */
	hasOwnTimes: boolean;
	/** Renders of the same model, mode and duration in one run, one after another. */
	batch(random: Random, scaleMs: number): () => Render;
}

type Curve = (share: number) => number;

/** Draws again until the time is in the range: cut-off times would all be the same one. */
function inRange(time: () => number): number {
	for (;;) {
		const ms = time();
		if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
	}
}

/** Most services vary by about this much from task to task (standard deviation of the logarithm). */
const USUAL_SPREAD = 0.2;

function usualTime(random: Random, scaleMs: number): number {
	return inRange(() => scaleMs * Math.exp(USUAL_SPREAD * bell(random)));
}

/** A shape of the reports, over usual render times. */
function reporting(name: string, story: string, curve: (random: Random) => Curve): Shape {
	return {
		name,
		story,
		hasOwnTimes: false,
		batch: (random, scaleMs) => () => ({
			endMs: usualTime(random, scaleMs),
			progressAt: curve(random),
		}),
	};
}

/** A shape of the render times, with reports that are steady but for a little noise in the speed. */
function timed(
	name: string,
	story: string,
	times: (random: Random, scaleMs: number) => () => number,
): Shape {
	return {
		name,
		story,
		hasOwnTimes: true,
		batch(random, scaleMs) {
			const time = times(random, scaleMs);
			return () => ({ endMs: inRange(time), progressAt: unevenSpeed(random) });
		},
	};
}

const steady: Curve = (share) => share;

/** Linear between points that are a little off the straight line. */
function unevenSpeed(random: Random): Curve {
	const speeds = Array.from({ length: 10 }, () => Math.exp(0.3 * bell(random)));
	const total = speeds.reduce((sum, speed) => sum + speed, 0);
	return (share) => {
		const place = Math.min(share, 1) * speeds.length;
		const passed = speeds.slice(0, Math.floor(place)).reduce((sum, speed) => sum + speed, 0);
		return (passed + (place % 1) * (speeds[Math.floor(place)] ?? 0)) / total;
	};
}

/** Stands still for a while at one or two places. */
function withStalls(random: Random): Curve {
	const stalls = Array.from({ length: random() < 0.5 ? 1 : 2 }, () => ({
		at: between(random, 0.1, 0.9),
		takes: between(random, 0.1, 0.3),
	}));
	const moving = 1 - stalls.reduce((sum, { takes }) => sum + takes, 0);
	return (share) => {
		let time = share;
		for (const { at, takes } of [...stalls].sort((a, b) => a.at - b.at)) {
			const begins = at * moving;
			if (time > begins) time = Math.max(begins, time - takes);
		}
		return time / moving;
	};
}

/** Nothing until `start`, then steady. */
function lateFrom(start: number): Curve {
	return (share) => Math.max(0, (share - start) / (1 - start));
}

/** Falls back once, as when the service begins again. */
function withRestart(random: Random): Curve {
	const falls = between(random, 0.1, 0.45);
	return (share) => (share < falls ? share / (1 - falls) : (share - falls) / (1 - falls));
}

export const SHAPES: Shape[] = [
	{
		...reporting(
			'steady',
			'progress in step with time; render times vary by a fifth',
			() => steady,
		),
		hasOwnTimes: true,
	},
	reporting('uneven', 'the speed changes along the way', unevenSpeed),
	reporting('eased out', 'fast first, slow at the end', (random) => {
		const power = between(random, 1.5, 3);
		return (share) => 1 - (1 - share) ** power;
	}),
	reporting('eased in', 'slow first, fast at the end', (random) => {
		const power = between(random, 1.5, 3);
		return (share) => share ** power;
	}),
	reporting('guessed', 'the service only counts time against a guess of its own', (random) => {
		const guess = between(random, 0.2, 0.7);
		return (share) => 1 - Math.exp(-share / guess);
	}),
	reporting('stalls', 'progress stands still on the way, then goes on', withStalls),
	reporting('stuck at 0.99', 'the last percent takes a quarter to half of the time', (random) => {
		const stuck = between(random, 0.5, 0.75);
		return (share) => Math.min(0.99, share / stuck);
	}),
	reporting('jumps', 'progress comes in three to six steps', (random) => {
		const steps = Array.from({ length: 3 + Math.floor(random() * 4) }, random);
		return (share) => steps.filter((step) => step < share).length / (steps.length + 1);
	}),
	reporting('late start', 'nothing is reported for a tenth to half of the time', (random) =>
		lateFrom(between(random, 0.1, 0.5)),
	),
	reporting('starts over', 'the service fails inside and begins again', withRestart),
	reporting('wavering', 'progress goes up and down by some percent', (random) => {
		const phase = between(random, 0, 2 * Math.PI);
		return (share) => share + 0.03 * Math.sin(phase + 60 * share);
	}),
	{
		name: 'queue',
		story: 'a wait of any length before a render of a known one',
		hasOwnTimes: true,
		batch: (random, scaleMs) => () => {
			let render = 0;
			const endMs = inRange(() => {
				render = scaleMs * 0.5 * Math.exp(USUAL_SPREAD * bell(random));
				return render - Math.log(1 - random()) * render;
			});
			return { endMs, progressAt: lateFrom(Math.max(0, 1 - render / endMs)) };
		},
	},
	timed('constant', 'all tasks of a batch take the same time', (_, scaleMs) => () => scaleMs),
	timed('variable', 'half as long to twice as long', (random, scaleMs) => {
		return () => scaleMs * Math.exp(0.35 * bell(random));
	}),
	timed(
		'two speeds',
		'every third task meets a cold machine and takes three times as long',
		(random, scaleMs) => {
			return () => scaleMs * (random() < 1 / 3 ? 3 : 1) * Math.exp(0.05 * bell(random));
		},
	),
	timed('lognormal', 'a few tasks take many times as long', (random, scaleMs) => {
		return () => scaleMs * Math.exp(0.8 * bell(random));
	}),
	timed('Pareto', 'a heavy tail: one in thirty takes ten times as long', (random, scaleMs) => {
		return () => scaleMs * (1 - random()) ** (-1 / 1.5);
	}),
];

/** A batch's scale: any order of size is as likely as any other, drawn evenly over `count` batches. */
export function scaleOf(batch: number, count: number, random: Random): number {
	return logUniform((batch + random()) / count, SHORTEST_MS, LONGEST_MS);
}
