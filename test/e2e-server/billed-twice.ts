/** Judges whether anything was paid for more than once. */
import type { SandboxTask } from '../../sandbox';

export type BilledTask = Pick<SandboxTask, 'id' | 'prompt'>;

export interface DoubleBill {
	item: string;
	taskIds: string[];
}

/**
 * The items that more than one billed task was made for.
 *
 * @param billed all tasks that the user pays for
 * @param itemOf the item that a task was made for, by its prompt
 */
export function billedTwice(
	billed: readonly BilledTask[],
	itemOf: (prompt: string) => string,
): DoubleBill[] {
	const byItem = new Map<string, string[]>();
	for (const { id, prompt } of billed) {
		const item = itemOf(prompt);
		byItem.set(item, [...(byItem.get(item) ?? []), id]);
	}
	return [...byItem]
		.filter(([, taskIds]) => taskIds.length > 1)
		.map(([item, taskIds]) => ({ item, taskIds }));
}
