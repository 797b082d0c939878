/** How much trouble a run was in: what the sandbox did to it, and what the campaign did. */
import type { RequestRecord, Sandbox } from '../../sandbox';
import { serviceNow } from './clock';
import type { RunPlan } from './plan';

export type Troubles = Record<string, number>;

/** @param others what the campaign itself has counted */
export function countTroubles(plan: RunPlan, sandbox: Sandbox, others: Troubles): Troubles {
	const troubles: Troubles = {};
	const count = (kind: string, times = 1) => {
		if (times > 0) troubles[kind] = (troubles[kind] ?? 0) + times;
	};
	for (const request of sandbox.ledger.requests) {
		const kind = request.fault ?? refusal(request);
		if (kind !== undefined) count(kind);
	}
	const now = serviceNow();
	for (const { outcome, endsAt, visibleAt, createdAt, wishes } of sandbox.ledger.tasks) {
		count('task failed', Number(outcome === 'failed'));
		count('task is never done', Number(endsAt > now));
		count('task visible late', Number(visibleAt > createdAt));
		count('result expired', Number(wishes.expired !== undefined));
		count('result missing', Number(wishes.noOutput === true));
	}
	for (const { byMs } of plan.clockSteps) count(byMs > 0 ? 'clock forward' : 'clock back');
	for (const [kind, times] of Object.entries(others)) count(kind, times);
	count('further round of the node', plan.rounds - 1);
	count('image', plan.input === 'text' ? 0 : plan.items.length);
	count('same prompt', plan.items.length - new Set(plan.items.map((item) => item.number)).size);
	count('item above its limit', plan.items.filter(({ limit }) => limit === 'low').length);
	return troubles;
}

/** What the service refuses by its own rules. */
function refusal({ kind, status }: RequestRecord): string | undefined {
	if (kind === 'create' && status === 429) return 'create too many at once';
	if (kind === 'create' && status !== undefined && status >= 400) return 'create duplicate ID';
	if (kind === 'get' && status === 404) return 'get not there';
	return undefined;
}

export function addTroubles(sum: Troubles, more: Troubles): void {
	for (const [kind, times] of Object.entries(more)) sum[kind] = (sum[kind] ?? 0) + times;
}
