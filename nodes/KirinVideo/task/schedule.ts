/**
 * When to look at a task again. Times are milliseconds; "at" times count from the submit. There is no
 * clock in here and no randomness, so every decision can be repeated. All numbers were found by
 * simulation over many shapes of renders (test/bench/simulation).
 */

/** The service reported this progress from one look to another. */
interface Level {
	/** 0 to 1. */
	progress: number;
	firstAtMs: number;
	lastAtMs: number;
}

/** What the looks at a task have told, in rising levels; empty while no progress was reported. */
export type Track = readonly Level[];

export interface Situation {
	/** Since the submit. */
	elapsedMs: number;
	track: Track;
	/** Render times of like tasks that were completed earlier in this run. */
	earlierMs: readonly number[];
	/** No pause is shorter. */
	leastMs: number;
	/** No pause is longer, unless `leastMs` is. */
	mostMs: number;
	/** At least 0, below 1: keeps items from knocking together. */
	random: number;
}

/** A longest pause that is right for most: what ends early, as failures do, is noticed within it. */
export const MOST_PAUSE_MS = 120_000;

/** Hardly a video is done before this. */
const FIRST_LOOK_MS = 4_000;
/** Blind looks begin this far apart, and move apart with this power of the time. */
const BLIND_PAUSE_MS = 3_000;
const BLIND_GROWTH = 0.2;
/** The share of the time so far that nobody minds to wait for nothing. */
const GRAIN = 0.04;
/** Progress falls by more than this only when the service begins again; by less, it wavers. */
const FALL = 0.06;
/** Speeds are taken over at least this much progress, since reports are rounded to percents. */
const STRIDE = 0.05;
/** Two speeds are the same for us when the lesser is at least this share of the greater. */
const SAME = 0.9;
/** How much of the expected rest to sleep through when the speeds differ. */
const CAUTION = 0.85;
/** With nothing but a zero reported, the pause is this share of the time so far. */
const QUEUED = 0.6;
/** In a stall: shares of the time that the missing progress took so far, of all time, and of the delay. */
const STALLED = { missing: 0.25, most: 0.5, overdue: 0.1 };
/** Fewer earlier tasks say too little of how much their times differ. */
const LEAST_EARLIER = 3;
/** A look is worth it when it saves this much lag. */
const LOOK_WORTH_MS = 425;
/** Past the window, the pauses grow with this power of the delay. */
const OVERDUE_GROWTH = 0.7;

/**
 * The pause before the next look: by progress if there is some, else by earlier tasks if there are
 * enough, else blindly; within the bounds.
 *
 * @returns milliseconds, from `leastMs` to the greater of `mostMs` and `leastMs`
 */
export function pauseBeforeLook(situation: Situation): number {
	const { leastMs, mostMs, random } = situation;
	const wish = wishedPause({ ...situation, elapsedMs: Math.max(0, situation.elapsedMs) });
	// The bounds are blurred too: a thousand items that all meet them would go on in step.
	const capped = Math.min(mostMs * (1 - 0.1 * random), wish);
	const pause = Math.max(leastMs * (1 + 0.1 * random), capped);
	return Math.max(leastMs, Math.min(mostMs, Number.isFinite(pause) ? pause : leastMs));
}

function wishedPause(situation: Situation): number {
	const { elapsedMs, track, earlierMs, random } = situation;
	const top = track.at(-1);
	if (top && top.progress > 0) return byProgress(situation, top);
	const blurred = 0.9 + 0.2 * random;
	const queued = top && elapsedMs > 0 ? QUEUED * elapsedMs * blurred : Infinity;
	if (earlierMs.length >= LEAST_EARLIER) return Math.min(queued, byEarlier(situation));
	return (top ? Math.max(FIRST_LOOK_MS, queued) : blindly(elapsedMs)) * blurred;
}

/**
 * Nothing is known. A pause in proportion to the time so far would be late for long renders, an even one
 * wasteful: the pause grows slowly.
 */
function blindly(elapsedMs: number): number {
	if (elapsedMs === 0) return FIRST_LOOK_MS;
	return BLIND_PAUSE_MS * (1 + elapsedMs / BLIND_PAUSE_MS) ** BLIND_GROWTH;
}

/**
 * The end is where the progress comes to 1. The speed since the submit foretells one time, the speed of
 * late another. What slows down often stops short of 1, and what speeds up goes on to do so, so the
 * sooner time counts.
 */
function byProgress({ elapsedMs, track, random }: Situation, top: Level): number {
	const origin = track[0] ?? top;
	const from = track.filter(({ progress }) => progress <= top.progress - STRIDE).at(-1) ?? origin;
	const whole = speed(top.progress - origin.progress, top.firstAtMs - origin.firstAtMs);
	const recent = speed(top.progress - from.progress, top.firstAtMs - from.lastAtMs);
	// Speeding up: the same gain is expected once more.
	const fast = recent > whole ? recent * (recent / whole) : whole;
	const missing = 1 - top.progress;
	const restMs = top.firstAtMs + missing / fast - elapsedMs;
	const grainMs = GRAIN * elapsedMs;

	if (restMs > 0) {
		// Two reports that agree: go to the end at once, and a little beyond it rather than before it.
		const agreed = from.progress > 0 && Math.min(whole, recent) >= SAME * fast;
		const wish = agreed
			? restMs + 0.5 * grainMs * random
			: CAUTION * restMs * (0.95 + 0.1 * random);
		// Never further than the time so far: what has moved for a moment says little of an hour.
		return Math.max(
			grainMs * (0.75 + 0.5 * random),
			Math.min(wish, elapsedMs * (1 - 0.1 * random)),
		);
	}
	// It should have ended, but stands still. The more progress is missing, the less is it about to end.
	const byMissing = Math.min(STALLED.most, (STALLED.missing * missing) / top.progress) * elapsedMs;
	return Math.max(grainMs, byMissing, STALLED.overdue * -restMs) * (0.75 + 0.5 * random);
}

function speed(progress: number, ms: number): number {
	return Math.max(progress, Number.EPSILON) / Math.max(ms, 1);
}

/**
 * Earlier tasks took from so long to so long: sleep until the window in which this one will likely
 * end, look ever closer in it, and ever more seldom after it. Tasks that differ, and few of them, make
 * a wider window, above all at its near end: what is slept through there is lost at once.
 */
function byEarlier({ elapsedMs, earlierMs, random }: Situation): number {
	const count = earlierMs.length;
	const shortest = Math.min(...earlierMs);
	const longest = Math.max(...earlierMs);
	const opens = shortest / ((longest / shortest) ** (2.4 / count) * (1 + 0.25 / count));
	const closes = longest * (1 + 0.2 / count);
	const width = Math.max(1, closes - opens);
	// With looks every x, a window costs width / x looks and x / 2 of lag: this x makes the sum least.
	const step = Math.sqrt(2 * LOOK_WORTH_MS * width);

	// One look half-way: it tells whether progress is reported, and whether the task has failed early.
	if (elapsedMs < 0.4 * opens) return (opens / 2) * (0.9 + 0.2 * random) - elapsedMs;
	if (elapsedMs < opens) return opens - elapsedMs + step * random;
	const passed = Math.min(1, (elapsedMs - opens) / width);
	const overdue = Math.max(0, elapsedMs - closes) / width;
	return step * (1 - passed / 2) * (1 + overdue) ** OVERDUE_GROWTH * (0.75 + 0.5 * random);
}

/** The track after one more look that found the task unsettled. */
export function noteLook(track: Track, atMs: number, progress: number | undefined): Track {
	if (progress === undefined || Number.isNaN(progress)) return track;
	const here = { progress, firstAtMs: atMs, lastAtMs: atMs };
	// At time 0 a report is of a task that is older than the wait for it: it only counts from here.
	const known =
		track.length > 0 || atMs === 0 ? track : [{ progress: 0, firstAtMs: 0, lastAtMs: 0 }];
	const top = known.at(-1);
	if (!top) return [here];
	if (progress < top.progress - FALL) {
		return [{ progress: 0, firstAtMs: top.lastAtMs, lastAtMs: top.lastAtMs }, here];
	}
	if (progress <= top.progress) return [...known.slice(0, -1), { ...top, lastAtMs: atMs }];
	// Levels closer than a stride are of no use once they are passed; so there are never many.
	const under = known.at(-2);
	const isPassed = under !== undefined && top.progress - under.progress < STRIDE;
	return [...(isPassed ? known.slice(0, -1) : known), here];
}

/** So many render times of a kind are kept, the newest. */
const TIMES_KEPT = 20;

/** What the tasks of a run took, by kind of task: model, mode and duration. */
export class RenderTimes {
	private readonly byKind = new Map<string, number[]>();

	of(kind: string): readonly number[] {
		return this.byKind.get(kind) ?? [];
	}

	/**
	 * Learns from a task that was completed between two looks.
	 *
	 * @param lastRunningAtMs the last look that found it running; 0 when there was none
	 */
	learn(kind: string, lastRunningAtMs: number, settledAtMs: number): void {
		// It ended somewhere between the two looks: half-way on average. But a long sleep before the end
		// was no blind guess: then it ended shortly before the look.
		const between = Math.max(0, settledAtMs - lastRunningAtMs);
		const renderMs = settledAtMs - Math.min(between / 2, 0.05 * settledAtMs);
		if (!(renderMs > 0)) return;
		this.byKind.set(kind, [...this.of(kind), renderMs].slice(-TIMES_KEPT));
	}
}
