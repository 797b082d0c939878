/** What fixed intervals get, worked out rather than followed: there are very many of them. */

export interface FixedResult {
	intervalMs: number;
	/** Means per task. */
	polls: number;
	lagMs: number;
}

/** With a longer interval there is a single poll of any task of the simulation. */
const LONGEST_INTERVAL_MS = 31 * 60_000;

export function fixedResult(renderTimesMs: readonly number[], intervalMs: number): FixedResult {
	let polls = 0;
	let lagMs = 0;
	for (const renderMs of renderTimesMs) {
		const needed = Math.ceil(renderMs / intervalMs);
		polls += needed;
		lagMs += needed * intervalMs - renderMs;
	}
	const tasks = renderTimesMs.length;
	return { intervalMs, polls: polls / tasks, lagMs: lagMs / tasks };
}

/** All that are worth trying, from a second to one that polls once. */
export function fixedResults(renderTimesMs: readonly number[]): FixedResult[] {
	const results: FixedResult[] = [];
	for (let ms = 1_000; ms <= LONGEST_INTERVAL_MS; ms *= 1.03) {
		results.push(fixedResult(renderTimesMs, ms));
	}
	return results;
}

/** The interval with the least product of polls and lag. */
export function bestFixed(results: readonly FixedResult[]): FixedResult {
	return results.reduce((best, result) =>
		result.polls * result.lagMs < best.polls * best.lagMs ? result : best,
	);
}
