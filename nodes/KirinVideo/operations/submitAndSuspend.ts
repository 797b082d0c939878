import { TaskError } from '../api/taskError';
import { contextOf } from '../batch/executionMemory';
import type { Item, Output, ItemContext } from '../batch/item';
import type { ResultInput } from '../fields/pollingFields';
import { report } from '../output/itemLog';
import { callbackWarning } from '../suspend/reachable';
import {
	type Pending,
	type SavedItem,
	type SavedVideo,
	type SavedState,
	takeSavedState,
	waitName,
	waitsSoFar,
} from '../suspend/savedState';
import { batchSuspensionOf, inProgress, suspenderOf } from '../suspend/suspendBatch';
import { watcher } from '../suspend/watcher';
import { getTaskOnce, taskOf } from '../task/getTask';
import { idsOf, seenAgain } from '../task/task';
import {
	type SubmitInput,
	mayReplace,
	replacingGone,
	submitTask,
	withinBudgetAndSlot,
} from './submitTask';
import { resultItem, waitForResult } from './result';

/** What an item that waits on callbacks starts with. */
interface Start {
	submit: SubmitInput;
	result: ResultInput;
}

/** Submits, suspends the execution, and resumes on callbacks. No worker is held meanwhile. */
export async function submitAndSuspend(item: Item, input: Start): Promise<Output> {
	const { itemIndex } = item.idempotencyKey;
	const earlier = item.batch.previousOf(item.batchVideo);
	if (earlier?.failure && isTriedOut(item)) {
		// n8n may show another item's error: that one names the tasks of this item.
		const { taskId, externalTaskId, status, replacedTaskIds } = earlier;
		Object.assign(item.batchVideo, { taskId, externalTaskId, status, replacedTaskIds });
		throw earlier.failure;
	}
	const resumeUrl = item.functions.evaluateExpression(
		'{{ $execution.resumeUrl }}',
		itemIndex,
	) as string;
	const canWait = suspenderOf(item.functions) !== undefined;
	const submitted = await submit(item, input, canWait ? resumeUrl : undefined);
	if (!canWait) return await finishOrReplace(item, input, submitted);

	const warning = callbackWarning(resumeUrl, item.baseUrl);
	const notes = warning === undefined ? [] : [warning];
	const { pending, goesOn } = await batchSuspensionOf(item.batch).suspendOrGoOn(
		item,
		submitted,
		async (one) => await getOnce(item, one, input.submit.maxConcurrentTasks),
		resumeUrl,
		notes,
	);
	return goesOn
		? await finishOrReplace(item, input, pending)
		: { json: inProgress(pending, notes) };
}

/** After each wait n8n counts the attempts of Retry On Fail from 1 again, so the waits are counted here. */
function isTriedOut({ functions, idempotencyKey }: Item): boolean {
	const { maxTries } = functions.getNode();
	// n8n takes 3 where nothing is set, and keeps it between 2 and 5.
	const most = Math.min(5, Math.max(2, maxTries ?? 3));
	return waitsSoFar(functions.getContext('node'), idempotencyKey.runIndex) >= most;
}

async function submit(
	item: Item,
	{ submit: input, result: own }: Start,
	callbackUrl: string | undefined,
): Promise<Pending> {
	const { request } = input;
	const params = { ...request.params, ...(callbackUrl && { callback_url: callbackUrl }) };
	const given = { ...input, request: { ...request, params } };
	const { maximumWaitMs } = own.schedule;
	return await withinBudgetAndSlot(item, given, maximumWaitMs, async (slot) => ({
		...(await submitTask(item, given, slot)),
		result: own,
	}));
}

/** Gets a task once. After an error the task stays as it was, and the wait goes on. */
async function getOnce(item: Item, pending: Pending, limit: number): Promise<Pending> {
	const { api, batch, signal } = item;
	const answer = await batch.limiter.run(
		{ limit, signal },
		async () => await getTaskOnce(api, pending.ids.taskId ?? '', undefined, pending.ids),
	);
	const task = taskOf(answer, pending.ids);
	if (!task) return pending;
	report(item, idsOf(task, pending.ids), task);
	return seenAgain(pending, task, item.clock.now());
}

const savedStates = new WeakMap<object, SavedState>();

/** The saved item to go on from, where a callback has resumed the execution. */
export function savedItemOf(context: ItemContext): SavedItem | undefined {
	const { functions, batch, batchVideo } = context;
	const saved = savedStateOf(context)?.items[batchVideo.itemIndex];
	if (!saved) return undefined;
	// Whatever goes wrong from here on, the errors name the tasks that the item waited for.
	batch.joinVideos(batchVideo, saved.videos.length).forEach((video, index) => {
		const pending = saved.videos[index]?.pending;
		if (pending) report({ functions, batch, batchVideo: video }, pending.ids, pending.task);
	});
	return saved;
}

/** The saved state of this attempt of the batch. */
function savedStateOf({ functions, batch }: ItemContext): SavedState | undefined {
	const state = takeSavedState(contextOf(functions), batch.idempotencyKey?.runIndex ?? 0);
	if (state) {
		savedStates.set(batch.attempt, state);
		// Only now is it certain that n8n has resumed the execution.
		watcher.end(waitName(functions, state));
	}
	return savedStates.get(batch.attempt);
}

/**
 * Goes on with a video whose execution was waiting.
 *
 * @throws TaskError for one that had failed before the wait, as it did then
 */
export async function finishSaved(item: Item, stored: SavedVideo): Promise<Output> {
	const { pending, failure } = stored;
	item.batchVideo.replacedTaskIds = stored.replacedTaskIds;
	item.batchVideo.adopted = stored.adopted;
	item.batchVideo.warnings = stored.warnings;
	if (pending) return await finish(item, pending);
	throw new TaskError(failure?.message ?? '', failure?.description ?? '', failure?.details);
}

/** Polls for a video that replaces an adopted one which is gone. */
async function finishOrReplace(item: Item, input: Start, pending: Pending): Promise<Output> {
	return await replacingGone(item, input.submit, async (gone) => {
		const isFirst = gone.size === 0;
		const again = { ...input, submit: { ...input.submit, gone } };
		const current = isFirst ? pending : await submit(item, again, undefined);
		return await finish(item, current, mayReplace(item, input.submit));
	});
}

/** Polls until the task is done, and downloads its video. */
async function finish(
	item: Item,
	{ result: own, ...pending }: Pending,
	throwsGone = false,
): Promise<Output> {
	report(item, pending.ids, pending.task);
	const state = await item.batch.limiter.run(
		{ limit: 0, signal: item.signal },
		async () => await waitForResult(item, own, pending, { pollNow: true }),
	);
	return await resultItem(item, state, own, throwsGone);
}
