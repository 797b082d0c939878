import { VideoGone } from '../api/taskError';
import { record } from '../api/untrusted';
import { keepToBudget } from '../batch/budget';
import { type Item, type Output, isAgentTool } from '../batch/item';
import type { Slot } from '../batch/limiter';
import type { CostLimits } from '../fields/costFields';
import { logCreate, report } from '../output/itemLog';
import type { TaskRequest } from '../request/buildRequest';
import { paidVideoGone } from '../task/errors';
import { objectionByLimit } from '../task/estimate';
import { submit } from '../task/submit';
import type { SeenState } from '../task/task';

export interface SubmitInput extends CostLimits {
	request: TaskRequest;
	/** How many are made of the item. */
	videos: number;
	/** Tasks of the batch at once; 0 for no limit. */
	maxConcurrentTasks: number;
	/** External task IDs whose video is gone and is made again. */
	gone?: ReadonlySet<string>;
}

/**
 * Does an item's work within a slot, once the tasks of the whole batch are within its budget.
 *
 * @param maximumMs how long requests to a busy or absent service are repeated, in milliseconds
 * @throws what the work throws, TaskError for a batch that costs too much, and Stopped
 */
export async function withinBudgetAndSlot<T>(
	item: Item,
	{ request, maxConcurrentTasks: limit, budgetLimit }: SubmitInput,
	maximumMs: number,
	work: (slot: Slot) => Promise<T>,
): Promise<T> {
	const { batch, signal } = item;
	await keepToBudget(item, request, budgetLimit);
	return await batch.limiter.run({ limit, maximumMs, signal }, work);
}

/**
 * Creates the item's task exactly once.
 *
 * @param slot of the item; the wait for the task began with it
 * @throws TaskError, or Stopped
 */
export async function submitTask(
	item: Item,
	{ request, costLimit, whenPaidVideoIsGone, gone }: SubmitInput,
	{ since, deadline, onBusy, accepted }: Slot,
): Promise<SeenState> {
	const { api, clock, signal, idempotencyKey, batch, batchVideo, functions } = item;
	const submitted = await submit(request, {
		api,
		clock,
		idempotencyKey,
		memory: batch.memory,
		host: batch.host,
		// A tool has a new key for each call, so there is nothing to find.
		isRetry: functions.getMode() === 'retry' && !isAgentTool(functions),
		whenPaidVideoIsGone,
		gone,
		deadline,
		signal,
		onSend: (externalTaskId) => {
			batchVideo.mayHaveCreated = true;
			report(item, { externalTaskId });
		},
		onCreate: (externalTaskId) => logCreate(functions, batchVideo, externalTaskId),
		onTask: (task, externalTaskId) => report(item, { taskId: task.taskId, externalTaskId }, task),
		...(costLimit && {
			objection: async () =>
				await objectionByLimit(request, costLimit, { api, clock, signal, onBusy }),
		}),
		onBusy,
	});
	batchVideo.warnings = request.warnings;
	batchVideo.adopted = submitted.adopted || undefined;
	accepted();
	const watermark = record(request.params.watermark_info)?.enabled === true;
	const task = { ...submitted.task, watermark };
	const ids = { taskId: task.taskId, externalTaskId: submitted.externalTaskId };
	return { ids, task, since, isSubmitted: !submitted.adopted, polls: 0 };
}

/**
 * Makes a video. Where an adopted one is gone and the user wants it, makes a new one in its place.
 *
 * @param make is given the external task IDs whose videos are gone
 */
export async function replacingGone(
	item: Item,
	input: SubmitInput,
	make: (gone: ReadonlySet<string>) => Promise<Output>,
): Promise<Output> {
	const gone = new Set<string>();
	for (;;) {
		const outcome = await make(gone).catch((error: unknown) => {
			if (error instanceof VideoGone && item.batchVideo.adopted) return error;
			throw error;
		});
		if (!(outcome instanceof VideoGone)) return outcome;
		const { externalTaskId = '' } = outcome.details;
		if (!mayReplace(item, input) || gone.has(externalTaskId)) throw paidVideoGone(outcome);
		gone.add(externalTaskId);
	}
}

/** Only an adopted task: one that was made just now has not expired. */
export function mayReplace({ batchVideo }: Item, { whenPaidVideoIsGone }: SubmitInput): boolean {
	return batchVideo.adopted === true && whenPaidVideoIsGone === 'createNew';
}
