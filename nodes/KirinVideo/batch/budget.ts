import { add, isAbove } from '../api/decimal';
import type { Outcome } from '../api/retry';
import { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { TaskRequest } from '../request/buildRequest';
import { withDigests } from '../request/requestImages';
import { afterLostAnswer } from '../task/errors';
import {
	type CostLimit,
	type Estimate,
	costOf,
	estimate,
	objectionToUnknown,
} from '../task/estimate';
import { externalTaskIdOf } from '../task/idempotency';
import { isUnpaidFailure } from '../task/submit';
import { type BatchVideo, byOrder } from './batch';
import type { Item } from './item';

/**
 * The budget of a batch. The estimated costs of its tasks are added up before the first of them is
 * created. An item without a limit counts too, and the limits of the others apply to it.
 */

interface Share {
	/** Exact decimal text in USD; 0 where the task is paid already or its price is unknown. */
	cost: string;
	limit: CostLimit | undefined;
	earlier?: Earlier;
	/** Why it keeps the whole batch from being submitted. */
	objection?: TaskError;
}

/** A create of the same video that this execution, or the one that it is a retry of, has sent before. */
interface Earlier {
	externalTaskId: string;
	/**
	 * Whether it is known to have made a task. One that was refused, or whose task has failed, is not paid; one
	 * whose answer was lost may be.
	 */
	isPaid: boolean;
}

interface Budget {
	/** Of each video. */
	shares: Map<BatchVideo, Share>;
	/** By everything that the price depends on. */
	estimates: Map<string, Promise<Outcome<Estimate>>>;
	/** Whether the batch may be submitted, once that is known. */
	verdict?: { objection: TaskError | undefined };
}

/** One for each attempt of each batch. */
const budgets = new WeakMap<object, Budget>();

/** Estimates under way at once. */
const MAX_ESTIMATES = 10;

/** How long to retry while the service is busy, in milliseconds. */
const ESTIMATE_MAXIMUM_MS = 10 * 60_000;

/**
 * Resolves when the whole batch is within its budget. Nothing happens where the node has none.
 *
 * @throws TaskError, for every item of the batch alike, when it is not
 * @throws Stopped when the signal aborts
 */
export async function keepToBudget(
	item: Item,
	request: TaskRequest,
	limit: CostLimit | undefined,
): Promise<void> {
	const { batch, batchVideo } = item;
	if (!hasBudget(item)) return;
	const budget: Budget = budgets.get(batch.attempt) ?? { shares: new Map(), estimates: new Map() };
	budgets.set(batch.attempt, budget);
	const isReplacing = budget.shares.has(batchVideo);
	const share = await shareOf(item, request, limit, budget, isReplacing);
	budget.shares.set(batchVideo, share);
	// Where a paid video is to be made again, the batch has passed the barrier already.
	if (!isReplacing) await batch.passBarrier('budget');
	if (isReplacing) budget.verdict = undefined;
	budget.verdict ??= { objection: objectionTo(budget) };
	const { objection } = budget.verdict;
	if (objection) throw isReplacing ? ofGone(objection, item) : withEarlier(objection, share);
}

/** All items of a node have the same cost limits in their parameters, whatever their values are. */
function hasBudget({ functions }: Item): boolean {
	const { costLimits } = functions.getNode().parameters;
	return (costLimits as { maximumTotalCostUsd?: unknown } | undefined)?.maximumTotalCostUsd != null;
}

/** @param isPaidAgain whether the task that was there does not count */
async function shareOf(
	item: Item,
	request: TaskRequest,
	limit: CostLimit | undefined,
	budget: Budget,
	isPaidAgain: boolean,
): Promise<Share> {
	const earlier = isPaidAgain ? undefined : await earlierCreate(item, request);
	if (earlier?.isPaid) return { cost: '0', limit, earlier };
	const key = priceKey(request);
	const estimating = budget.estimates.get(key) ?? estimateFor(item, request);
	budget.estimates.set(key, estimating);
	const estimated = await estimating;
	const cost = costOf(estimated);
	if (cost !== undefined) return { cost, limit, earlier };
	const objection = limit && objectionToUnknown(estimated, request, limit);
	return { cost: '0', limit, earlier, objection };
}

async function earlierCreate(
	{ batch: { memory }, idempotencyKey }: Item,
	request: TaskRequest,
): Promise<Earlier | undefined> {
	const externalTaskId = externalTaskIdOf(idempotencyKey, await withDigests(request), 1);
	if (!memory.has(externalTaskId)) return undefined;
	const seen = memory.lastSeen(externalTaskId);
	const isPaid = seen ? !isUnpaidFailure(seen) : memory.taskIdOf(externalTaskId) !== undefined;
	return { externalTaskId, isPaid };
}

/** Requests the price of an item's task within a slot of the batch. */
export async function estimateFor(item: Item, request: TaskRequest): Promise<Outcome<Estimate>> {
	const { api, batch, clock, signal } = item;
	const limits = { limit: MAX_ESTIMATES, maximumMs: ESTIMATE_MAXIMUM_MS, signal };
	return await batch.limiter.run(limits, async ({ onBusy, accepted }) => {
		const outcome = await estimate(request, { api, clock, signal, onBusy });
		if ('value' in outcome) accepted();
		return outcome;
	});
}

/** Parameters that no price depends on: texts, images, and the callback URL. */
const WITHOUT_PRICE = new Set([
	'prompt',
	'negative_prompt',
	'image',
	'image_tail',
	'image_list',
	'callback_url',
]);

/** What the price of a task depends on. Of shots, that is their number and their durations. */
function priceKey({ model, params }: TaskRequest): string {
	const priced = Object.entries(params).filter(([name]) => !WITHOUT_PRICE.has(name));
	return JSON.stringify([model.id, Object.fromEntries(priced)], (key, value: unknown) =>
		key === 'prompt' ? '' : value,
	);
}

function objectionTo({ shares }: Budget): TaskError | undefined {
	const inOrder = [...shares].sort(([a], [b]) => byOrder(a, b)).map(([, share]) => share);
	const unknown = inOrder.find(({ objection }) => objection)?.objection;
	if (unknown) return unknown;
	const [limit, ...others] = inOrder.flatMap((share) => share.limit ?? []);
	if (!limit) return undefined;
	const least = others.reduce((a, b) => (isAbove(a.maximum, b.maximum) ? b : a), limit);
	let sum = '0';
	let fitting = 0;
	for (const { cost } of inOrder) {
		sum = add(sum, cost);
		if (!isAbove(sum, least.maximum)) fitting++;
	}
	if (!isAbove(sum, least.maximum)) return undefined;
	const { field, maximum } = least;
	const videos = inOrder.length;
	const items = new Set([...shares.keys()].map(({ itemIndex }) => itemIndex)).size;
	const isEach = videos === items;
	const all = isEach
		? count(items, 'item')
		: `${count(videos, 'video')} of ${count(items, 'item')}`;
	return new TaskError(
		`The estimated cost of ${sum} USD for ${all} is above the ${field} of ${maximum}`,
		`No task was created for this item, so nothing is billed. ${fits(fitting, isEach ? 'item' : 'video')}. ${WHAT_TO_DO}`,
		{ field, estimatedCost: sum, currency: 'USD', maximumCost: maximum },
	);
}

const WHAT_TO_DO =
	'Run fewer items, choose a cheaper model, mode or duration, or raise the limit, then run again.';

function fits(fitting: number, what: string): string {
	if (fitting === 0) return `Not even the first ${what} fits`;
	return fitting === 1
		? `The first ${what} alone would fit`
		: `The first ${count(fitting, what)} would fit`;
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** The error of an item whose task was paid before, where the batch is over its budget. */
function withEarlier(error: TaskError, { earlier }: Share): TaskError {
	if (!earlier) return error;
	const { externalTaskId, isPaid } = earlier;
	if (!isPaid) return afterLostAnswer(error, externalTaskId);
	return new TaskError(
		error.message,
		`Nothing was submitted, so nothing more is billed. A create of this item had left before (external task ID ${externalTaskId}), and does not count. ${WHAT_TO_DO}`,
		{ ...error.details, externalTaskId },
	);
}

/** The error of an item whose paid video is gone, where a new one would be over the budget. */
function ofGone(error: TaskError, { batchVideo: { taskId, externalTaskId } }: Item): TaskError {
	return new TaskError(
		error.message,
		`The video of task ${taskId}, which was paid before, is gone. No new one was created in its place, so nothing more is billed. ${WHAT_TO_DO}`,
		{ ...error.details, ...defined({ taskId, externalTaskId }) },
	);
}
