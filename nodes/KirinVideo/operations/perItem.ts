import type {
	DeclarativeRestApiSettings,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { check, isBatchLost } from '../batch/allOrNothing';
import { type BatchItem, type Batch, batchOf } from '../batch/batch';
import { idempotencyKeyOf } from '../batch/idempotencyKey';
import type { Item, ItemFunctions, Operation } from '../batch/item';
import { report } from '../output/itemLog';
import type { ReadParameter } from '../request/parameters';
import { show } from '../request/values';
import { credentialError } from '../task/errors';
import { failItem, finishItem, stopItem } from './itemEnd';

/**
 * The routing of an operation: n8n hands a pagination function the whole request cycle of one item,
 * and starts those of all items at once.
 */
export function perItem<Input>(operation: Operation<Input>): INodePropertyRouting {
	return { send: { paginate: true }, operations: { pagination: paginationOf(operation) } };
}

/** Read → check → wait for the batch → perform, for each video of the item → item or error. */
function paginationOf<Input>(operation: Operation<Input>) {
	return async function (
		this: ItemFunctions,
		{ options }: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const batch = batchOf(this.getExecuteData(), this.getNode().name);
		const first = batch.join(this.getItemIndex());
		const prepared = prepare(this, operation, batch, first, options);
		await prepared.catch(() => undefined);
		const ends = batch.siblingsOf(first).map(async (batchItem) => {
			try {
				const begun = await prepared;
				if (!begun) return [];
				const item = begun.itemFor(batchItem);
				throwIfStopped(item.signal);
				return await finishItem(this, batchItem, await operation.perform(item, begun.input));
			} catch (thrown) {
				return thrown instanceof Stopped
					? await stopItem(this, batch, batchItem)
					: await failItem(this, batch, batchItem, thrown);
			} finally {
				batch.end(batchItem);
			}
		});
		return await inOrder(ends);
	};
}

interface Prepared<Input> {
	input: Input;
	/** What the work on one of the item's videos is given. */
	itemFor(batchItem: BatchItem): Item;
}

/**
 * @param first the item's first video; the others join the run here
 * @returns undefined when the item must not begin, because another one's error will end the run
 * @throws TaskError, or Stopped
 */
async function prepare<Input>(
	functions: ItemFunctions,
	operation: Operation<Input>,
	batch: Batch,
	first: BatchItem,
	options: DeclarativeRestApiSettings.ResultOptions['options'],
): Promise<Prepared<Input> | undefined> {
	const { itemIndex } = first;
	const idempotencyKey = idempotencyKeyOf(functions, batch);
	const context = { batch, batchItem: first, itemIndex, functions };
	const resumed = operation.resume?.(context);
	const signal = functions.getExecutionCancelSignal();
	const read: ReadParameter = (path, fallback, how) =>
		functions.getNodeParameter(path, fallback, how);
	const checked = await check(
		async () => ({
			baseUrl: checkBaseUrl(options.baseURL),
			input: resumed ?? (await operation.check(read, context)),
		}),
		signal,
	);
	if (checked instanceof TaskError) batch.refuse(first);
	else batch.joinVideos(first, operation.videos?.(checked.input) ?? 1);
	batch.checked(first);

	const isLost = await isBatchLost(functions, batch);
	if (checked instanceof TaskError) throw checked;
	if (isLost) return undefined;

	const { baseUrl, input } = checked;
	const connection = options as ConnectionOptions;
	const api = connect(functions, baseUrl, connection, signal);
	return {
		input,
		itemFor: (batchItem) => ({
			functions,
			api,
			baseUrl,
			connection,
			clock: systemClock,
			signal,
			batch,
			batchItem,
			idempotencyKey: { ...idempotencyKey, videoIndex: batchItem.videoIndex },
			report: (ids, task) => {
				batch.saw(ids, task);
				report(functions, batchItem, ids, task);
			},
		}),
	};
}

/** @throws the error of the first video that has failed, once all have ended */
async function inOrder(ends: Array<Promise<INodeExecutionData[]>>): Promise<INodeExecutionData[]> {
	const outcomes = await Promise.allSettled(ends);
	return outcomes.flatMap((outcome) => {
		if (outcome.status === 'rejected') throw outcome.reason;
		return outcome.value;
	});
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}
