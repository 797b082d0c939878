import { createHash } from 'node:crypto';
import { backoffMs } from '../api/backoff';
import type { Answer, Api } from '../api/client';
import { type Clock, throwIfStopped } from '../api/clock';
import { isBusy, isDuplicateExternalId, refusalKind, retryAfterMs } from '../api/refusal';
import { type OnBusy, ask } from '../api/retry';
import type { TaskError } from '../api/taskError';
import { type TaskRequest, createBody } from '../request/buildRequest';
import { withDigests, withImages } from '../request/requestImages';
import {
	afterLostAnswer,
	externalIdTaken,
	submitFailed,
	submitRefused,
	submitUnknown,
} from './errors';
import { look, taskOf } from './getTask';
import type { Task } from './task';

/**
 * body → task, exactly once.
 *
 * The answer to a create can be lost while the task exists and will be billed. So every create carries
 * an external task ID, which the service keeps unique and can be asked for: after an ambiguous answer
 * the task is looked up and adopted if it is there, and created again only if it is not
 * (reference: "Ambiguous create").
 */

/** What tells one item's submit from every other: derived external task IDs are made from it. */
export interface SubmitIdentity {
	instanceId: string;
	workflowId: string;
	executionId: string;
	nodeId: string;
	runIndex: number;
	itemIndex: number;
}

/**
 * The same on every try of the same item, so that Retry On Fail finds the task of the try before.
 * The request itself is part of it: an AI agent may call the same node twice in one run, with two
 * different prompts.
 *
 * @param attempt 1, and one more for each task of this item that has failed
 * @returns 36 characters of `[0-9a-z-]`
 */
export function deriveExternalTaskId(
	identity: SubmitIdentity,
	request: TaskRequest,
	attempt: number,
): string {
	const parts = [
		identity.instanceId,
		identity.workflowId,
		identity.executionId,
		identity.nodeId,
		identity.runIndex,
		identity.itemIndex,
		attempt,
		request.model.id,
		request.params,
	];
	return `n8n-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
}

/** The user's own ID for the first task; numbered ones for those that follow a failed one. */
export function externalTaskIdOf(
	identity: SubmitIdentity,
	request: TaskRequest,
	attempt: number,
): string {
	const own = request.externalTaskId;
	if (own === undefined) return deriveExternalTaskId(identity, request, attempt);
	return attempt === 1 ? own : `${own}-${attempt}`;
}

/**
 * External task IDs that this run of the node has sent, with the task as last seen where an answer has
 * told it. Kept over Retry On Fail in this process.
 */
export type SentIds = Map<string, Task | undefined>;

export interface SubmitOptions {
	api: Api;
	clock: Clock;
	identity: SubmitIdentity;
	sent: SentIds;
	/** Milliseconds since the epoch; a service that is away is asked again until then. */
	deadline: number;
	signal?: AbortSignal;
	/** Told before each create, now or on an earlier try: a task with this ID may exist. */
	onSend?: (externalTaskId: string) => void;
	/** Told of each task that is found or made, also of a failed one that the next ID replaces. */
	onTask?: (task: Task, externalTaskId: string) => void;
	/** Asked before an ID is sent for the first time, and never of a task that exists already. */
	objection?: () => Promise<TaskError | undefined>;
	onBusy: OnBusy;
}

export interface Submitted {
	task: Task;
	externalTaskId: string;
	/** True when the task was there already: created by an earlier try, or by an answer that got lost. */
	adopted: boolean;
}

/** How often one item is sent when each time the service says that it has no such task. */
const MAX_CREATES = 5;

/** How often a host that cannot be reached at all is tried: a wrong base URL should fail soon. */
const MAX_UNREACHABLE = 3;

/** A lost task is looked for this often before it counts as not created: it may not be visible yet. */
const LOOKS_BEFORE_RESUBMIT = 4;

/** More failed tasks than this for one item, and something else is wrong. */
const MAX_ATTEMPTS = 20;

/**
 * @throws TaskError when the service refuses, when it stays unreachable, or when it cannot be found
 *   out whether a task exists; each says which of these it is
 * @throws Stopped when the signal aborts; no request goes out after that
 */
export async function submit(request: TaskRequest, options: SubmitOptions): Promise<Submitted> {
	const identified = await withDigests(request);
	for (let attempt = 1; ; attempt++) {
		const externalTaskId = externalTaskIdOf(options.identity, identified, attempt);
		const submitted = await submitAs(externalTaskId, request, options);
		options.onTask?.(submitted.task, externalTaskId);
		const { model } = submitted.task;
		if (submitted.adopted && model !== undefined && model !== request.model.id) {
			throw externalIdTaken(submitted.task, externalTaskId);
		}
		// A task of an earlier try that failed is not adopted: a retry means a new one.
		const isStale = submitted.adopted && submitted.task.status === 'failed';
		if (!isStale || attempt === MAX_ATTEMPTS) return submitted;
	}
}

async function submitAs(
	externalTaskId: string,
	request: TaskRequest,
	options: SubmitOptions,
): Promise<Submitted> {
	const { api, clock, sent, deadline, signal, onSend, onBusy } = options;
	const ids = { externalTaskId };
	// Created now by an answer that got lost, or by an earlier try: only the latter counts as adopted.
	let lostNow = false;
	let unreachable = 0;

	if (sent.has(externalTaskId)) {
		onSend?.(externalTaskId);
		const known = sent.get(externalTaskId);
		if (known) return { task: known, externalTaskId, adopted: true };
		const found = await lookUp(externalTaskId, options);
		if (found.task) return { task: found.task, externalTaskId, adopted: true };
		if (!found.absent) throw submitUnknown(found.answer, ids);
	}

	const mayBeLost = sent.has(externalTaskId);
	const denied = (error: TaskError) =>
		mayBeLost || lostNow ? afterLostAnswer(error, externalTaskId) : error;

	const objection = await options.objection?.();
	if (objection) {
		const existing = await ownTask(externalTaskId, request, options);
		if (existing) return { task: existing, externalTaskId, adopted: true };
		throw denied(objection);
	}

	for (let creates = 1; ;) {
		const answer = await withImages(request, async (whole) => {
			throwIfStopped(signal);
			sent.set(externalTaskId, undefined);
			onSend?.(externalTaskId);
			return await api.call({
				method: 'POST',
				path: '/model/v1/generation',
				body: createBody(whole, externalTaskId),
			});
		});
		const task = taskOf(answer);
		if (task) return { task, externalTaskId, adopted: false };

		if (isBusy(answer) || wasNeverSent(answer)) {
			const again = isBusy(answer)
				? await onBusy(retryAfterMs(answer, clock.now()))
				: ++unreachable < MAX_UNREACHABLE &&
					(await pauseUntil(deadline, unreachable, answer, clock, signal));
			if (!again) throw lostNow ? submitUnknown(answer, ids) : denied(submitFailed(answer, ids));
			continue;
		}

		const isDuplicate = isDuplicateExternalId(answer);
		const kind = isDuplicate ? undefined : refusalKind(answer);
		if (kind) throw denied(submitRefused(answer, kind, request.model, ids));

		lostNow ||= !isDuplicate;
		const found = await lookUp(externalTaskId, options);
		if (found.task) return { task: found.task, externalTaskId, adopted: !lostNow };
		if (!found.absent) throw submitUnknown(found.answer, ids);
		// A duplicate that cannot be found: the service contradicts itself, so nothing is certain.
		if (creates >= MAX_CREATES) {
			throw isDuplicate ? submitUnknown(answer, ids) : denied(submitFailed(answer, ids));
		}
		creates++;
	}
}

/**
 * The task that an earlier execution has made, and paid for, under the user's own ID: it costs nothing to
 * take that where a new one may not be created. No execution but this one knows a derived ID.
 */
async function ownTask(
	externalTaskId: string,
	request: TaskRequest,
	{ api, clock, signal }: SubmitOptions,
): Promise<Task | undefined> {
	if (request.externalTaskId === undefined) return undefined;
	const asked = await ask(async () => await look(api, externalTaskId), taskOf, { clock, signal });
	return 'told' in asked ? asked.told : undefined;
}

function wasNeverSent(answer: Answer): boolean {
	return answer.kind === 'silence' && !answer.maybeSent && !answer.lasting;
}

interface Found {
	task?: Task;
	/** The service has said, often enough, that there is no such task. */
	absent: boolean;
	/** The last answer. */
	answer: Answer;
}

/** Looks for a task by our own ID until the service gives a clear answer or the deadline passes. */
async function lookUp(externalTaskId: string, options: SubmitOptions): Promise<Found> {
	const { api, clock, deadline, signal } = options;
	let missing = 0;
	for (let tries = 1; ; tries++) {
		const answer = await look(api, externalTaskId);
		const task = taskOf(answer);
		if (task) return { task, absent: false, answer };
		const kind = refusalKind(answer);
		if (kind === 'missing') missing++;
		else if (kind) return { absent: false, answer };
		if (missing >= LOOKS_BEFORE_RESUBMIT) return { absent: true, answer };
		if (!(await pauseUntil(deadline, tries, answer, clock, signal))) {
			return { absent: false, answer };
		}
	}
}

/** @returns false, without waiting, when the next try would come after the deadline */
async function pauseUntil(
	deadline: number,
	failures: number,
	answer: Answer,
	clock: Clock,
	signal: AbortSignal | undefined,
): Promise<boolean> {
	const now = clock.now();
	const pause = backoffMs(failures, clock.random(), retryAfterMs(answer, now));
	if (now + pause > deadline) return false;
	await clock.sleep(pause, signal);
	return true;
}
