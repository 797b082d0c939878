import type { INodePropertyRouting } from 'n8n-workflow';
import type { Item, Output } from '../batch/item';
import { addImages } from '../fields/images/imageInput';
import {
	type ResultInput,
	type Waiting,
	readResultInput,
	readWaiting,
	resultInputOf,
} from '../fields/pollingFields';
import { taskJson } from '../output/itemJson';
import { kindOf } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import type { SavedItem } from '../suspend/savedState';
import { type CreateInput, create, readCreate, withinBudgetAndSlot } from './create';
import { perItem } from './perItem';
import { mayReplace, replacingGone } from './replaceGone';
import { finishSaved, submitAndSuspend, savedItemOf } from './resumeOnCallback';
import { resultItem, waitForResult } from './result';

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

		async check(read, context) {
			const created = readCreate(read, context, input);
			const rest = { waiting: readWaiting(read), result: readResultInput(read) };
			if (input === 'text') return { ...rest, create: created };
			const request = await addImages(created.request, read, context);
			return { ...rest, create: { ...created, request } };
		},

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

/** Submit, poll, download. */
async function submitAndPoll(item: Item, input: GenerateInput): Promise<Output> {
	const { create: given, result: own } = input;
	const { maximumWaitMs } = own.schedule;
	return await replacingGone(item, given, async (gone) => {
		const state = await withinBudgetAndSlot(item, given, maximumWaitMs, async (slot) => {
			const submitted = await create(item, { ...given, gone }, slot);
			// Nobody knows when an adopted task began, so there is nothing to learn from it.
			const kind = item.batchItem.adopted ? undefined : kindOf(given.request);
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
	return { json: taskJson(task, result.format, ids, item.functions.getNode()) };
}
