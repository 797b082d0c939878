import { inputError } from '../api/taskError';
import { record } from '../api/untrusted';
import { type BudgetLimit, keepToBudget } from '../batch/budget';
import type { Item, ItemContext } from '../batch/item';
import { type HeldSlot, withSlot } from '../batch/slot';
import { readBudgetLimit, readCostLimit, readWhenPaidVideoIsGone } from '../fields/costFields';
import { readMaxConcurrentTasks, readVideosPerItem } from '../fields/options';
import { isAgentTool } from '../output/agentTool';
import { logCreate } from '../output/itemLog';
import { type TaskRequest, buildRequest } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import { type ReadParameter, taskFields } from '../request/parameters';
import { type CostLimit, objectionByLimit } from '../task/costLimit';
import { type WhenPaidVideoIsGone, submit } from '../task/submit';
import { type Task, isDone } from '../task/task';
import type { TaskState } from '../task/taskState';

/** @throws TaskError, also when another item of the batch has the same external task ID */
function readRequest(
	read: ReadParameter,
	{ batch, itemIndex }: ItemContext,
	input: ModelInput,
): TaskRequest {
	const request = buildRequest(read, input);
	const { externalTaskId } = request;
	const holder = externalTaskId === undefined ? itemIndex : batch.claim(externalTaskId, itemIndex);
	if (holder === itemIndex) return request;
	throw inputError(
		taskFields.external_task_id.label,
		`must differ from item to item, but items ${holder} and ${itemIndex} both have "${externalTaskId}"`,
	);
}

export interface CreateInput {
	request: TaskRequest;
	/** How many are made of the item. */
	videos: number;
	/** Tasks of the batch at once; 0 for no limit. */
	maxConcurrentTasks: number;
	costLimit?: CostLimit;
	/** What the tasks of the batch may cost together. */
	budgetLimit?: BudgetLimit;
	whenPaidVideoIsGone: WhenPaidVideoIsGone;
	/** External task IDs whose video is gone and is made again. */
	gone?: ReadonlySet<string>;
}

/**
 * @param input what the video is made from
 * @throws TaskError
 */
export function readCreate(
	read: ReadParameter,
	context: ItemContext,
	input: ModelInput = 'text',
): CreateInput {
	return {
		request: readRequest(read, context, input),
		videos: readVideosPerItem(read),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		costLimit: readCostLimit(read),
		budgetLimit: readBudgetLimit(read),
		whenPaidVideoIsGone: readWhenPaidVideoIsGone(read),
	};
}

/**
 * Does an item's work within a slot, once the tasks of the whole batch are within its budget.
 *
 * @param maximumMs how long requests to a busy or absent service are repeated, in milliseconds
 * @throws what the work throws, TaskError for a batch that costs too much, and Stopped
 */
export async function withinBudgetAndSlot<T>(
	item: Item,
	{ request, maxConcurrentTasks, budgetLimit }: CreateInput,
	maximumMs: number,
	work: (slot: HeldSlot) => Promise<T>,
): Promise<T> {
	item.batchItem.warnings = request.warnings;
	await keepToBudget(item, request, budgetLimit);
	return await withSlot(item, maxConcurrentTasks, maximumMs, work);
}

/**
 * Creates the item's task exactly once.
 *
 * @param slot of the item; the wait for the task began with it
 * @throws TaskError, or Stopped
 */
export async function create(
	item: Item,
	{ request, costLimit, whenPaidVideoIsGone, gone }: CreateInput,
	slot: HeldSlot,
): Promise<TaskState & { task: Task }> {
	const { api, clock, signal, idempotencyKey, batch, batchItem, functions } = item;
	const { since, deadline, onBusy } = slot;
	const submitted = await submit(request, {
		api,
		clock,
		idempotencyKey,
		sent: batch.sent,
		memory: batch.memory,
		host: batch.host,
		// A tool has a new key for each call, so there is nothing to find.
		isRetry: functions.getMode() === 'retry' && !isAgentTool(functions.getNode()),
		whenPaidVideoIsGone,
		gone,
		deadline,
		signal,
		onSend: (externalTaskId) => {
			batchItem.mayHaveCreated = true;
			item.report({ externalTaskId });
		},
		onCreate: (externalTaskId) => logCreate(functions, batchItem, externalTaskId),
		onTask: (task, externalTaskId) => item.report({ taskId: task.taskId, externalTaskId }, task),
		...(costLimit && {
			objection: async () =>
				await objectionByLimit(request, costLimit, { api, clock, signal, onBusy }),
		}),
		onBusy,
	});
	batchItem.adopted = submitted.adopted || undefined;
	slot.accepted();
	const watermark = record(request.params.watermark_info)?.enabled === true;
	const task = { ...submitted.task, watermark };
	const ids = { taskId: task.taskId, externalTaskId: submitted.externalTaskId };
	// Nobody saw an adopted task end that was done when it was found.
	const isSubmitted = !(submitted.adopted && isDone(task));
	return { ids, task, since, isSubmitted, polls: 0 };
}
