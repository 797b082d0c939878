import type {
	DeclarativeRestApiSettings,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { check, isBatchLost } from '../batch/allOrNothing';
import { batchOf } from '../batch/batch';
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

/** Read → check → wait for the batch → perform → item or error. */
function paginationOf<Input>(operation: Operation<Input>) {
	return async function (
		this: ItemFunctions,
		{ options }: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const itemIndex = this.getItemIndex();
		const batch = batchOf(this.getExecuteData(), this.getNode().name);
		const batchItem = batch.join(itemIndex);
		const read: ReadParameter = (path, fallback, how) => this.getNodeParameter(path, fallback, how);
		try {
			const idempotencyKey = idempotencyKeyOf(this, batch);
			const context = { batch, batchItem, itemIndex, functions: this };
			const resumed = operation.resume?.(context);
			const signal = this.getExecutionCancelSignal();
			const checked = await check(
				async () => ({
					baseUrl: checkBaseUrl(options.baseURL),
					input: resumed ?? (await operation.check(read, context)),
				}),
				signal,
			);
			if (checked instanceof TaskError) batch.refuse(batchItem);
			batch.checked(batchItem);

			const isLost = await isBatchLost(this, batch);
			if (checked instanceof TaskError) throw checked;
			if (isLost) return [];

			const { baseUrl, input } = checked;
			const connection = options as ConnectionOptions;
			const item: Item = {
				functions: this,
				api: connect(this, baseUrl, connection, signal),
				baseUrl,
				connection,
				clock: systemClock,
				signal,
				batch,
				batchItem,
				idempotencyKey,
				report: (ids, task) => {
					batch.saw(ids, task);
					report(this, batchItem, ids, task);
				},
			};
			throwIfStopped(signal);
			return await finishItem(this, batchItem, await operation.perform(item, input));
		} catch (thrown) {
			return thrown instanceof Stopped
				? await stopItem(this, batch, batchItem)
				: await failItem(this, batch, batchItem, thrown);
		} finally {
			batch.end(batchItem);
		}
	};
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}
