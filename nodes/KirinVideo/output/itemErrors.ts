import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { type OtherTask, TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { BatchVideo } from '../batch/batch';
import { type ItemFunctions, isAgentTool } from '../batch/item';
import { unexpected, whatIsKnown } from '../task/errors';
import type { KnownIds } from '../task/task';
import { nameOf } from './itemLog';
import { nodeError } from './nodeError';

export function explain(thrown: unknown, batchVideo: BatchVideo): TaskError {
	if (thrown instanceof TaskError) return thrown;
	const reason = thrown instanceof Error ? thrown.message : String(thrown);
	return unexpected(reason, idsOf(batchVideo));
}

/**
 * Errors about the input do not know that the item has a task already: after a wait, or from a try
 * before. One that has failed counts as replaced.
 */
export function withTask(error: TaskError, batchVideo: BatchVideo): TaskError {
	const { taskId, status } = batchVideo;
	if (taskId === undefined || error.details.taskId !== undefined) return error;
	if (status === 'failed') {
		batchVideo.replacedTaskIds = [...(batchVideo.replacedTaskIds ?? []), taskId];
		return error;
	}
	const ids = idsOf(batchVideo);
	return new TaskError(error.message, whatIsKnown(ids), { ...error.details, ...ids, status });
}

/** Adds the failed tasks that this item replaces, because the create in their place may fail too. */
export function withReplaced(error: TaskError, { replacedTaskIds = [] }: BatchVideo): TaskError {
	if (replacedTaskIds.length === 0 || error.details.replacedTaskIds) return error;
	return new TaskError(error.message, `${error.description} ${listReplaced(replacedTaskIds)}.`, {
		...error.details,
		replacedTaskIds,
	});
}

function listReplaced(taskIds: string[]): string {
	return `Earlier tries of this item had created ${taskIds.join(', ')}, which failed or whose video is gone`;
}

/**
 * n8n-core before 2.36 sends an item whose JSON has `details` to the error output only if it carries an
 * error as well. The error is not enumerable, so that n8n's copy of the item is without it: n8n replaces
 * the JSON of an item that still carries an error there by the error's message.
 */
export function failedItem(functions: ItemFunctions, error: TaskError): INodeExecutionData {
	const itemIndex = functions.getItemIndex();
	const item = { json: errorJson(error), pairedItem: { item: itemIndex } };
	if (functions.getNode().onError !== 'continueErrorOutput') return item;
	return Object.defineProperty(item, 'error', { value: nodeError(functions, error, itemIndex) });
}

/**
 * The JSON of an item that failed under Continue On Fail. n8n sends an item to the error output when
 * it has no keys but these three, and adds the input item's own fields there.
 */
export function errorJson(
	error: Pick<TaskError, 'message' | 'description' | 'details'>,
): IDataObject {
	return { error: error.message, message: error.description, details: defined(error.details) };
}

/** Modes of executions that have no Retry of their own in n8n's list of executions. */
const MODES_WITHOUT_RETRY = ['manual', 'integrated', 'evaluation'];

/**
 * Promises n8n's Retry where there is one and tasks may exist. A tool's task belongs to its call, a
 * manual run may be of a single step, and a sub-workflow's parent would start another execution of it.
 */
export function withRetryHint(functions: ItemFunctions, error: TaskError): TaskError {
	const { taskId, externalTaskId, otherTasks } = error.details;
	const mayHaveTask = (taskId ?? externalTaskId ?? otherTasks) !== undefined;
	const hasRetry = !isAgentTool(functions) && !MODES_WITHOUT_RETRY.includes(functions.getMode());
	if (!mayHaveTask || !hasRetry) return error;
	return new TaskError(error.message, `${error.description} ${RETRY_HINT}`, error.details);
}

const RETRY_HINT =
	'Press Retry in the list of executions: finished videos are fetched, not paid again.';

/** More of the other items' tasks than these are only in the details. */
const MAX_OTHERS_IN_TEXT = 5;

/** Adds the tasks of the other items, because n8n shows the first error of a run and drops their output. */
export function withOthers(error: TaskError, others: BatchVideo[]): TaskError {
	if (others.length === 0) return error;
	return new TaskError(error.message, `${error.description} ${listOthers(others)}`, {
		...error.details,
		otherTasks: others.map(otherTask),
	});
}

function listOthers(others: BatchVideo[]): string {
	const lines = others.slice(0, MAX_OTHERS_IN_TEXT).map((other) => {
		const { taskId, externalTaskId, status, videoUrl, replacedTaskIds } = other;
		const id = taskId ?? `external task ID ${externalTaskId}`;
		const more = [status, videoUrl, replacedTaskIds && `replaces ${replacedTaskIds.join(', ')}`];
		return `${nameOf(other)}: ${id} (${more.filter(Boolean).join(', ')})`;
	});
	const more = others.length - lines.length;
	if (more > 0) lines.push(`… and ${more} more in details.otherTasks`);
	return `Tasks of the other items of this run, which n8n drops because this item failed: ${lines.join('; ')}. Task → Wait gets their results; On Error → Continue in the node's settings keeps them.`;
}

function otherTask(other: BatchVideo): OtherTask {
	const { itemIndex: item, videoIndex, status, videoUrl, replacedTaskIds } = other;
	const video = videoIndex > 0 ? videoIndex + 1 : undefined;
	return defined({ item, video, ...idsOf(other), status, videoUrl, replacedTaskIds });
}

/**
 * The error of an item whose execution was stopped. n8n counts an execution as canceled, and not as
 * failed, by this word in the message.
 */
export function stoppedError(batchVideo: BatchVideo): TaskError {
	const ids = idsOf(batchVideo);
	const isCompleted = batchVideo.status === 'completed';
	return new TaskError(
		`The execution was canceled before the video was ${isCompleted ? 'downloaded' : 'finished'}`,
		whatIsKnown(ids, isCompleted),
		defined({ ...ids, status: hasTask(batchVideo) ? batchVideo.status : undefined }),
	);
}

/** The task of a stopped item as it stands, for Task → Wait. */
export function asItStands(
	batchVideo: BatchVideo,
	{ message, description }: TaskError,
): IDataObject {
	const warning = `${message}. ${description}`;
	if (!hasTask(batchVideo)) return { warning };
	return { ...idsOf(batchVideo), status: batchVideo.status, warning };
}

function hasTask({ taskId, externalTaskId }: BatchVideo): boolean {
	return (taskId ?? externalTaskId) !== undefined;
}

function idsOf({ taskId, externalTaskId }: BatchVideo): KnownIds {
	return defined({ taskId, externalTaskId });
}
