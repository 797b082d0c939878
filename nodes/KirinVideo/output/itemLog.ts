import { forLog } from '../api/untrusted';
import type { BatchItem } from '../batch/batch';
import type { ItemFunctions } from '../batch/item';
import { type KnownIds, type Task, videosOf } from '../task/task';

export function report(
	functions: ItemFunctions,
	batchItem: BatchItem,
	ids: KnownIds,
	task?: Task,
): void {
	const isNew = ids.taskId !== undefined && batchItem.taskId !== ids.taskId;
	if (batchItem.taskId !== undefined && ids.taskId === undefined) {
		if (ids.externalTaskId === batchItem.externalTaskId) return;
		// A new create of the same item: it replaces the task that has failed.
		batchItem.replacedTaskIds = [...(batchItem.replacedTaskIds ?? []), batchItem.taskId];
	}
	// Both IDs at once: the ID of a failed task must not hide that of the create which replaces it.
	Object.assign(batchItem, {
		taskId: ids.taskId,
		externalTaskId: ids.externalTaskId,
		status: task?.status ?? 'unknown',
		videoUrl: task && videosOf(task).video?.url,
	});
	// The log outlives a crash, which leaves no error and no item to find the task by.
	if (isNew) functions.logger.info(logLine(`Task ${batchItem.status}`, batchItem));
	if (task?.unknownStatus && batchItem.unknownStatus !== task.unknownStatus) {
		batchItem.unknownStatus = task.unknownStatus;
		functions.logger.warn(
			logLine(`Unknown status "${task.unknownStatus}", read as in progress`, batchItem),
		);
	}
}

/** Before the request leaves: a crash before its answer leaves nothing else to find the task by. */
export function logCreate(
	functions: ItemFunctions,
	{ itemIndex, videoIndex }: BatchItem,
	externalTaskId: string,
) {
	functions.logger.info(logLine('Creating a task', { itemIndex, videoIndex, externalTaskId }));
}

/** Where a task is at stake, or may be. */
export function warn(functions: ItemFunctions, what: string, batchItem: BatchItem): void {
	if (batchItem.externalTaskId ?? batchItem.taskId) functions.logger.warn(logLine(what, batchItem));
}

type NamedItem = Pick<BatchItem, 'itemIndex'> & Partial<Pick<BatchItem, 'videoIndex'>> & KnownIds;

/** One line, whatever the service, the user's own ID or an address in it brings along. */
export function logLine(what: string, item: NamedItem): string {
	const { taskId, externalTaskId } = item;
	const ids = [taskId && `task ${taskId}`, externalTaskId && `external task ID ${externalTaskId}`];
	return forLog(`Kirin Video: ${[what, nameOf(item), ...ids].filter(Boolean).join(', ')}`);
}

/** What logs and errors call a video: by its item, and by its number from the second of an item on. */
export function nameOf({ itemIndex, videoIndex = 0 }: NamedItem): string {
	return `item ${itemIndex}${videoIndex > 0 ? ` video ${videoIndex + 1}` : ''}`;
}
