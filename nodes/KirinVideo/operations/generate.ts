import type { INodePropertyRouting } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import type { Item, ItemContext, Output } from '../batch/item';
import { readCostLimits } from '../fields/costFields';
import { addImages } from '../fields/images/imageInput';
import { readMaxConcurrentTasks, readVideosPerItem } from '../fields/options';
import {
	type ResultInput,
	type WaitMode,
	readResultInput,
	readWaitMode,
	resultInputOf,
} from '../fields/pollingFields';
import { taskJson } from '../output/itemJson';
import { type TaskRequest, buildRequest, taskKind } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import { type ReadParameter, taskFields } from '../request/parameters';
import type { SavedItem } from '../suspend/savedState';
import {
	type SubmitInput,
	mayReplace,
	replacingGone,
	submitTask,
	withinBudgetAndSlot,
} from './submitTask';
import { perItem } from './perItem';
import { resultItem, waitForResult } from './result';
import { finishSaved, savedItemOf, submitAndSuspend } from './submitAndSuspend';

/** What an item is generated from, and how it waits for its video. */
interface GenerateInput {
	waiting: WaitMode;
	submit: SubmitInput;
	result: ResultInput;
}

/** The operations that generate videos: any input, with every way of waiting for the video. */
export function generateFrom(from: ModelInput): INodePropertyRouting {
	return perItem<GenerateInput | SavedItem>({
		// After a wait nothing is read again, because an expression might give another value by now.
		resume: savedItemOf,

		check: async (read, context) => ({
			waiting: readWaitMode(read),
			result: readResultInput(read),
			submit: {
				videos: readVideosPerItem(read),
				maxConcurrentTasks: readMaxConcurrentTasks(read),
				...readCostLimits(read),
				// Last, because images take time to read.
				request: await readRequest(read, context, from),
			},
		}),

		videos: (input) => ('submit' in input ? input.submit.videos : input.videos.length),

		async perform(item, input) {
			const { videoIndex } = item.idempotencyKey;
			if (!('submit' in input)) return await finishSaved(item, input.videos[videoIndex] ?? {});
			const ofVideo = { ...input, result: resultInputOf(input.result, videoIndex) };
			switch (input.waiting) {
				case 'poll':
					return await submitAndPoll(item, ofVideo);
				case 'callback':
					return await submitAndSuspend(item, ofVideo);
				case 'none':
					return await submitOnly(item, ofVideo);
			}
		},
	});
}

/** @throws TaskError, also when another item of the batch has the same external task ID */
async function readRequest(
	read: ReadParameter,
	context: ItemContext,
	from: ModelInput,
): Promise<TaskRequest> {
	const request = buildRequest(read, from);
	const { externalTaskId } = request;
	const { itemIndex } = context.batchVideo;
	if (externalTaskId !== undefined) {
		const holder = context.batch.claim(externalTaskId, itemIndex);
		if (holder !== itemIndex) {
			throw inputError(
				taskFields.external_task_id.label,
				`must differ from item to item, but items ${holder} and ${itemIndex} both have "${externalTaskId}"`,
			);
		}
	}
	return from === 'text' ? request : await addImages(request, read, context);
}

/** Submit, poll, download. */
async function submitAndPoll(item: Item, { submit, result }: GenerateInput): Promise<Output> {
	const { maximumWaitMs } = result.schedule;
	return await replacingGone(item, submit, async (gone) => {
		const state = await withinBudgetAndSlot(item, submit, maximumWaitMs, async (slot) => {
			const submitted = await submitTask(item, { ...submit, gone }, slot);
			// When an adopted task began, only the service's clock knows: the schedule learns nothing from it.
			const like = item.batchVideo.adopted ? undefined : taskKind(submit.request);
			return await waitForResult(item, result, submitted, { like });
		});
		return await resultItem(item, state, result, mayReplace(item, submit));
	});
}

/** How long a submit to a busy or absent service is repeated, in milliseconds. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

async function submitOnly(item: Item, { submit, result }: GenerateInput): Promise<Output> {
	const { task, ids } = await withinBudgetAndSlot(
		item,
		submit,
		SUBMIT_MAXIMUM_MS,
		async (slot) => await submitTask(item, submit, slot),
	);
	return { json: taskJson(task, result.format, ids, item.functions) };
}
