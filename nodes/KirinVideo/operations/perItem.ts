import type {
	DeclarativeRestApiSettings,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import { Stopped, throwIfStopped } from '../api/clock';
import { batchOf } from '../batch/batch';
import type { ItemFunctions, Operation } from '../batch/item';
import { failItem, finishItem, stopItem } from './itemEnd';
import { prepareItem } from './prepareItem';

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
		const prepared = prepareItem(this, operation, batch, first, options);
		await prepared.catch(() => undefined);
		const ends = batch.siblingsOf(first).map(async (batchVideo) => {
			try {
				const begun = await prepared;
				if (!begun) return [];
				const item = begun.itemFor(batchVideo);
				throwIfStopped(item.signal);
				return await finishItem(this, batchVideo, await operation.perform(item, begun.input));
			} catch (thrown) {
				return thrown instanceof Stopped
					? await stopItem(this, batch, batchVideo)
					: await failItem(this, batch, batchVideo, thrown);
			} finally {
				batch.end(batchVideo);
			}
		});
		return await inOrder(ends);
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
