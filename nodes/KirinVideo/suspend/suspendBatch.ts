import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { throwIfStopped } from '../api/clock';
import type { Run } from '../batch/batch';
import type { Item } from '../batch/item';
import { isAgentTool } from '../output/agentTool';
import { errorJson } from '../output/itemErrors';
import { simplify } from '../output/itemJson';
import { isSettled } from '../task/task';
import { type Failure, type Pending, suspend, waitsSoFar } from './savedState';

/** What becomes of the items of a run once each task has been submitted and looked at. */
export type Verdict =
	/** Nothing is under way any more: go on to the results. */
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
	 * @param note for the items that n8n shows while it waits, where there is something to be said
	 * @returns the task as last seen, and what has been decided
	 */
	async depart(
		item: Item,
		submitted: Pending,
		look: (pending: Pending) => Promise<Pending>,
		note?: string,
	): Promise<{ pending: Pending; verdict: Verdict }> {
		await this.run.meet('submitted');
		const pending = isSettled(submitted.task) ? submitted : await look(submitted);
		this.pending.set(item.identity.itemIndex, pending);
		await this.run.meet('looked at');
		throwIfStopped(item.signal);
		this.verdict ??= this.decide(item, note);
		return { pending, verdict: await this.verdict };
	}

	private async decide(item: Item, note: string | undefined): Promise<Verdict> {
		const all = [...this.pending.values()];
		if (this.run.hasFailed()) return 'abandon';
		if (all.every(({ task }) => isSettled(task))) return 'finish';
		const ends = all.map(({ since, settle }) => since + settle.schedule.maximumWaitMs);
		this.prepareWait(item, note);
		await waiter(item.functions)?.putExecutionToWait(new Date(Math.min(...ends)));
		return 'wait';
	}

	/** Keeps the way back with the execution, and puts in the place of the input what a deadline brings. */
	private prepareWait({ functions, connection, identity }: Item, note?: string): void {
		const entries = functions.getExecuteData().data.main?.[0] ?? [];
		const items = entries.map((input, itemIndex) => {
			const pending = this.pending.get(itemIndex);
			const { failure, replacedTaskIds, adopted } = this.run.memberAt(itemIndex) ?? {};
			if (!pending && !failure) return null;
			entries[itemIndex] = {
				json: pending ? inProgress(pending, note) : failure ? errorJson(failure) : {},
				pairedItem: { item: itemIndex },
			};
			return { input, replacedTaskIds, adopted, pending, failure: failure && storable(failure) };
		});
		const { runIndex } = identity;
		const context = functions.getContext('node');
		const waits = waitsSoFar(context, runIndex) + 1;
		suspend(context, { runIndex, waits, connection, items });
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
