import type { IDataObject, IExecuteFunctions, IRunExecutionData } from 'n8n-workflow';
import { CREDENTIAL } from '../api/credential/credential';
import { throwIfStopped } from '../api/clock';
import { forLog } from '../api/untrusted';
import type { BatchVideo, Batch } from '../batch/batch';
import { type Item, isAgentTool } from '../batch/item';
import { errorJson } from '../output/itemErrors';
import { simplify, withReplacedTasks, withWarnings } from '../output/itemJson';
import { idOf, isDone } from '../task/task';
import {
	type Failure,
	type Pending,
	type SavedVideo,
	type SavedState,
	saveState,
	waitName,
	waitsSoFar,
} from './savedState';
import { watcher } from './watcher';

const batchSuspensions = new WeakMap<object, BatchSuspension>();

/** The one for all items of this attempt of the batch. */
export function batchSuspensionOf(batch: Batch): BatchSuspension {
	const suspension = batchSuspensions.get(batch.attempt) ?? new BatchSuspension(batch);
	batchSuspensions.set(batch.attempt, suspension);
	return suspension;
}

/**
 * Suspends the execution of a batch, or lets the batch go on. There is one wait for all items, so they
 * pass two barriers: all tasks are submitted, and all were polled once.
 */
class BatchSuspension {
	private readonly pending = new Map<BatchVideo, Pending>();
	/** Whether the batch goes on, once that is decided. */
	private goesOn?: Promise<boolean>;

	constructor(private readonly batch: Batch) {}

	/**
	 * @param getOnce gets a task, which may be done by the time that the others are submitted
	 * @param resumeUrl that of the execution
	 * @param notes warnings for the items that n8n shows during the wait
	 * @returns the task as last seen, and whether to go on and get its result, if need be by polling. If not, the
	 *   execution waits, or the run has failed
	 */
	async suspendOrGoOn(
		item: Item,
		submitted: Pending,
		getOnce: (pending: Pending) => Promise<Pending>,
		resumeUrl: string,
		notes: string[],
	): Promise<{ pending: Pending; goesOn: boolean }> {
		await this.batch.passBarrier('submitted');
		const pending = isDone(submitted.task) ? submitted : await getOnce(submitted);
		this.pending.set(item.batchVideo, pending);
		await this.batch.passBarrier('polled');
		throwIfStopped(item.signal);
		this.goesOn ??= this.decide(item, resumeUrl, notes);
		return { pending, goesOn: await this.goesOn };
	}

	private async decide(item: Item, resumeUrl: string, notes: string[]): Promise<boolean> {
		const all = [...this.pending.values()];
		if (this.batch.hasFailed()) return false;
		if (all.every(({ task }) => isDone(task))) return true;
		if (this.isCalledElsewhere() || this.isTriedAgain(item)) return true;
		const ends = all.map(({ since, result }) => since + result.schedule.maximumWaitMs);
		const until = Math.min(...ends);
		if (!(await this.putToWait(item, until))) return true;
		const state = this.save(item, { until, resumeUrl, notes });
		await this.watch(item, state, until);
		return false;
	}

	/**
	 * The service calls the address that a task was created with. That of an adopted one belongs to the
	 * execution which Retry repeats, or to that of the user's own ID, and nobody listens there any more.
	 */
	private isCalledElsewhere(): boolean {
		return [...this.pending].some(
			([batchVideo, { task }]) =>
				!isDone(task) &&
				batchVideo.adopted === true &&
				this.batch.previousOf(batchVideo) === undefined,
		);
	}

	/**
	 * With Retry On Fail n8n looks for an error in the first item of the output: an item that has failed
	 * under Continue On Fail, or a failed task. Where there is one it runs the node again at once, even if
	 * that has put the execution to wait, and with the items that the wait is to end with as its input.
	 */
	private isTriedAgain({ functions }: Item): boolean {
		if (!functions.getNode().retryOnFail) return false;
		const [first] = this.batch.videosAt(0);
		// n8n itself fails an item that it cannot prepare.
		if (!first || first.failure) return true;
		return this.pending.get(first)?.task.status === 'failed';
	}

	/** @returns false where the execution cannot wait: nothing of an attempt is left then */
	private async putToWait({ functions }: Item, until: number): Promise<boolean> {
		try {
			// Both are asked for first, because what is stored must not stay behind without a wait.
			functions.getContext('node');
			await suspenderOf(functions)?.putExecutionToWait(new Date(until));
			return true;
		} catch (error) {
			// n8n notes the end of the wait before it fails (Engine 2.0), and would wait after all.
			const { runExecutionData } = functions as { runExecutionData?: IRunExecutionData };
			if (runExecutionData) runExecutionData.waitTill = undefined;
			const reason = error instanceof Error ? error.message : String(error);
			functions.logger.warn(
				`Kirin Video: n8n cannot put this execution to wait (${forLog(reason)}), so the node polls until its tasks are done`,
			);
			return false;
		}
	}

	/** Saves the state with the execution, and replaces the input by what the deadline of the wait passes on. */
	private save(
		{ functions, connection, idempotencyKey }: Item,
		{ notes, ...wait }: { until: number; resumeUrl: string; notes: string[] },
	): SavedState {
		const entries = functions.getExecuteData().data.main?.[0] ?? [];
		const items = entries.map((input, itemIndex) => {
			const videos = this.batch
				.videosAt(itemIndex)
				.flatMap((batchVideo) => this.asVideo(batchVideo) ?? []);
			if (videos.length === 0) return null;
			entries[itemIndex] = { json: atDeadline(videos, notes), pairedItem: { item: itemIndex } };
			return { input, videos };
		});
		const { runIndex } = idempotencyKey;
		const context = functions.getContext('node');
		const waits = waitsSoFar(context, runIndex) + 1;
		const state: SavedState = { runIndex, waits, connection, items, ...wait };
		saveState(context, state);
		return state;
	}

	private asVideo(batchVideo: BatchVideo): SavedVideo | undefined {
		const { failure, replacedTaskIds, adopted, warnings } = batchVideo;
		const pending = this.pending.get(batchVideo);
		if (!pending && !failure) return undefined;
		return { replacedTaskIds, adopted, warnings, pending, failure: failure && storable(failure) };
	}

	/** Best effort: without it the wait relies on the callbacks. */
	private async watch(item: Item, state: SavedState, until: number): Promise<void> {
		const { functions, baseUrl, connection, signal } = item;
		const credential = await functions.getCredentials(CREDENTIAL).catch(() => undefined);
		if (!credential) return;
		const { apiKey } = credential;
		const ids = [...this.pending.values()]
			.filter(({ task }) => !isDone(task))
			.map(({ ids }) => idOf(ids));
		const { resumeUrl = '' } = state;
		const name = waitName(functions, state);
		watcher.watch({ name, resumeUrl, until, ids, apiKey, baseUrl, connection }, functions, signal);
	}
}

/** What comes out for an item when the wait ends by itself: n8n passes on as many items as came in. */
function atDeadline(videos: SavedVideo[], notes: string[]): IDataObject {
	const tasks = videos.map(({ pending, failure, replacedTaskIds, warnings = [] }) => {
		if (!pending) return failure ? errorJson(failure) : {};
		return withReplacedTasks(inProgress(pending, [...notes, ...warnings]), replacedTaskIds);
	});
	const [first = {}, ...others] = tasks;
	return others.length === 0 ? first : { status: 'in_progress', tasks };
}

/** An error's own message does not survive being stored. */
function storable({ message, description, details }: Failure): Failure {
	return { message, description, details };
}

/**
 * A task that n8n waits for, as an item: what Task → Wait takes up again, and no details, because n8n reads
 * it for each callback. One that was completed before the wait has not been downloaded yet, so it is not
 * done either.
 */
export function inProgress({ task, ids, result }: Pending, notes: string[]): IDataObject {
	const json = simplify(task, ids);
	if (task.status === 'failed' || (isDone(task) && !result.file)) return json;
	delete json.details;
	return withWarnings({ ...json, status: 'in_progress' }, notes);
}

type Suspender = Pick<IExecuteFunctions, 'putExecutionToWait'>;

/**
 * n8n-workflow declares `putExecutionToWait` for whole runs only, but the functions of a single item have
 * it as well (n8n-core 2.0 to 2.41, BaseExecuteContext).
 *
 * @returns undefined where the execution cannot wait: for a node that an AI agent uses as a tool, the
 *   agent is what would be resumed
 */
export function suspenderOf(functions: Item['functions']): Suspender | undefined {
	return !isAgentTool(functions) && 'putExecutionToWait' in functions
		? (functions as unknown as Suspender)
		: undefined;
}
