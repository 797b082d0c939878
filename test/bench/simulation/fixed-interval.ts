import type { Followed } from './follow';

/** What any fixed interval gets, worked out rather than followed: there are very many of them. */

export interface FixedResult {
	intervalMs: number;
	/** Mean per task. */
	looks: number;
	/** Mean. */
	lagMs: number;
}

const SHORTEST_INTERVAL_MS = 1_000;
/** With a longer one there is a single look at any task of the simulation. */
const LONGEST_INTERVAL_MS = 31 * 60_000;
const RATIO_OF_NEIGHBOURS = 1.03;

export function followFixed(renderMs: number, intervalMs: number): Followed {
	const looks = Math.ceil(renderMs / intervalMs);
	const lagMs = looks * intervalMs - renderMs;
	return { renderMs, looks, lagMs, lastRunningMs: (looks - 1) * intervalMs };
}

export function fixedResult(renderTimesMs: readonly number[], intervalMs: number): FixedResult {
	let looks = 0;
	let lagMs = 0;
	for (const renderMs of renderTimesMs) {
		const followed = followFixed(renderMs, intervalMs);
		looks += followed.looks;
		lagMs += followed.lagMs;
	}
	const tasks = renderTimesMs.length;
	return { intervalMs, looks: looks / tasks, lagMs: lagMs / tasks };
}

/** All that are worth trying, from a second to one that looks once. */
export function fixedResults(renderTimesMs: readonly number[]): FixedResult[] {
	const results: FixedResult[] = [];
	for (let ms = SHORTEST_INTERVAL_MS; ms <= LONGEST_INTERVAL_MS; ms *= RATIO_OF_NEIGHBOURS) {
		results.push(fixedResult(renderTimesMs, ms));
	}
	return results;
}

/** The interval with the least product of looks and lag. */
export function bestFixed(renderTimesMs: readonly number[]): FixedResult {
	return fixedResults(renderTimesMs).reduce((best, result) =>
		result.looks * result.lagMs < best.looks * best.lagMs ? result : best,
	);
}

/** The interval that needs as many looks per task as this, by halving. */
export function fixedWithLooks(renderTimesMs: readonly number[], looks: number): FixedResult {
	let shorter = 1;
	let longer = LONGEST_INTERVAL_MS;
	while (longer / shorter > 1.0001) {
		const middle = Math.sqrt(shorter * longer);
		if (fixedResult(renderTimesMs, middle).looks > looks) shorter = middle;
		else longer = middle;
	}
	return fixedResult(renderTimesMs, longer);
}
