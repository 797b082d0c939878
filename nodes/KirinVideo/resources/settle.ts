import type { INodeExecutionData } from 'n8n-workflow';
import type { ReadParameter } from '../parameters';
import { taskFailed, waitOver } from '../task/errors';
import { waitUntilSettled } from '../task/poll';
import { type KnownIds, type Task, idsOf } from '../task/task';
import {
	type DownloadInput,
	type OutputFormat,
	readDownload,
	readOutputFormat,
	taskJson,
	withVideo,
} from './outputFields';
import type { Item } from './perItem';
import { type WaitInput, readWait } from './pollingFields';

/** Task → item with its video: the second half of Generate, and all of Wait. */

export interface SettleInput extends WaitInput, DownloadInput {
	format: OutputFormat;
}

/** @throws TaskError */
export function readSettle(read: ReadParameter): SettleInput {
	return { ...readWait(read), ...readDownload(read), format: readOutputFormat(read) };
}

/** What is known of the task before the first look. */
export interface Begun {
	ids: KnownIds;
	/** From the answer to submit. */
	task?: Task;
	/** Milliseconds since the epoch; the maximum wait counts from here. */
	since: number;
}

/** @throws TaskError, or Stopped */
export async function settle(
	item: Item,
	input: SettleInput,
	{ ids, task: known, since }: Begun,
): Promise<Pick<INodeExecutionData, 'json' | 'binary'>> {
	const { clock } = item;
	const { task, settled, polls } = await waitUntilSettled(ids, {
		api: item.api,
		clock,
		schedule: input.schedule,
		since,
		signal: item.signal,
		known,
		onLook: (seen) => item.report(idsOf(seen, ids), seen),
	});
	const found = task ? idsOf(task, ids) : ids;
	if (task?.status === 'failed') throw taskFailed(task, found);
	if (!task || (!settled && input.onTimeout === 'fail')) {
		throw waitOver(task, found, input.schedule.maximumWaitMs / 60_000);
	}

	// A task that had settled before we first looked did so at a time that nobody told us.
	const sawItSettle = settled && (known !== undefined || polls > 1);
	const json = taskJson(task, input.format, {
		...found,
		polls,
		...(known && { startedAt: since }),
		...(sawItSettle && { finishedAt: clock.now() }),
	});
	if (!settled) return { json };
	return await withVideo(item, json, task, found, input);
}
