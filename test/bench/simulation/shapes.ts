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
	reporting('steady', 'progress in step with time; render times vary by a fifth', () => steady),
	reporting('eased out', 'fast first, slow at the end', (random) => {
		const power = between(random, 1.5, 3);
		return (share) => 1 - (1 - share) ** power;
	}),
	reporting('stuck at 0.99', 'the last percent takes a quarter to half of the time', (random) => {
		const stuck = between(random, 0.5, 0.75);
		return (share) => Math.min(0.99, share / stuck);
	}),
	reporting('jumps', 'progress comes in three to six steps', (random) => {
		const steps = Array.from({ length: 3 + Math.floor(random() * 4) }, random);
		return (share) => steps.filter((step) => step < share).length / (steps.length + 1);
	}),
	reporting('starts over', 'the service fails inside and begins again', withRestart),
	{
		name: 'queue',
		story: 'a wait of any length before a render of a known one',
		batch: (random, scaleMs) => () => {
			let render = 0;
			const endMs = inRange(() => {
				render = scaleMs * 0.5 * Math.exp(USUAL_SPREAD * bell(random));
				return render - Math.log(1 - random()) * render;
			});
			return { endMs, progressAt: lateFrom(Math.max(0, 1 - render / endMs)) };
		},
	},
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
