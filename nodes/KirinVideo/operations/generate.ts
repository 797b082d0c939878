import type { INodePropertyRouting } from 'n8n-workflow';
import type { Item, Output } from '../batch/item';
import { addImages } from '../fields/images/imageInput';
import { taskJson } from '../fields/outputFields';
import { type Waiting, type SettleInput, readWaiting, readSettle } from '../fields/pollingFields';
import { kindOf } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import type { SuspendedItem } from '../suspend/savedState';
import { type CreateInput, create, readCreate } from './create';
import { perItem } from './perItem';
import { mayReplace, replacingGone } from './replaceGone';
import { goOn, submitAndSuspend, suspendedItemOf } from './resumeOnCallback';
import { settle, withVideo } from './settle';

/** What an item is generated from, and how it waits for its video. */
interface GenerateInput {
	waiting: Waiting;
	create: CreateInput;
	settle: SettleInput;
}

/** The operations that generate videos: any input, with every way of waiting for the video. */
export function generateFrom(input: ModelInput): INodePropertyRouting {
	return perItem<GenerateInput | SuspendedItem>({
		// After a wait nothing is read anew, because an expression might give something else by now.
		resume: suspendedItemOf,

		async check(read, place) {
			const created = readCreate(read, place, input);
			const rest = { waiting: readWaiting(read), settle: readSettle(read) };
			if (input === 'text') return { ...rest, create: created };
			const request = await addImages(created.request, read, place);
			return { ...rest, create: { ...created, request } };
		},

		async perform(item, given) {
			if (!('create' in given)) return await goOn(item, given);
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
	const { create: given, settle: own } = input;
	const { maximumWaitMs } = own.schedule;
	return await replacingGone(item, given, async (gone) => {
		const ended = await create(
			item,
			{ ...given, gone },
			maximumWaitMs,
			async (submitted, since) => {
				const { task, externalTaskId, adopted } = submitted;
				const ids = { taskId: task.taskId, externalTaskId };
				// Nobody knows when an adopted task began, so there is nothing to learn from it.
				const kind = adopted ? undefined : kindOf(given.request);
				return await settle(item, own, { ids, task, kind, since });
			},
		);
		return await withVideo(item, ended, own, mayReplace(item, given));
	});
}

/** How long a busy or absent service is asked again to accept a task, in milliseconds. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

async function submitOnly(
	item: Item,
	{ create: created, settle: { format } }: GenerateInput,
): Promise<Output> {
	return await create(item, created, SUBMIT_MAXIMUM_MS, ({ task, externalTaskId }) =>
		Promise.resolve({ json: taskJson(task, format, { externalTaskId }, item.functions.getNode()) }),
	);
}
