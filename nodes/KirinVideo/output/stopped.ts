import type { IDataObject } from 'n8n-workflow';
import { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { BatchItem } from '../batch/batch';
import { whatIsKnown } from '../task/errors';
import type { KnownIds } from '../task/task';

/**
 * The error of an item whose execution was stopped. n8n counts an execution as canceled, and not as
 * failed, by this word in the message.
 */
export function stoppedError(batchItem: BatchItem): TaskError {
	const ids = idsOf(batchItem);
	const isCompleted = batchItem.status === 'completed';
	return new TaskError(
		`The execution was canceled before the video was ${isCompleted ? 'downloaded' : 'finished'}`,
		whatIsKnown(ids, isCompleted),
		defined({ ...ids, status: hasTask(batchItem) ? batchItem.status : undefined }),
	);
}

/** The task of a stopped item as it stands, for Task → Wait. */
export function asItStands(batchItem: BatchItem, { message, description }: TaskError): IDataObject {
	const warning = `${message}. ${description}`;
	if (!hasTask(batchItem)) return { warning };
	return { ...idsOf(batchItem), status: batchItem.status, warning };
}

function hasTask({ taskId, externalTaskId }: BatchItem): boolean {
	return (taskId ?? externalTaskId) !== undefined;
}

function idsOf({ taskId, externalTaskId }: BatchItem): KnownIds {
	return defined({ taskId, externalTaskId });
}
