import type {
	DeclarativeRestApiSettings,
	INodeExecutionData,
	INodePropertyRouting,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { check, isRunLost } from '../batch/allOrNothing';
import { type Member, type Run, runOf } from '../batch/batch';
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

/** Read → check → wait for the batch → perform, for each video of the item → item or error. */
function paginationOf<Input>(operation: Operation<Input>) {
	return async function (
		this: ItemFunctions,
		{ options }: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const run = runOf(this.getExecuteData(), this.getNode().name);
		const videos = [run.join(this.getItemIndex())];
		const prepared = prepare(this, operation, run, videos, options);
		await prepared.catch(() => undefined);
		const ends = videos.map(async (member) => {
			try {
				const begun = await prepared;
				if (!begun) return [];
				const item = begun.itemFor(member);
				throwIfStopped(item.signal);
				return await finishItem(this, member, await operation.perform(item, begun.input));
			} catch (thrown) {
				return thrown instanceof Stopped
					? await stopItem(this, run, member)
					: await failItem(this, run, member, thrown);
			} finally {
				run.leave(member);
			}
		});
		return await inOrder(ends);
	};
}

interface Prepared<Input> {
	input: Input;
	/** What the work on one of the item's videos is given. */
	itemFor(member: Member): Item;
}

/**
 * @param videos the item's first video; the others join the run, and it, here
 * @returns undefined when the item must not begin, because another one's error will end the run
 * @throws TaskError, or Stopped
 */
async function prepare<Input>(
	functions: ItemFunctions,
	operation: Operation<Input>,
	run: Run,
	videos: Member[],
	options: DeclarativeRestApiSettings.ResultOptions['options'],
): Promise<Prepared<Input> | undefined> {
	const [first] = videos as [Member];
	const { itemIndex } = first;
	const identity = identityOf(functions, run);
	const place = { run, member: first, itemIndex, functions };
	const resumed = operation.resume?.(place);
	const signal = functions.getExecutionCancelSignal();
	const read: ReadParameter = (path, fallback, how) =>
		functions.getNodeParameter(path, fallback, how);
	const checked = await check(
		async () => ({
			baseUrl: checkBaseUrl(options.baseURL),
			input: resumed ?? (await operation.check(read, place)),
		}),
		signal,
	);
	if (checked instanceof TaskError) run.refuse(first);
	else videos.push(...run.joinVideos(first, operation.videos?.(checked.input) ?? 1));
	run.checked(first);

	const isLost = await isRunLost(functions, run);
	if (checked instanceof TaskError) throw checked;
	if (isLost) return undefined;

	const { baseUrl, input } = checked;
	const connection = options as ConnectionOptions;
	const api = connect(functions, baseUrl, connection, signal);
	return {
		input,
		itemFor: (member) => ({
			functions,
			api,
			baseUrl,
			connection,
			clock: systemClock,
			signal,
			run,
			member,
			identity: { ...identity, videoIndex: member.videoIndex },
			report: (ids, task) => {
				run.saw(ids, task);
				report(functions, member, ids, task);
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
