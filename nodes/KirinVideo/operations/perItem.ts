import type {
	DeclarativeRestApiSettings,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { check, isRunLost } from '../batch/allOrNothing';
import { runOf } from '../batch/batch';
import { identityOf } from '../batch/identity';
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
		const run = runOf(this.getExecuteData(), this.getNode().name);
		const member = run.join(itemIndex);
		const read: ReadParameter = (path, fallback, how) => this.getNodeParameter(path, fallback, how);
		try {
			const identity = identityOf(this, run);
			const place = { run, member, itemIndex, functions: this };
			const resumed = operation.resume?.(place);
			const signal = this.getExecutionCancelSignal();
			const checked = await check(
				async () => ({
					baseUrl: checkBaseUrl(options.baseURL),
					input: resumed ?? (await operation.check(read, place)),
				}),
				signal,
			);
			if (checked instanceof TaskError) run.refuse(member);
			run.checked(member);

			const isLost = await isRunLost(this, run);
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
				run,
				member,
				identity,
				report: (ids, task) => {
					run.saw(ids, task);
					report(this, member, ids, task);
				},
			};
			throwIfStopped(signal);
			return await finishItem(this, member, await operation.perform(item, input));
		} catch (thrown) {
			return thrown instanceof Stopped
				? await stopItem(this, run, member)
				: await failItem(this, run, member, thrown);
		} finally {
			run.leave(member);
		}
	};
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}
