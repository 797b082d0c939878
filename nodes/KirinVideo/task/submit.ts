import type { Api } from '../api/client';
import {
	type Answer,
	isBusy,
	isDuplicateExternalId,
	provesNothingCreated,
	refusalKind,
} from '../api/answer';
import { type Clock, throwIfStopped } from '../api/clock';
import { type OnBusy, type RetryPolicy, READ_POLICY, retry } from '../api/retry';
import type { TaskError } from '../api/taskError';
import { type TaskRequest, createBody } from '../request/buildRequest';
import { withDigests, withImages } from '../request/requestImages';
import {
	afterLostAnswer,
	createdTaskUnknown,
	externalIdInUse,
	submitFailed,
	submitRefused,
	submitUnknown,
} from './errors';
import { taskOf, tryToGet } from './getTask';
import { type IdempotencyKey, type TaskMemory, externalTaskIdOf } from './idempotency';
import { type Task, videosOf } from './task';

/**
 * Makes a task exactly once.
 *
 * The answer to a create can be lost although the task exists and will be billed. So every create has an
 * external task ID, which is unique at the service. After an ambiguous answer the node gets the task by
 * this ID. It adopts a task that is there, and creates one again only if there is none
 * (reference: "Ambiguous create").
 */

/** What the items of a batch know of the service. */
export interface Host {
	/** Whether it has ever answered a request of this batch. */
	hasAnswered: boolean;
}

/** What to do when a paid video is no longer there. */
export type WhenPaidVideoIsGone = 'fail' | 'createNew';

export interface SubmitOptions {
	api: Api;
	clock: Clock;
	idempotencyKey: IdempotencyKey;
	memory: TaskMemory;
	host: Host;
	/** Whether an execution before this one may have created the task: n8n's Retry. */
	isRetry?: boolean;
	whenPaidVideoIsGone?: WhenPaidVideoIsGone;
	/** External task IDs whose video is gone: the next ID replaces their task. */
	gone?: ReadonlySet<string>;
	/** Milliseconds since the epoch; requests to an absent service are repeated until then. */
	deadline: number;
	signal?: AbortSignal;
	/** Called before each create, now or on an earlier attempt: a task with this ID may exist. */
	onSend?: (externalTaskId: string) => void;
	/** Called right before the first create of an ID in this attempt. */
	onCreate?: (externalTaskId: string) => void;
	/** Called with each task that is found or made, also with a failed one that the next ID replaces. */
	onTask?: (task: Task, externalTaskId: string) => void;
	/** Why the task must not be created, if so. Called before an ID is sent for the first time. */
	objection?: () => Promise<TaskError | undefined>;
	onBusy: OnBusy;
}

export interface Submitted {
	task: Task;
	externalTaskId: string;
	/** True when an earlier attempt or execution has made the task. */
	adopted: boolean;
}

/** How often a create is sent when each time the service then says that it has no such task. */
const MAX_CREATES = 5;

/** A create is repeated as it is only where it was never sent; a wrong base URL should fail soon. */
const CREATE_POLICY: RetryPolicy = { maxAttempts: 3, isRetryable: wasNeverSent };

/** How often the service must deny a lost task before it counts as not created: a new one may not be visible yet. */
const GETS_BEFORE_RESUBMIT = 4;

/** After this many gets without any answer from the host, the base URL is probably wrong. */
const MAX_UNANSWERED_GETS = 7;

/** With more failed tasks than this for one item, something else is wrong. */
const MAX_TASKS = 20;

/**
 * @throws TaskError when the service refuses, stays unreachable, or does not say whether a task exists
 * @throws Stopped when the signal aborts; no request goes out after that
 */
export async function submit(request: TaskRequest, given: SubmitOptions): Promise<Submitted> {
	const options = { ...given, api: noteAnswers(given.api, given.host) };
	const identified = await withDigests(request);
	for (let taskNumber = 1; ; taskNumber++) {
		const externalTaskId = externalTaskIdOf(options.idempotencyKey, identified, taskNumber);
		const submitted = await findOrCreate(externalTaskId, request, options);
		// The user has said that a task which the service no longer knows is to be replaced.
		if (!submitted) continue;
		const { task, adopted } = submitted;
		options.memory.saw(externalTaskId, task);
		options.onTask?.(task, externalTaskId);
		// A task of an earlier try that failed is not adopted: a retry means a new one.
		const isStale =
			adopted && (isUnpaidFailure(task) || options.gone?.has(externalTaskId) === true);
		if (isStale && taskNumber < MAX_TASKS) continue;
		if (adopted && !canBeTheOneAskedFor(task, externalTaskId, request)) {
			throw externalIdInUse(task, externalTaskId);
		}
		return submitted;
	}
}

/** A failed task costs nothing. One that has a cost or a video all the same is not paid for again. */
export function isUnpaidFailure(task: Task): boolean {
	const hasCost = Number(task.cost ?? 0) !== 0;
	return task.status === 'failed' && !hasCost && videosOf(task).video === undefined;
}

/** The answer to a get has no prompt, so only the model and the owner of the ID can be compared. */
function canBeTheOneAskedFor(task: Task, externalTaskId: string, request: TaskRequest): boolean {
	if (task.model !== undefined && task.model !== request.model.id) return false;
	const isOwn = externalTaskId === request.externalTaskId;
	return !isOwn || task.externalTaskId === undefined || task.externalTaskId === externalTaskId;
}

/** Notes when the host answers at all. */
function noteAnswers(api: Api, host: Host): Api {
	return {
		async call(call) {
			const answer = await api.call(call);
			if (answer.kind === 'response') host.hasAnswered = true;
			return answer;
		},
	};
}

/** @returns undefined when the task is gone and the user wants a new one */
async function findOrCreate(
	externalTaskId: string,
	request: TaskRequest,
	options: SubmitOptions,
): Promise<Submitted | undefined> {
	const { api, memory, host, deadline, signal, onSend } = options;
	const ids = { externalTaskId };
	const adopting = (task: Task): Submitted => ({ task, externalTaskId, adopted: true });
	const unknown = (answer: Answer) => submitUnknown(answer, ids, host.hasAnswered);
	// A create whose answer was lost in this attempt does not count as adopted.
	let lostNow = false;

	const wasSent = memory.has(externalTaskId);
	if (wasSent) onSend?.(externalTaskId);
	const known = memory.lastSeen(externalTaskId);
	if (known) return adopting(known);
	if (wasSent || options.isRetry) {
		// A task that is not known to have been sent is probably not there. One get is enough, because the
		// service refuses a second create with the same ID.
		const found = await findTask(externalTaskId, options, wasSent ? GETS_BEFORE_RESUBMIT : 1);
		if ('task' in found) return adopting(found.task);
		if (!found.absent) throw unknown(found.answer);
		const taskId = memory.taskIdOf(externalTaskId);
		if (taskId !== undefined) {
			if (options.whenPaidVideoIsGone === 'createNew') return undefined;
			throw createdTaskUnknown(found.answer, { taskId, externalTaskId });
		}
	}

	const denied = (error: TaskError) =>
		wasSent || lostNow ? afterLostAnswer(error, externalTaskId) : error;

	const objection = await options.objection?.();
	if (objection) {
		const existing = await ownTask(externalTaskId, request, options);
		if (existing) return adopting(existing);
		throw denied(objection);
	}

	let isFirst = true;
	const create = async () =>
		await withImages(request, async (whole) => {
			throwIfStopped(signal);
			memory.sending(externalTaskId);
			onSend?.(externalTaskId);
			if (isFirst) options.onCreate?.(externalTaskId);
			isFirst = false;
			return await api.call({
				method: 'POST',
				path: '/model/v1/generation',
				body: createBody(whole, externalTaskId),
			});
		});
	for (let creates = 1; ; creates++) {
		const created = await retry(create, taskOf, { ...CREATE_POLICY, deadline }, options);
		if ('value' in created) return { task: created.value, externalTaskId, adopted: false };
		const { answer } = created;
		if ((isBusy(answer) && !created.kind) || wasNeverSent(answer)) {
			throw lostNow ? unknown(answer) : denied(submitFailed(answer, ids));
		}

		const isDuplicate = isDuplicateExternalId(answer);
		const kind = isDuplicate ? undefined : created.kind;
		if (kind) {
			const refused = (isCertain: boolean) =>
				submitRefused(answer, kind, request.model, ids, isCertain);
			if (provesNothingCreated(answer)) throw denied(refused(true));
			// The refusal may mean that the ID is in use, in words that the node does not know.
			const outcome = await tryToGet(externalTaskId, READ_POLICY, options);
			if ('value' in outcome) return { task: outcome.value, externalTaskId, adopted: !lostNow };
			throw denied(refused(outcome.kind === 'missing'));
		}

		lostNow ||= !isDuplicate;
		const found = await findTask(externalTaskId, options, GETS_BEFORE_RESUBMIT);
		if ('task' in found) {
			// Under an own ID the lost answer may have been a refusal, and the task that of an earlier execution.
			const mayBeOlder = request.externalTaskId !== undefined && isUnpaidFailure(found.task);
			return { task: found.task, externalTaskId, adopted: !lostNow || mayBeOlder };
		}
		if (!found.absent) throw unknown(found.answer);
		// The service contradicts itself about a duplicate that it does not find, so nothing is certain.
		if (creates >= MAX_CREATES) {
			throw isDuplicate ? unknown(answer) : denied(submitFailed(answer, ids));
		}
	}
}

/**
 * The task that an earlier execution has made and paid under the user's own ID. It costs nothing, so it is
 * used where a new one may not be created. Only this execution knows a derived ID.
 */
async function ownTask(
	externalTaskId: string,
	request: TaskRequest,
	options: SubmitOptions,
): Promise<Task | undefined> {
	if (request.externalTaskId === undefined) return undefined;
	const outcome = await tryToGet(externalTaskId, READ_POLICY, options);
	return 'value' in outcome ? outcome.value : undefined;
}

function wasNeverSent(answer: Answer): boolean {
	return answer.kind === 'noAnswer' && !answer.maybeSent && !answer.permanent;
}

/** `absent`: the service has said, often enough, that there is no such task. */
type Found = { task: Task } | { absent: boolean; answer: Answer };

/**
 * Gets a task by our own ID until the service gives a clear answer or the deadline passes.
 *
 * @param gets how often the service has to say that there is no such task
 */
async function findTask(
	externalTaskId: string,
	options: SubmitOptions,
	gets: number,
): Promise<Found> {
	const { host, deadline } = options;
	let missing = 0;
	const isRetryable = (answer: Answer, attempt: number) => {
		const kind = refusalKind(answer);
		if (kind === 'missing') return ++missing < gets;
		return !kind && (host.hasAnswered || attempt < MAX_UNANSWERED_GETS);
	};
	const outcome = await tryToGet(externalTaskId, { deadline, isRetryable }, options);
	if ('value' in outcome) return { task: outcome.value };
	return { absent: missing >= gets, answer: outcome.answer };
}
