import { forLog } from '../api/untrusted';
import type { BatchVideo } from '../batch/batch';
import type { ItemContext, ItemFunctions } from '../batch/item';
import type { KnownIds, Task } from '../task/task';

/** Notes what is known of a video's task, and logs what is new. */
export function report(
	{ functions, batch, batchVideo }: ItemContext,
	ids: KnownIds,
	task?: Task,
): void {
	// The log outlives a crash, which leaves no error and no item to find the task by.
	if (batch.saw(batchVideo, ids, task)) {
		functions.logger.info(logLine(`Task ${batchVideo.status}`, batchVideo));
	}
	if (task?.unknownStatus && batchVideo.unknownStatus !== task.unknownStatus) {
		batchVideo.unknownStatus = task.unknownStatus;
		functions.logger.warn(
			logLine(`Unknown status "${task.unknownStatus}", read as in progress`, batchVideo),
		);
	}
}

/** Before the request leaves: a crash before its answer leaves nothing else to find the task by. */
export function logCreate(
	functions: ItemFunctions,
	{ itemIndex, videoIndex }: BatchVideo,
	externalTaskId: string,
) {
	functions.logger.info(logLine('Creating a task', { itemIndex, videoIndex, externalTaskId }));
}

/** Where a task is at stake, or may be. */
export function warn(functions: ItemFunctions, what: string, batchVideo: BatchVideo): void {
	if (batchVideo.externalTaskId ?? batchVideo.taskId)
		functions.logger.warn(logLine(what, batchVideo));
}

type NamedItem = Pick<BatchVideo, 'itemIndex'> & Partial<Pick<BatchVideo, 'videoIndex'>> & KnownIds;

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
