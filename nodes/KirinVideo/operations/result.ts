import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';
import { TaskError, VideoGone } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { Item, Output } from '../batch/item';
import type { DownloadInput } from '../fields/outputFields';
import type { ResultInput } from '../fields/pollingFields';
import { type DownloadOptions, download } from '../output/download';
import { taskJson, withWarnings } from '../output/itemJson';
import { report } from '../output/itemLog';
import { taskFailed, waitTimedOut } from '../task/errors';
import { getTask } from '../task/getTask';
import { pollUntilDone } from '../task/poll';
import {
	type KnownIds,
	type SeenState,
	type Task,
	type TaskState,
	fileAt,
	idsOf,
	isDone,
} from '../task/task';

/**
 * Polls until the task is completed or, where the user wants the task at the deadline, until then.
 *
 * @throws TaskError, or Stopped
 */
export async function waitForResult(
	item: Item,
	input: ResultInput,
	state: TaskState,
	{ like, pollNow }: { like?: string; pollNow?: boolean } = {},
): Promise<SeenState> {
	const { api, clock, signal } = item;
	const { renderTimes } = item.batch;
	const { lastAnswer, ...ended } = await pollUntilDone(state, {
		api,
		clock,
		schedule: input.schedule,
		signal,
		pollNow,
		...(like !== undefined && { learning: { renderTimes, taskKind: like } }),
		onPoll: (task) => report(item, idsOf(task, state.ids), task),
	});
	const { task, ids } = ended;
	if (task?.status === 'failed') throw taskFailed(task, ids);
	if (!task || (!isDone(task) && input.onTimeout === 'fail')) {
		throw waitTimedOut(task, ids, input.schedule.maximumWaitMs / 60_000, lastAnswer);
	}
	return { ...ended, task };
}

/** The item of a task whose wait is over, with its video if it is completed. */
export async function resultItem(
	item: Item,
	{ ids, task, since, isSubmitted, polls, finishedAt }: SeenState,
	input: ResultInput,
	throwsGone = false,
): Promise<Output> {
	const seen = defined({ ...ids, polls, startedAt: isSubmitted ? since : undefined, finishedAt });
	const json = taskJson(task, input.format, seen, item.functions);
	// The file of one that was adopted may not be everywhere yet either.
	const isFresh = finishedAt !== undefined || item.batchVideo.adopted === true;
	return await withVideo(item, json, { ids, task, isFresh }, input, throwsGone);
}

/** What a download works with: an item of the node, or a callback's execution. */
export interface Downloader extends Pick<Item, 'api' | 'connection' | 'clock' | 'signal'> {
	functions: DownloadOptions['functions'];
	batch: Pick<Item['batch'], 'downloads'>;
}

/** Downloads of a batch at once: enough to use the line, few enough to bound the memory. */
const MAX_DOWNLOADS = 10;

/**
 * Adds its video to the item of a completed task, and what comes beside it where the user wants all files.
 *
 * @param isFresh whether the task has ended only now: then its file may not be everywhere yet
 * @param throwsGone whether a video that is gone is an error even where the user wants the item
 * @throws TaskError when a file cannot be downloaded, unless the user wants the item all the same
 */
export async function withVideo(
	item: Downloader,
	json: IDataObject,
	{ task, ids, isFresh }: { task: Task; ids: KnownIds; isFresh: boolean },
	{ file }: DownloadInput,
	throwsGone = false,
): Promise<Output> {
	if (!file || task.status !== 'completed') return { json };
	const fetchFile = async (index: number) =>
		await download(task, ids, {
			...item,
			index,
			name: file.name,
			maximumBytes: file.maximumBytes,
			isFresh,
			refresh: async () => await getTask(task.taskId, item),
		}).catch((error: unknown) => {
			if (throwsGone && error instanceof VideoGone) throw error;
			if (error instanceof TaskError && file.onError === 'returnItem') return error;
			throw error;
		});
	const binary: IBinaryKeyData = {};
	const warnings: string[] = [];
	await item.batch.downloads.run({ limit: MAX_DOWNLOADS, signal: item.signal }, async () => {
		for (let index = 0; index === 0 || (file.all && fileAt(task, index)); index++) {
			const outcome = await fetchFile(index);
			if (outcome instanceof TaskError) {
				warnings.push(`${outcome.message}. ${outcome.description}`);
			} else binary[index === 0 ? file.field : `${file.field}_${index}`] = outcome;
		}
	});
	return { json: withWarnings(json, warnings), ...(Object.keys(binary).length > 0 && { binary }) };
}
