/** Finds the smallest version of a run that still shows what is wrong. */
import type { RunPlan } from './plan';

/** So long it may take, in real ms. */
const BUDGET_MS = 90_000;

/** Chance and load have a say in each run, so a version gets a second chance before it is ruled out. */
const CHANCES = 2;

/** @param shows whether a version of the run, performed alone, is still wrong in the same way */
export async function shrink(
	plan: RunPlan,
	shows: (smaller: RunPlan) => Promise<boolean>,
): Promise<RunPlan> {
	const end = performance.now() + BUDGET_MS;
	let smallest = plan;
	for (let candidates = smallerThan(plan), next = 0; next < candidates.length; next++) {
		const candidate = candidates[next];
		for (let chance = 0; candidate && chance < CHANCES; chance++) {
			if (performance.now() > end) return smallest;
			if (await shows(candidate)) {
				smallest = candidate;
				candidates = smallerThan(smallest);
				next = -1;
				break;
			}
		}
	}
	return smallest;
}

/** The next smaller versions, those first that leave out most. */
export function smallerThan(plan: RunPlan): RunPlan[] {
	return [...fewerItems(plan), ...plainer(plan), ...fewerMarkers(plan)];
}

function fewerItems({ items, ...plan }: RunPlan): RunPlan[] {
	const parts: RunPlan[] = [];
	for (let size = Math.ceil(items.length / 2); size < items.length;) {
		for (let from = 0; from < items.length; from += size) {
			parts.push({ ...plan, items: items.slice(from, from + size) });
		}
		if (items.length > 8) break;
		size = size < items.length - 1 ? items.length - 1 : items.length;
	}
	return parts;
}

/** Settings of the service that a run can do without. */
const HABITS = [
	'variant',
	'concurrencyLimit',
	'visibleAfterMs',
	'duplicate',
	'lagMs',
	'late',
	'expires',
] as const;

/** Without one thing that the run as a whole is put through. */
function plainer(plan: RunPlan): RunPlan[] {
	const { outage, failUntilMs, batching, retry, service } = plan;
	const { faults = [] } = service;
	const versions: Array<[present: boolean, version: RunPlan]> = [
		[outage !== undefined, { ...plan, outage: undefined }],
		[faults.length > 0, { ...plan, service: { ...service, faults: [] } }],
		...faults.map((fault): [boolean, RunPlan] => [
			faults.length > 1,
			{ ...plan, service: { ...service, faults: faults.filter((other) => other !== fault) } },
		]),
		[plan.clockSteps.length > 0, { ...plan, clockSteps: [] }],
		[failUntilMs !== undefined, { ...plan, failUntilMs: undefined }],
		[batching !== undefined, { ...plan, batching: undefined }],
		[plan.maxConcurrentTasks !== undefined, { ...plan, maxConcurrentTasks: undefined }],
		[retry !== undefined, { ...plan, retry: undefined }],
		...plan.then.map((_, index): [boolean, RunPlan] => [
			true,
			{ ...plan, then: plan.then.filter((_next, at) => at !== index) },
		]),
		[plan.rounds > 1, { ...plan, rounds: 1 }],
		[plan.tls !== undefined, { ...plan, tls: undefined }],
		[plan.input !== 'text', { ...plan, input: 'text' }],
		[plan.costLimits, { ...plan, costLimits: false }],
		[plan.callbacks, { ...plan, callbacks: false }],
		...HABITS.map((habit): [boolean, RunPlan] => [
			service[habit] !== undefined,
			{ ...plan, service: { ...service, [habit]: undefined } },
		]),
	];
	return versions.filter(([present]) => present).map(([, version]) => version);
}

/** Without one marker of one item; of long runs, without all markers of one item. */
function fewerMarkers(plan: RunPlan): RunPlan[] {
	const { items } = plan;
	return items.flatMap((item, index) => {
		const without = (markers: string[]) => ({
			...plan,
			items: items.map((other, at) => (at === index ? { ...item, markers } : other)),
		});
		if (items.length > 8) return item.markers.length > 0 ? [without([])] : [];
		return item.markers.map((marker) => without(item.markers.filter((other) => other !== marker)));
	});
}
