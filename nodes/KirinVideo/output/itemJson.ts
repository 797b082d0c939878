import type { IDataObject } from 'n8n-workflow';
import { defined } from '../api/untrusted';
import { type KnownIds, type Task, videosOf } from '../task/task';

/** What the node knows beside the task itself. */
export interface Observed extends KnownIds {
	/** Milliseconds since the epoch, when the submit began; else the service's `created_at` counts. */
	startedAt?: number;
	/** Milliseconds since the epoch; of a task that was watched until it settled. */
	finishedAt?: number;
	polls?: number;
}

/**
 * A task as the JSON of an item.
 *
 * `cost` stays the exact decimal string that the service gave. `elapsedSeconds` runs from the submit
 * to the look that found the task settled.
 */
export function simplify(task: Task, seen: Observed = {}): IDataObject {
	const { video, watermarked } = videosOf(task);
	const { createdAt } = task;
	const startedAt = seen.startedAt ?? createdAt;
	const elapsedMs =
		startedAt !== undefined && seen.finishedAt !== undefined
			? Math.max(0, seen.finishedAt - startedAt)
			: undefined;
	return defined({
		taskId: task.taskId,
		externalTaskId: seen.externalTaskId ?? task.externalTaskId,
		status: task.status,
		model: task.model,
		progress: task.progress,
		videoUrl: video?.url,
		watermarkUrl: watermarked?.url,
		contents: task.status === 'completed' ? task.contents.map((c) => ({ ...c })) : undefined,
		cost: task.cost,
		discount: task.discount,
		error: task.error && { ...task.error },
		createdAt: iso(createdAt),
		finishedAt: iso(seen.finishedAt),
		elapsedSeconds: elapsedMs === undefined ? undefined : Math.round(elapsedMs / 100) / 10,
		polls: seen.polls,
	});
}

export function iso(epochMs: number | undefined): string | undefined {
	return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
