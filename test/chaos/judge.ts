/** The judge: what went wrong in a run, told from the sandbox's ledger and what n8n has kept. */
import type { Evidence, Intention, TaskEvidence } from './evidence';

export const CRIMES = [
	'billedTwice',
	'lost',
	'wrongVideo',
	'notRenewed',
	'overLimit',
	'keyLeaks',
	'callsAfterStop',
	'hung',
] as const;

export type Crime = (typeof CRIMES)[number];

/** One entry for each count, in words. */
export type Findings = Record<Crime, string[]>;

export function judge(evidence: Evidence): Findings {
	return {
		billedTwice: billedTwice(evidence),
		lost: lost(evidence),
		wrongVideo: [...wrongVideo(evidence), ...shared(evidence)],
		notRenewed: notRenewed(evidence),
		overLimit: overLimit(evidence),
		keyLeaks: keyLeaks(evidence),
		callsAfterStop: evidence.callsAfterStop,
		hung: evidence.ended ? [] : ['nothing happens any more, or there is no end to it'],
	};
}

/** Intentions with more than one task that did not fail. */
function billedTwice(evidence: Evidence): string[] {
	const billed = evidence.tasks.filter(({ failed }) => !failed);
	return [...groups(billed, (task) => intentionOf(task, evidence))].flatMap(
		([intention, tasks]) => {
			if (tasks.length <= allowed(tasks, evidence)) return [];
			return [`${intention}: ${tasks.map(({ taskId }) => taskId).join(', ')}`];
		},
	);
}

function groups<T>(values: T[], keyOf: (value: T) => string): Map<string, T[]> {
	const found = new Map<string, T[]>();
	for (const value of values) found.set(keyOf(value), [...(found.get(keyOf(value)) ?? []), value]);
	return found;
}

/** What a task was created for, in words. */
function intentionOf(task: TaskEvidence, { items }: Evidence): string {
	const { madeFor, account, prompt } = task;
	const { lineage, run, item } = madeFor;
	const ownId = item === undefined ? undefined : items[item]?.ownId;
	// An own ID means the same video in all executions of an account.
	if (ownId !== undefined) return `account ${account}, own ID ${ownId}`;
	const exact = item === undefined ? `prompt "${prompt}"` : `run ${run}, item ${item}`;
	return `account ${account}, lineage ${lineage ?? '?'}, ${exact}`;
}

/** How many videos tasks of one intention may be: more than one only where it is known by its prompt alone. */
function allowed([task]: TaskEvidence[], { items, rounds }: Evidence): number {
	if (!task || task.madeFor.item !== undefined) return 1;
	return rounds * items.filter(({ prompt }) => prompt === task.prompt).length;
}

/** Tasks that the user of n8n cannot find again. */
function lost(evidence: Evidence): string[] {
	const { tasks } = evidence;
	const told = [...evidence.outputs, ...evidence.errors].join('\n');
	const log = evidence.log.join('\n');
	return tasks
		.filter((task) => {
			const { taskId, externalTaskId = taskId } = task;
			if (told.includes(taskId)) return false;
			if (told.includes(externalTaskId) && !wasLearnt(task, evidence)) return false;
			return !(evidence.stopped && (log.includes(taskId) || log.includes(externalTaskId)));
		})
		.map(({ taskId, prompt }) => `task ${taskId} of "${prompt}"`);
}

/** Faults that leave an answer readable. */
const READABLE = /(wrong-type|slow)$/;

/** Whether the node was told the task ID: it says so itself, or some answer can only have reached it. */
function wasLearnt({ taskId }: TaskEvidence, { requests, log, mayGiveUp }: Evidence): boolean {
	if (log.some((line) => line.includes(taskId))) return true;
	if (mayGiveUp) return false;
	return requests.some(
		(request) =>
			request.taskId === taskId &&
			['create', 'get'].includes(request.kind) &&
			request.status === 200 &&
			(request.fault === undefined || READABLE.test(request.fault)),
	);
}

/** Claims about a task that was made for another item, or that the service does not know. */
function wrongVideo(evidence: Evidence): string[] {
	const { items, tasks, claims } = evidence;
	const byId = new Map(tasks.map((task) => [task.taskId, task]));
	return claims
		.filter((claim) => {
			const task = byId.get(claim.taskId);
			const item = claim.item === undefined ? undefined : items[claim.item];
			if (!task || !item || claim.run === undefined) return true;
			if (task.prompt !== item.prompt || task.account !== claim.account) return true;
			const { madeFor } = task;
			const maker = madeFor.item === undefined ? undefined : items[madeFor.item];
			// Whoever has an own ID gets the task that was made under it, whenever that was.
			if (item.ownId !== undefined) return maker !== undefined && maker.ownId !== item.ownId;
			const asClaimed = { lineage: claim.lineage, run: claim.run, item: claim.item };
			return (Object.keys(madeFor) as Array<keyof Intention>).some(
				(key) => madeFor[key] !== undefined && madeFor[key] !== asClaimed[key],
			);
		})
		.map(({ lineage, run, item, taskId, where }) => {
			const of = `${where} of lineage ${lineage}, run ${run ?? '?'}, item ${item ?? '?'}`;
			const { madeFor, prompt } = byId.get(taskId) ?? {};
			return `${of}: task ${taskId}, made for ${JSON.stringify(madeFor)} "${prompt ?? '?'}"`;
		});
}

/** Tasks that two items or, without own IDs, two runs of the node or two executions have got. */
function shared({ items, claims }: Evidence): string[] {
	return [...groups(claims, ({ taskId }) => taskId)].flatMap(([taskId, those]) => {
		const holders = those.map(({ lineage, run, item }) => {
			const isOwn = item !== undefined && items[item]?.ownId !== undefined;
			return isOwn ? `item ${item}` : `lineage ${lineage}, run ${run ?? '?'}, item ${item ?? '?'}`;
		});
		const different = [...new Set(holders)];
		return different.length > 1 ? [`task ${taskId} is that of ${different.join(' and of ')}`] : [];
	});
}

/** Failed tasks that an execution has taken over from the one before in place of a new one. */
function notRenewed({ claims }: Evidence): string[] {
	return claims
		.filter(({ isOldFailure }) => isOldFailure)
		.map(({ execution, run, item, taskId }) => {
			return `execution ${execution}, run ${run}, item ${item}: task ${taskId} had failed before`;
		});
}

/** Tasks of items that none was to be made for. */
function overLimit({ items, tasks }: Evidence): string[] {
	const refused = new Set(items.filter(({ aboveLimit }) => aboveLimit).map(({ prompt }) => prompt));
	return tasks
		.filter(({ prompt }) => refused.has(prompt))
		.map(({ taskId, prompt }) => `task ${taskId} of "${prompt}"`);
}

function keyLeaks({ key, keyFree }: Evidence): string[] {
	return Object.entries(keyFree)
		.filter(([, text]) => text.includes(key))
		.map(([place]) => `the key is in ${place}`);
}
