import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { TaskError, VideoGone } from '../api/taskError';
import type { Item } from '../batch/item';
import { type DownloadInput, taskJson } from '../fields/outputFields';
import type { SettleInput } from '../fields/pollingFields';
import { type DownloadOptions, download } from '../output/download';
import { taskFailed, waitOver } from '../task/errors';
import { lookAt } from '../task/getTask';
import { waitUntilSettled } from '../task/poll';
import { type KnownIds, type Task, idsOf } from '../task/task';

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
	lookNow?: boolean;
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
export async function settle(
	item: Item,
	input: SettleInput,
	{ ids, task: known, kind, since, lookNow }: Begun,
): Promise<Ended> {
	const { clock } = item;
	const { task, settled, polls, last } = await waitUntilSettled(ids, {
		api: item.api,
		clock,
		schedule: input.schedule,
		since,
		signal: item.signal,
		known,
		lookNow,
		...(kind !== undefined && { learning: { renderTimes: item.run.renderTimes, kind } }),
		onLook: (seen) => item.report(idsOf(seen, ids), seen),
	});
	const found = task ? idsOf(task, ids) : ids;
	if (task?.status === 'failed') throw taskFailed(task, found);
	if (!task || (!settled && input.onTimeout === 'fail')) {
		throw waitOver(task, found, input.schedule.maximumWaitMs / 60_000, last);
	}

	// A task that had settled before we first looked did so at a time that nobody told us.
	const sawItSettle = settled && (known !== undefined || polls > 1);
	const seen = {
		...found,
		polls,
		...(known && { startedAt: since }),
		...(sawItSettle && { finishedAt: clock.now() }),
	};
	const json = taskJson(task, input.format, seen, item.functions.getNode());
	return { json, task, ids: found, isFresh: sawItSettle };
}

/** What a download works with: an item of the node, or a callback's execution. */
export interface Downloader extends Pick<Item, 'api' | 'connection' | 'clock' | 'signal'> {
	functions: DownloadOptions['functions'];
	run: Pick<Item['run'], 'downloads'>;
}

/** Videos of a run on their way to n8n's store at once: enough to fill a line, and memory stays bounded. */
const MAX_DOWNLOADS = 10;

/**
 * The item of a task that has ended, with its video if it is completed.
 *
 * @param throwsGone whether a video that is gone is an error even where the user wants the item
 * @throws TaskError when it cannot be downloaded, unless the user wants the item all the same
 */
export async function withVideo(
	item: Downloader,
	{ json, task, ids, isFresh }: Ended,
	{ file }: DownloadInput,
	throwsGone = false,
): Promise<Pick<INodeExecutionData, 'json' | 'binary'>> {
	if (!file || task.status !== 'completed') return { json };
	const { downloads } = item.run;
	await downloads.enter({ limit: MAX_DOWNLOADS, signal: item.signal });
	const outcome = await download(task, ids, {
		...item,
		name: file.name,
		maximumBytes: file.maximumBytes,
		isFresh,
		refresh: async () => await lookAt(task.taskId, item),
	})
		.catch((error: unknown) => {
			if (throwsGone && error instanceof VideoGone) throw error;
			if (error instanceof TaskError && file.onError === 'returnItem') return error;
			throw error;
		})
		.finally(() => downloads.leave());
	if (!(outcome instanceof TaskError)) return { json, binary: { [file.field]: outcome } };
	return { json: { ...json, warning: `${outcome.message}. ${outcome.description}` } };
}
