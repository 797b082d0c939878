/** All that one run of the benchmark measured; every figure, table and plot is made from this alone. */
import type { MeasuredCost } from './cost/costs';
import type { PeakGrowth } from './large-video';
import type { RunResult } from './run-result';

export interface Measurements {
	/** `short` says little: single runs, and no room for the slow contenders. */
	plan: 'full' | 'short';
	machine: { cpu: string; cores: number; node: string; n8n: string };
	/** Titles of the contenders that ran, by their ID. */
	titles: Record<string, string>;
	/** What could not be measured, and why. */
	skipped: Array<{ title: string; reason: string }>;
	runs: RunResult[];
	/** A plain download of the small video from the sandbox: a part of the limit. */
	downloadSeconds: number;
	/** Many tasks of our node at once. */
	many: { unlimited: RunResult; byDefault?: { concurrency: number; result: RunResult } };
	/** Each in an n8n of its own. */
	growth: PeakGrowth[];
	/** CPU time and memory, beside what the same work costs at the least. */
	costs: MeasuredCost[];
	loadMs: number[];
	packedBytes: number;
}
