import type { IExecuteFunctions, INode, IWorkflowMetadata } from 'n8n-workflow';
import { systemClock } from '../KirinVideo/api/clock';
import { Pace } from '../KirinVideo/batch/limiter';
import { type Task, isSettled } from '../KirinVideo/task/task';

/**
 * Each event of a task starts the workflow once, however often the service tells it.
 *
 * Two memories see to that:
 * - {@link Told}, in this process, so that a repeated call starts no execution;
 * - n8n's own table of processed data, which the node Remove Duplicates uses too, so that an execution
 *   that was started all the same (after a restart, or by another process) emits nothing. Only an
 *   execution can reach it, which is why the trigger has an `execute`.
 *
 * The workflow's static data would do neither: n8n loads it with every call and saves it as a whole, and
 * so does every execution that changes it, so that entries get lost, and those of other nodes too.
 *
 * In one n8n process that is exact, also over restarts. What remains is queue mode: n8n reads its table
 * and writes it back in two steps, and within the milliseconds between them another worker may do the
 * same. Then two executions of one event both emit it (if two processes that take calls, such as webhook
 * processors, were told it in the same moment), or one of two events is not kept, and is emitted again
 * if it is told again after a restart or to another process.
 */

/** As many as n8n's Remove Duplicates keeps unless told. */
const MAX_REMEMBERED = 10_000;

/** Where a trigger stands: the same task may be news for several. */
export interface Station {
	workflow: Pick<IWorkflowMetadata, 'id'>;
	node: Pick<INode, 'id'>;
}

function eventOf({ taskId, status }: Pick<Task, 'taskId' | 'status'>): string {
	return `${taskId} ${status}`;
}

/** The events that this process has started executions for; the oldest are forgotten first. */
export class Told {
	private readonly events = new Set<string>();

	constructor(private readonly most = MAX_REMEMBERED) {}

	/** @returns false for an event that was told before, and for one that is older than the task's end */
	isNews(station: Station, task: Task): boolean {
		if (!isSettled(task) && this.hasSettled(station, task.taskId)) return false;
		return !this.events.has(nameOf(station, task));
	}

	/** A settled task does not change any more. */
	hasSettled(station: Station, taskId: string): boolean {
		return (['completed', 'failed'] as const).some((status) =>
			this.events.has(nameOf(station, { taskId, status })),
		);
	}

	forget(station: Station, task: Task): void {
		this.events.delete(nameOf(station, task));
	}

	add(station: Station, task: Task): void {
		this.events.add(nameOf(station, task));
		for (const oldest of this.events) {
			if (this.events.size <= this.most) break;
			this.events.delete(oldest);
		}
	}
}

export const told = new Told();

function nameOf({ workflow, node }: Station, task: Pick<Task, 'taskId' | 'status'>): string {
	return [workflow.id, node.id, eventOf(task)].join(' ');
}

/** n8n reads its table and then writes it: within a process, one after another. */
const turns = new Pace(systemClock);

/** @returns whether this execution is the first to emit the event */
export async function claim(functions: IExecuteFunctions, task: Task): Promise<boolean> {
	await turns.enter({ limit: 1, signal: functions.getExecutionCancelSignal() });
	try {
		const { new: fresh } = await functions.helpers.checkProcessedAndRecord(
			[eventOf(task)],
			'node',
			{ mode: 'entries', maxEntries: MAX_REMEMBERED },
		);
		return fresh.length > 0;
	} finally {
		turns.leave();
	}
}
