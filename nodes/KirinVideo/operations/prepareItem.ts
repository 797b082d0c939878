import type { DeclarativeRestApiSettings } from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { systemClock } from '../api/clock';
import { TaskError } from '../api/taskError';
import { errorAsValue, mayBegin } from '../batch/allOrNothing';
import type { BatchVideo, Batch } from '../batch/batch';
import { idempotencyKeyOf } from '../batch/executionMemory';
import type { Item, ItemFunctions, Operation } from '../batch/item';
import type { ReadParameter } from '../request/parameters';
import { show } from '../request/values';
import { credentialError } from '../task/errors';

export interface PreparedItem<Input> {
	input: Input;
	/** What the work on one of the item's videos is given. */
	itemFor(batchVideo: BatchVideo): Item;
}

/**
 * Reads and checks what the user gave. Without Continue On Fail it waits until all items of the batch have
 * been checked.
 *
 * @param first the item's first video; the others join the batch here
 * @returns undefined when the item must not begin, because another one's error will end the run
 * @throws TaskError, or Stopped
 */
export async function prepareItem<Input>(
	functions: ItemFunctions,
	operation: Operation<Input>,
	batch: Batch,
	first: BatchVideo,
	options: DeclarativeRestApiSettings.ResultOptions['options'],
): Promise<PreparedItem<Input> | undefined> {
	const idempotencyKey = idempotencyKeyOf(functions, batch);
	const context = { batch, batchVideo: first, functions };
	const resumed = operation.resume?.(context);
	const signal = functions.getExecutionCancelSignal();
	const read: ReadParameter = (path, fallback, how) =>
		functions.getNodeParameter(path, fallback, how);
	const checked = await errorAsValue(
		async () => ({
			baseUrl: checkBaseUrl(options.baseURL),
			input: resumed ?? (await operation.check(read, context)),
		}),
		signal,
	);
	if (checked instanceof TaskError) batch.refuse(first);
	else batch.joinVideos(first, operation.videos?.(checked.input) ?? 1);
	batch.checked(first);

	const isFree = await mayBegin(functions, batch);
	if (checked instanceof TaskError) throw checked;
	if (!isFree) return undefined;

	const { baseUrl, input } = checked;
	const connection = options as ConnectionOptions;
	const api = connect(functions, baseUrl, connection, signal);
	return {
		input,
		itemFor: (batchVideo) => ({
			...context,
			batchVideo,
			api,
			baseUrl,
			connection,
			clock: systemClock,
			signal,
			idempotencyKey: { ...idempotencyKey, videoIndex: batchVideo.videoIndex },
		}),
	};
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}
