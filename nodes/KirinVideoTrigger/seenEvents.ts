import type { IWebhookFunctions } from 'n8n-workflow';
import { dropOldest } from '../KirinVideo/api/untrusted';
import { type KnownIds, type Task as AnyTask, isDone } from '../KirinVideo/task/task';

/**
 * Each event of a task starts the workflow once, however often the service calls. Two memories see to
 * that: {@link SeenEvents} in this process, so that a repeated call starts no execution, and the claim
 * in n8n's database (claim.ts), so that an execution which was started all the same, after a restart or
 * by another process, emits nothing.
 */

export type Task = Pick<AnyTask, 'taskId' | 'status'>;

/** The trigger that listens, among all that this process takes calls for: several may listen to one task. */
export function triggerOf(functions: Pick<IWebhookFunctions, 'getWorkflow' | 'getNode'>): string {
	return `${functions.getWorkflow().id} ${functions.getNode().id}`;
}

export function eventOf({ taskId, status }: Task): string {
	return `${taskId} ${status}`;
}

const MAX_REMEMBERED = 10_000;

/** The events that this process has seen; the oldest are forgotten first. */
export class SeenEvents {
	private readonly events = new Set<string>();

	constructor(private readonly most = MAX_REMEMBERED) {}

	/** @returns false for an event that was seen, and for one that is older than the task's end */
	isNew(trigger: string, task: Task): boolean {
		if (!isDone(task) && this.hasEnded(trigger, task)) return false;
		return !this.events.has(nameOf(trigger, eventOf(task)));
	}

	/** A task that is done does not change any more. Either ID may be the one that is known. */
	hasEnded(trigger: string, { taskId, externalTaskId }: KnownIds): boolean {
		return [taskId, externalTaskId].some(
			(id) => id !== undefined && this.events.has(nameOf(trigger, `${id} ended`)),
		);
	}

	add(trigger: string, task: Task, ids: KnownIds): void {
		for (const name of namesOf(trigger, task, ids)) this.events.add(name);
		dropOldest(this.events, this.most);
	}

	forget(trigger: string, task: Task, ids: KnownIds): void {
		for (const name of namesOf(trigger, task, ids)) this.events.delete(name);
	}
}

export const seenEvents = new SeenEvents();

/** The event, and the end of the task under each of its IDs. */
function namesOf(trigger: string, task: Task, { externalTaskId }: KnownIds): string[] {
	const ended = isDone(task) ? [task.taskId, ...(externalTaskId ? [externalTaskId] : [])] : [];
	return [eventOf(task), ...ended.map((id) => `${id} ended`)].map((name) => nameOf(trigger, name));
}

function nameOf(trigger: string, name: string): string {
	return `${trigger} ${name}`;
}
