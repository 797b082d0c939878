/** One run, planned, performed and judged. */
import { judge, type Findings } from './judge';
import { perform } from './perform';
import type { RunPlan } from './plan';
import type { Troubles } from './troubles';

export interface Verdict {
	submits: number;
	tasks: number;
	findings: Findings;
	troubles: Troubles;
	status: string;
	/** Videos in output items, of all executions and nodes. */
	finished: number;
	/** Real ms. */
	tookMs: number;
}

export async function verdictOn(plan: RunPlan): Promise<Verdict> {
	const start = performance.now();
	const { evidence, troubles, status } = await perform(plan);
	return {
		submits: plan.items.length,
		tasks: evidence.tasks.length,
		findings: judge(evidence),
		troubles,
		status,
		finished: evidence.claims.filter(({ where }) => where === 'the file').length,
		tookMs: performance.now() - start,
	};
}
