/** Judges whether anything that was asked for, or paid for, has vanished. */
import type { BilledTask } from './billed-twice';

export interface Fates {
	/** Every item that was handed to n8n. */
	items: readonly string[];
	billed: readonly BilledTask[];
	itemOf: (prompt: string) => string;
	/** Items whose video came out of an execution, with the right bytes. */
	delivered: ReadonlySet<string>;
	/** Items of executions that n8n shows as failed, so that somebody knows. */
	reported: ReadonlySet<string>;
	/** IDs of tasks that n8n's log or its stored executions name, so that Task → Wait can get them. */
	findable: ReadonlySet<string>;
}

export interface LostItem {
	item: string;
	why: string;
}

/** The items that nobody can get back: see `Fates` for what counts as a way back. */
export function lostItems(fates: Fates): LostItem[] {
	const tasks = new Map<string, string[]>();
	for (const { id, prompt } of fates.billed) {
		const item = fates.itemOf(prompt);
		tasks.set(item, [...(tasks.get(item) ?? []), id]);
	}
	return fates.items.flatMap((item) => {
		if (fates.delivered.has(item)) return [];
		const taskIds = tasks.get(item) ?? [];
		if (taskIds.length === 0) {
			return fates.reported.has(item)
				? []
				: [{ item, why: 'was never submitted, and no execution says so' }];
		}
		if (taskIds.some((id) => fates.findable.has(id))) return [];
		return [{ item, why: `task ${taskIds.join(', ')} is paid for, and n8n names it nowhere` }];
	});
}
