import { TaskError } from '../api/taskError';
import { contextOf } from '../batch/executionMemory';
import type { Item, Output, Place } from '../batch/item';
import type { SettleInput } from '../fields/pollingFields';
import { report } from '../output/itemLog';
import { callbackWarning } from '../suspend/reachable';
import {
	type Pending,
	type SuspendedItem,
	type Suspension,
	takeSuspension,
	waitName,
	waitsSoFar,
} from '../suspend/savedState';
import { departureOf, inProgress, waiter } from '../suspend/suspendBatch';
import { watcher } from '../suspend/watcher';
import { look, taskOf } from '../task/getTask';
import { idsOf } from '../task/task';
import { type CreateInput, create } from './create';
import { mayReplace, replacingGone } from './replaceGone';
import { settle, withVideo } from './settle';

/** What an item that waits on callbacks starts with. */
interface Start {
	create: CreateInput;
	settle: SettleInput;
}

/** Submits, puts the execution to wait and comes back on callbacks: nothing is held meanwhile. */
export async function submitAndSuspend(item: Item, input: Start): Promise<Output> {
	const { itemIndex } = item.identity;
	const earlier = item.run.previousAt(itemIndex)?.failure;
	if (earlier && isTriedOut(item)) throw earlier;
	const resumeUrl = item.functions.evaluateExpression(
		'{{ $execution.resumeUrl }}',
		itemIndex,
	) as string;
	const canWait = waiter(item.functions) !== undefined;
	const submitted = await submit(item, input, canWait ? resumeUrl : undefined);
	if (!canWait) return await finishOrReplace(item, input, submitted);

	const warning = callbackWarning(resumeUrl, item.baseUrl);
	const { pending, verdict } = await departureOf(item.run).depart(
		item,
		submitted,
		async (one) => await lookOnce(item, one, input.create.maxConcurrentTasks),
		resumeUrl,
		warning,
	);
	return verdict === 'finish'
		? await finishOrReplace(item, input, pending)
		: { json: inProgress(pending, warning) };
}

/** n8n counts the tries of Retry On Fail anew after each wait, so without end; we count the waits. */
function isTriedOut({ functions, identity }: Item): boolean {
	const { maxTries } = functions.getNode();
	// n8n takes 3 where nothing is set, and keeps it between 2 and 5.
	const most = Math.min(5, Math.max(2, maxTries ?? 3));
	return waitsSoFar(functions.getContext('node'), identity.runIndex) >= most;
}

async function submit(
	item: Item,
	{ create: input, settle: own }: Start,
	callbackUrl: string | undefined,
): Promise<Pending> {
	const { request } = input;
	const params = { ...request.params, ...(callbackUrl && { callback_url: callbackUrl }) };
	const { maximumWaitMs } = own.schedule;
	return await create(
		item,
		{ ...input, request: { ...request, params } },
		maximumWaitMs,
		({ task, externalTaskId }, since) =>
			Promise.resolve({ ids: { taskId: task.taskId, externalTaskId }, task, since, settle: own }),
	);
}

/** A look that fails leaves everything to the wait. */
async function lookOnce(item: Item, pending: Pending, limit: number): Promise<Pending> {
	const { pace } = item.run;
	await pace.enter({ limit, signal: item.signal });
	const task = await look(item.api, pending.ids.taskId ?? '')
		.then(taskOf)
		.finally(() => pace.leave());
	if (!task) return pending;
	item.report(idsOf(task, pending.ids), task);
	return { ...pending, task };
}

const suspensions = new WeakMap<object, Suspension>();

/** What an item goes on from, where a callback has resumed its execution. */
export function suspendedItemOf(place: Place): SuspendedItem | undefined {
	const { functions, member, itemIndex } = place;
	const suspended = suspensionOf(place)?.items[itemIndex] ?? undefined;
	// Whatever goes wrong from here on, the error names the task that the item waited for.
	if (suspended?.pending) {
		report(functions, member, suspended.pending.ids, suspended.pending.task);
	}
	return suspended;
}

/** The same for all items of this try of the run. */
function suspensionOf({ functions, run }: Place): Suspension | undefined {
	const taken = takeSuspension(contextOf(functions), run.identity?.runIndex ?? 0);
	if (taken) {
		suspensions.set(run.attempt, taken);
		// Not before: only now it is certain that n8n has resumed the execution.
		watcher.end(waitName(functions, taken));
	}
	return suspensions.get(run.attempt);
}

/**
 * Goes on with an item whose execution was waiting.
 *
 * @throws TaskError for an item that had failed before the wait, as it did then
 */
export async function goOn(item: Item, stored: SuspendedItem): Promise<Output> {
	const { pending, failure } = stored;
	item.member.replacedTaskIds = stored.replacedTaskIds;
	item.member.adopted = stored.adopted;
	item.member.warnings = stored.warnings;
	if (pending) return await finish(item, pending);
	throw new TaskError(failure?.message ?? '', failure?.description ?? '', failure?.details);
}

/** A video that is made in place of an adopted one which is gone is waited for by polling. */
async function finishOrReplace(item: Item, input: Start, pending: Pending): Promise<Output> {
	return await replacingGone(item, input.create, async (gone) => {
		const isFirst = gone.size === 0;
		const again = { ...input, create: { ...input.create, gone } };
		const current = isFirst ? pending : await submit(item, again, undefined);
		return await finish(item, current, mayReplace(item, input.create));
	});
}

/** The task has settled, or polling finds out when it does. */
async function finish(
	item: Item,
	{ ids, task, since, settle: own }: Pending,
	throwsGone = false,
): Promise<Output> {
	const { pace } = item.run;
	item.report(ids, task);
	await pace.enter({ limit: 0, signal: item.signal });
	const ended = await settle(item, own, { ids, task, since, lookNow: true }).finally(() =>
		pace.leave(),
	);
	return await withVideo(item, ended, own, throwsGone);
}
