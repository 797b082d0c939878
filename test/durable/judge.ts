/** What must not have happened, told from the sandbox's ledger and the executions' ends. */
import type { OutputItem } from '../bench/n8n-client';
import type { Ledger, SandboxTask } from '../../sandbox';

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
