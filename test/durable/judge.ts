/** What must not have happened, told from the sandbox's ledger and the executions' ends. */
import type { OutputItem } from '../../demo/first-video';
import type { Ledger, SandboxTask } from '../../sandbox';

/** Tasks that an item has beside a first one which did not fail either. */
export function billedTwice({ billed }: Ledger): SandboxTask[] {
	const prompts = new Set<string>();
	return billed.filter(({ prompt }) => {
		const isSecond = prompts.has(prompt);
		prompts.add(prompt);
		return isSecond;
	});
}

/** Tasks that stand nowhere in what their executions leave behind. */
export function lost({ tasks }: Ledger, told: string): SandboxTask[] {
	return tasks.filter(({ id }) => !told.includes(id));
}

/** Looks that no callback asked for, in times when none was sent. */
export function pollsIn({ requests }: Ledger, quiet: Array<{ from: number; to: number }>): number {
	return requests.filter(
		({ kind, at }) => kind === 'get' && quiet.some(({ from, to }) => from <= at && at <= to),
	).length;
}

/** The least value that at least this share of all values do not exceed. */
export function percentile(values: number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** How an output differs from one item per prompt, each with its own task; empty when it does not. */
export function mixedUp(items: OutputItem[], prompts: string[], { tasks }: Ledger): string[] {
	return prompts.flatMap((prompt, index) => {
		const task = tasks.find(({ id }) => id === taskIdIn(items[index]));
		return task?.prompt === prompt ? [] : [`item ${index} is of "${task?.prompt}"`];
	});
}

/** An error item has it among its details. */
function taskIdIn(item: OutputItem | undefined): unknown {
	return item?.json.taskId ?? (item?.json.details as { taskId?: unknown } | undefined)?.taskId;
}
