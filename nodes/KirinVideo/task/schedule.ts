import { type LikeTasks, type Reports, expectedEnd } from './observations';

/** When to poll a task. Times count from its create. The numbers come from test/bench/simulation. */

/** What the user has chosen. */
export interface Schedule {
	strategy: 'adaptive' | 'fixed';
	/** Between two polls; with adaptive, the shortest pause. */
	intervalMs: number;
	/** From the submit, or from the first poll of a task that existed before. */
	maximumWaitMs: number;
}

/** What is known when the next poll is planned. */
export interface Situation {
	elapsedMs: number;
	reports: Reports;
	likeTasks?: LikeTasks;
	/** `Retry-After` of the last answer. It wins within the bounds. */
	hintMs?: number;
	leastMs: number;
	/** The longest pause, unless `leastMs` is longer. */
	mostMs: number;
	/** At least 0, below 1: keeps a thousand items from polling in step. */
	random: number;
}

/** A task that fails early is noticed within this pause. */
export const MOST_PAUSE_MS = 120_000;
const FIRST_POLL_MS = 4_000;
/** While nothing is known, the pause grows with this power of the time. */
const GROWTH = 0.15;
/** To notice the end late by this share of the time so far does not matter. */
const GRAIN = 0.04;
/** Guesses are wrong by up to this share: pauses vary by it, and speeds within it are the same. */
const TOLERANCE = 0.15;
/** A poll is worth it when it notices the end this much sooner. */
const POLL_WORTH_MS = 250;

/** @returns milliseconds, from `leastMs` to the greater of `mostMs` and `leastMs` */
export function pauseBeforePoll(situation: Situation): number {
	const { hintMs, leastMs, mostMs, random } = situation;
	const vary = TOLERANCE * random;
	const wanted = hintMs === undefined ? wantedPause(situation, 1 - vary) : hintMs * (1 + vary);
	// The bounds vary too, because many items meet them at once.
	const pause = Math.max(leastMs * (1 + vary), Math.min(mostMs * (1 - vary), wanted));
	return Math.max(leastMs, Math.min(mostMs, Number.isNaN(pause) ? leastMs : pause));
}

function wantedPause(situation: Situation, varied: number): number {
	const { elapsedMs, reports, likeTasks, random } = situation;
	const soFarMs = Math.max(FIRST_POLL_MS, elapsedMs);
	const grainMs = GRAIN * elapsedMs;
	const end = expectedEnd(reports, TOLERANCE);
	if (end && end.atMs > elapsedMs) {
		const restMs = end.atMs - elapsedMs;
		// A pause in step with the time so far: a moment of progress says little about an hour.
		if (!end.isSteady)
			return varied * Math.max(grainMs, Math.min(restMs * (1 - TOLERANCE), soFarMs));
		return Math.max(grainMs, Math.min(restMs + 0.2 * grainMs * random, varied * 1.5 * soFarMs));
	}
	// It should be done but stands still. The less progress it made, the further is the end.
	if (end) return varied * Math.min(soFarMs, grainMs / end.progress ** 2);
	const blindMs = FIRST_POLL_MS * (1 + elapsedMs / FIRST_POLL_MS) ** GROWTH;
	// A task that reports 0 is in a queue, probably for as long again.
	const guessMs = varied * (reports.length > 0 ? soFarMs : blindMs);
	if (!likeTasks || likeTasks.count < 3) return guessMs;
	const { count, shortestMs, longestMs } = likeTasks;
	// The end is expected in a window, which opens earlier when the tasks are few and differ much.
	const opensMs = shortestMs * (shortestMs / longestMs) ** (2 / count);
	// One poll half-way learns whether the task reports progress or has failed.
	if (elapsedMs < opensMs / 2) return varied * 0.6 * opensMs - elapsedMs;
	// Polls every x cost window / x polls and x / 2 of lag: this x makes the sum least.
	const stepMs = Math.sqrt(2 * POLL_WORTH_MS * (Math.max(longestMs, elapsedMs) - opensMs));
	const likeMs = elapsedMs < opensMs ? opensMs - elapsedMs + random * stepMs : varied * stepMs;
	return reports.length > 0 ? Math.min(guessMs, likeMs) : likeMs;
}
