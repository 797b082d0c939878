import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { TaskError, VideoGone } from '../api/taskError';
import type { Item } from '../batch/item';
import { type DownloadInput, taskJson } from '../fields/outputFields';
import type { ResultInput } from '../fields/pollingFields';
import { type DownloadOptions, download } from '../output/download';
import { taskFailed, waitTimedOut } from '../task/errors';
import { getTask } from '../task/getTask';
import { pollUntilDone } from '../task/poll';
import { type KnownIds, type Task, fileAt, idsOf } from '../task/task';

/** What is known of the task before the first look. */
export interface Begun {
	ids: KnownIds;
	/** From the answer to submit. */
	task?: Task;
	/** Tasks of one kind take about the same time. */
	kind?: string;
	/** Milliseconds since the epoch; the maximum wait counts from here. */
	since: number;
	/** Whether to look at once, for a task that may have settled meanwhile. */
	pollNow?: boolean;
}

/** What the wait has come to. */
export interface Ended {
	json: IDataObject;
	task: Task;
	ids: KnownIds;
	/** Whether the task has ended only now: then its file may not be everywhere yet. */
	isFresh?: boolean;
}

/**
 * @returns the completed task or, where the user wants that at the deadline, the task as it stands
 * @throws TaskError, or Stopped
 */
export async function waitForResult(
	item: Item,
	input: ResultInput,
	{ ids, task: known, kind, since, pollNow }: Begun,
): Promise<Ended> {
	const { clock } = item;
	const { task, done, polls, lastAnswer } = await pollUntilDone(ids, {
		api: item.api,
		clock,
		schedule: input.schedule,
		since,
		signal: item.signal,
		known,
		pollNow,
		...(kind !== undefined && { learning: { renderTimes: item.batch.renderTimes, kind } }),
		onPoll: (seen) => item.report(idsOf(seen, ids), seen),
	});
	const found = task ? idsOf(task, ids) : ids;
	if (task?.status === 'failed') throw taskFailed(task, found);
	if (!task || (!done && input.onTimeout === 'fail')) {
		throw waitTimedOut(task, found, input.schedule.maximumWaitMs / 60_000, lastAnswer);
	}

	// A task that had settled before we first looked did so at a time that nobody told us.
	const sawItEnd = done && (known !== undefined || polls > 1);
	const seen = {
		...found,
		polls,
		...(known && { startedAt: since }),
		...(sawItEnd && { finishedAt: clock.now() }),
	};
	const json = taskJson(task, input.format, seen, item.functions.getNode());
	return { json, task, ids: found, isFresh: sawItEnd };
}

/** What a download works with: an item of the node, or a callback's execution. */
export interface Downloader extends Pick<Item, 'api' | 'connection' | 'clock' | 'signal'> {
	functions: DownloadOptions['functions'];
	batch: Pick<Item['batch'], 'downloads'>;
}

/** Videos of a run on their way to n8n's store at once: enough to fill a line, and memory stays bounded. */
const MAX_DOWNLOADS = 10;

/**
 * The item of a task that has ended, with its video if it is completed, and what comes beside it where the
 * user wants all files.
 *
 * @param throwsGone whether a video that is gone is an error even where the user wants the item
 * @throws TaskError when a file cannot be downloaded, unless the user wants the item all the same
 */
export async function withVideo(
	item: Downloader,
	{ json, task, ids, isFresh }: Ended,
	{ file }: DownloadInput,
	throwsGone = false,
): Promise<Pick<INodeExecutionData, 'json' | 'binary'>> {
	if (!file || task.status !== 'completed') return { json };
	const { downloads } = item.batch;
	await downloads.acquire({ limit: MAX_DOWNLOADS, signal: item.signal });
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
	try {
		for (let index = 0; index === 0 || (file.all && fileAt(task, index)); index++) {
			const outcome = await fetchFile(index);
			if (outcome instanceof TaskError) {
				warnings.push(`${outcome.message}. ${outcome.description}`);
			} else binary[index === 0 ? file.field : `${file.field}_${index}`] = outcome;
		}
	} finally {
		downloads.release();
	}
	return {
		json: warnings.length > 0 ? { ...json, warning: warnings.join(' ') } : json,
		...(Object.keys(binary).length > 0 && { binary }),
	};
}
