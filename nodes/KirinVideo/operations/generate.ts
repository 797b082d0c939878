import type { INodePropertyRouting } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import type { Item, ItemContext, Output } from '../batch/item';
import { readBudgetLimit, readCostLimit, readWhenPaidVideoIsGone } from '../fields/costFields';
import { addImages } from '../fields/images/imageInput';
import { readMaxConcurrentTasks, readVideosPerItem } from '../fields/options';
import {
	type ResultInput,
	type Waiting,
	readResultInput,
	readWaiting,
	resultInputOf,
} from '../fields/pollingFields';
import { taskJson } from '../output/itemJson';
import { type TaskRequest, buildRequest, taskKind } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import { type ReadParameter, taskFields } from '../request/parameters';
import type { SavedItem } from '../suspend/savedState';
import { type CreateInput, create, mayReplace, replacingGone, withinBudgetAndSlot } from './create';
import { perItem } from './perItem';
import { resultItem, waitForResult } from './result';
import { finishSaved, savedItemOf, submitAndSuspend } from './submitAndSuspend';

/** What an item is generated from, and how it waits for its video. */
interface GenerateInput {
	waiting: Waiting;
	create: CreateInput;
	result: ResultInput;
}

/** The operations that generate videos: any input, with every way of waiting for the video. */
export function generateFrom(input: ModelInput): INodePropertyRouting {
	return perItem<GenerateInput | SavedItem>({
		// After a wait nothing is read again, because an expression might give another value by now.
		resume: savedItemOf,

		check: async (read, context) => ({
			waiting: readWaiting(read),
			result: readResultInput(read),
			create: {
				videos: readVideosPerItem(read),
				maxConcurrentTasks: readMaxConcurrentTasks(read),
				costLimit: readCostLimit(read),
				budgetLimit: readBudgetLimit(read),
				whenPaidVideoIsGone: readWhenPaidVideoIsGone(read),
				// Last, because images take time to read.
				request: await readRequest(read, context, input),
			},
		}),

		videos: (given) => ('create' in given ? given.create.videos : given.videos.length),

		async perform(item, all) {
			const { videoIndex } = item.idempotencyKey;
			if (!('create' in all)) return await finishSaved(item, all.videos[videoIndex] ?? {});
			const given = { ...all, result: resultInputOf(all.result, videoIndex) };
			switch (given.waiting) {
				case 'poll':
					return await submitAndPoll(item, given);
				case 'callback':
					return await submitAndSuspend(item, given);
				case 'none':
					return await submitOnly(item, given);
			}
		},
	});
}

/** @throws TaskError, also when another item of the batch has the same external task ID */
async function readRequest(
	read: ReadParameter,
	context: ItemContext,
	input: ModelInput,
): Promise<TaskRequest> {
	const request = buildRequest(read, input);
	const { externalTaskId } = request;
	const { itemIndex } = context.batchItem;
	if (externalTaskId !== undefined) {
		const holder = context.batch.claim(externalTaskId, itemIndex);
		if (holder !== itemIndex) {
			throw inputError(
				taskFields.external_task_id.label,
				`must differ from item to item, but items ${holder} and ${itemIndex} both have "${externalTaskId}"`,
			);
		}
	}
	return input === 'text' ? request : await addImages(request, read, context);
}

/** Submit, poll, download. */
async function submitAndPoll(item: Item, input: GenerateInput): Promise<Output> {
	const { create: given, result: own } = input;
	const { maximumWaitMs } = own.schedule;
	return await replacingGone(item, given, async (gone) => {
		const state = await withinBudgetAndSlot(item, given, maximumWaitMs, async (slot) => {
			const submitted = await create(item, { ...given, gone }, slot);
			// Nobody knows when an adopted task began, so there is nothing to learn from it.
			const kind = item.batchItem.adopted ? undefined : taskKind(given.request);
			return await waitForResult(item, own, submitted, { kind });
		});
		return await resultItem(item, state, own, mayReplace(item, given));
	});
}

/** How long a submit to a busy or absent service is repeated, in milliseconds. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

async function submitOnly(item: Item, { create: given, result }: GenerateInput): Promise<Output> {
	const { task, ids } = await withinBudgetAndSlot(
		item,
		given,
		SUBMIT_MAXIMUM_MS,
		async (slot) => await create(item, given, slot),
	);
	return { json: taskJson(task, result.format, ids, item.functions) };
}
