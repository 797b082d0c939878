import type { IDataObject, IExecuteFunctions, IRunExecutionData } from 'n8n-workflow';
import { CREDENTIAL } from '../api/credential/credential';
import { throwIfStopped } from '../api/clock';
import { forLog } from '../api/untrusted';
import type { Run } from '../batch/batch';
import type { Item } from '../batch/item';
import { isAgentTool } from '../output/agentTool';
import { errorJson } from '../output/itemErrors';
import { simplify } from '../output/itemJson';
import { isSettled } from '../task/task';
import {
	type Failure,
	type Pending,
	type Suspension,
	idOf,
	suspend,
	waitName,
	waitsSoFar,
} from './savedState';
import { watcher } from './watcher';

/** What becomes of the items of a run once each task has been submitted and looked at. */
export type Verdict =
	/** Nothing is under way any more, or n8n cannot wait: go on to the results, by polling if need be. */
	| 'finish'
	/** n8n has put the execution to wait. */
	| 'wait'
	/** An item has failed, so that the run will: there is nothing worth waiting for. */
	| 'abandon';

const departures = new WeakMap<object, Departure>();

/** The departure that the items of this try of the run have in common. */
export function departureOf(run: Run): Departure {
	const departure = departures.get(run.attempt) ?? new Departure(run);
	departures.set(run.attempt, departure);
	return departure;
}

/**
 * Where a run either goes on or puts its execution to wait. A wait is one for all items of the run, so
 * they meet twice: when all tasks have been submitted, and when all have been looked at.
 */
class Departure {
	private readonly pending = new Map<number, Pending>();
	private verdict?: Promise<Verdict>;

	constructor(private readonly run: Run) {}

	/**
	 * @param look one look at a task, which may have settled while others were submitted
	 * @param resumeUrl that of the execution
	 * @param note for the items that n8n shows while it waits, where there is something to be said
	 * @returns the task as last seen, and what has been decided
	 */
	async depart(
		item: Item,
		submitted: Pending,
		look: (pending: Pending) => Promise<Pending>,
		resumeUrl: string,
		note?: string,
	): Promise<{ pending: Pending; verdict: Verdict }> {
		await this.run.meet('submitted');
		const pending = isSettled(submitted.task) ? submitted : await look(submitted);
		this.pending.set(item.identity.itemIndex, pending);
		await this.run.meet('looked at');
		throwIfStopped(item.signal);
		this.verdict ??= this.decide(item, resumeUrl, note);
		return { pending, verdict: await this.verdict };
	}

	private async decide(item: Item, resumeUrl: string, note?: string): Promise<Verdict> {
		const all = [...this.pending.values()];
		if (this.run.hasFailed()) return 'abandon';
		if (all.every(({ task }) => isSettled(task))) return 'finish';
		if (this.isCalledElsewhere()) return 'finish';
		const ends = all.map(({ since, settle }) => since + settle.schedule.maximumWaitMs);
		const until = Math.min(...ends);
		if (!(await this.putToWait(item, until))) return 'finish';
		const suspension = this.save(item, { until, resumeUrl, note });
		await this.watch(item, suspension, until);
		return 'wait';
	}

	/**
	 * The service calls the address that a task was created with. That of an adopted one belongs to the
	 * execution which Retry repeats, or to that of the user's own ID, and nobody listens there any more.
	 */
	private isCalledElsewhere(): boolean {
		return [...this.pending].some(
			([itemIndex, { task }]) =>
				!isSettled(task) &&
				this.run.memberAt(itemIndex)?.adopted === true &&
				this.run.previousAt(itemIndex) === undefined,
		);
	}

	/** @returns false where the execution cannot wait: nothing of an attempt is left then */
	private async putToWait({ functions }: Item, until: number): Promise<boolean> {
		try {
			// Both are asked for first, because what is stored must not stay behind without a wait.
			functions.getContext('node');
			await waiter(functions)?.putExecutionToWait(new Date(until));
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

	/** Keeps the way back with the execution, and puts in the place of the input what a deadline brings. */
	private save(
		{ functions, connection, identity }: Item,
		{ note, ...wait }: { until: number; resumeUrl: string; note?: string },
	): Suspension {
		const entries = functions.getExecuteData().data.main?.[0] ?? [];
		const items = entries.map((input, itemIndex) => {
			const pending = this.pending.get(itemIndex);
			const { failure, replacedTaskIds, adopted, warnings } = this.run.memberAt(itemIndex) ?? {};
			if (!pending && !failure) return null;
			entries[itemIndex] = {
				json: pending ? inProgress(pending, note) : failure ? errorJson(failure) : {},
				pairedItem: { item: itemIndex },
			};
			return {
				input,
				replacedTaskIds,
				adopted,
				warnings,
				pending,
				failure: failure && storable(failure),
			};
		});
		const { runIndex } = identity;
		const context = functions.getContext('node');
		const waits = waitsSoFar(context, runIndex) + 1;
		const suspension: Suspension = { runIndex, waits, connection, items, ...wait };
		suspend(context, suspension);
		return suspension;
	}

	/** Best effort: without it the wait relies on the callbacks. */
	private async watch(item: Item, suspension: Suspension, until: number): Promise<void> {
		const { functions, baseUrl, connection, signal } = item;
		const credential = await functions.getCredentials(CREDENTIAL).catch(() => undefined);
		if (!credential) return;
		const { apiKey } = credential;
		const ids = [...this.pending.values()].filter(({ task }) => !isSettled(task)).map(idOf);
		const { resumeUrl = '' } = suspension;
		const name = waitName(functions, suspension);
		watcher.watch({ name, resumeUrl, until, ids, apiKey, baseUrl, connection }, functions, signal);
	}
}

/** An error's own message does not survive being stored. */
function storable({ message, description, details }: Failure): Failure {
	return { message, description, details };
}

/**
 * A task that n8n waits for, as an item: what Task → Wait takes up again. One that was completed before
 * the wait has not been downloaded yet, so it is not done either.
 */
export function inProgress({ task, ids, settle }: Pending, note?: string): IDataObject {
	const json = simplify(task, ids);
	if (task.status === 'failed' || (isSettled(task) && !settle.file)) return json;
	return { ...json, status: 'in_progress', ...(note !== undefined && { warning: note }) };
}

type Waiter = Pick<IExecuteFunctions, 'putExecutionToWait'>;

/**
 * n8n-workflow declares `putExecutionToWait` for whole runs only, but the functions of a single item have
 * it as well (n8n-core 2.0 to 2.41, BaseExecuteContext).
 *
 * @returns undefined where the execution cannot wait: for a node that an AI agent uses as a tool, the
 *   agent is what would be resumed
 */
export function waiter(functions: Item['functions']): Waiter | undefined {
	return !isAgentTool(functions.getNode()) && 'putExecutionToWait' in functions
		? (functions as unknown as Waiter)
		: undefined;
}
