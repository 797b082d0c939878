/** The judge: what went wrong in a run, told from the sandbox's ledger and what n8n has kept. */
import type { Claim, Evidence, TaskEvidence } from './evidence';

export const CRIMES = [
	'billedTwice',
	'lost',
	'wrongItem',
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
		wrongItem: wrongItem(evidence),
		keyLeaks: keyLeaks(evidence),
		callsAfterStop: evidence.callsAfterStop,
		hung: evidence.ended ? [] : ['the run outlived its deadline'],
	};
}

/** Items with more than one task that did not fail. */
function billedTwice({ prompts, tasks }: Evidence): string[] {
	return prompts.flatMap((prompt, item) => {
		const billed = tasks.filter((task) => task.prompt === prompt && !task.failed);
		if (billed.length < 2) return [];
		return [`item ${item}: ${billed.map(({ taskId }) => taskId).join(', ')}`];
	});
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

/** Claims about a task that was made from another item's prompt, or that the service does not know. */
function wrongItem({ prompts, tasks, claims }: Evidence): string[] {
	const promptOf = new Map(tasks.map(({ taskId, prompt }) => [taskId, prompt]));
	const isTrue = ({ item, taskId }: Claim) =>
		item !== undefined && prompts[item] !== undefined && promptOf.get(taskId) === prompts[item];
	return claims
		.filter((claim) => !isTrue(claim))
		.map(({ item, taskId, where }) => {
			return `${where} of item ${item ?? '?'}: task ${taskId} of "${promptOf.get(taskId) ?? '?'}"`;
		});
}

function keyLeaks({ key, keyFree }: Evidence): string[] {
	return Object.entries(keyFree)
		.filter(([, text]) => text.includes(key))
		.map(([place]) => `the key is in ${place}`);
}
