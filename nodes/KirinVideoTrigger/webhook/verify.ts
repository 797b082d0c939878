import { type Answer, refusalKind } from '../../KirinVideo/api/answer';
import { repeat } from '../../KirinVideo/api/retry';
import type { TaskError } from '../../KirinVideo/api/taskError';
import type { Call } from '../../KirinVideo/task/callback';
import { getFailed } from '../../KirinVideo/task/errors';
import { taskOf } from '../../KirinVideo/task/getTask';
import { type KnownIds, type Task, idsOf, isDone } from '../../KirinVideo/task/task';

/** What the service says of the task that a call names. */
export interface Known {
	task: Task;
	ids: KnownIds;
}

/** Why a call is sent away. */
export interface Refusal {
	/** The HTTP status: 5xx where the same call may be good later, so that a sender that repeats does so. */
	status: 400 | 404 | 500 | 503;
	message: string;
	/** For the header Retry-After, in seconds. */
	retryAfterS?: number;
	/** For whoever runs n8n; the caller may be anybody. */
	problem?: TaskError;
}

export type Verdict = Known | Refusal;

/** How a verification reaches the service. */
export interface Service {
	/** One status request; undefined when so many are under way that this one has to give up. */
	getWithFreshKey(id: string, timeoutMs: number): Promise<Answer | undefined>;
	/** Whether one more task that the service does not know may be asked for again. */
	mayAskAgain(): boolean;
	/** Resolves after `ms` milliseconds. */
	sleep(ms: number): Promise<void>;
	/** Milliseconds since the epoch. */
	now(): number;
}

/** How long a caller waits for the status requests of its call, in milliseconds: senders give up. */
export const VERIFY_WITHIN_MS = 5_000;

/**
 * Pauses before another status request, in milliseconds. The API may lag behind its own callbacks, so a
 * done task may still be in progress for a moment, and a new one unknown.
 */
const UNCONFIRMED_PAUSES_MS = [500, 1_000, 1_500];
const UNKNOWN_PAUSES_MS = [1_000];

const RETRY_AFTER_S = 5;

export const BUSY: Refusal = {
	status: 503,
	message: 'Too many calls at once',
	retryAfterS: RETRY_AFTER_S,
};

/**
 * Asks the service for the task that a call names. Nothing of the call is believed but that: an ID by
 * which the account's own key finds a task. A call that only tells of progress costs one status
 * request; several are sent only where the call claims an end that the API does not confirm, or names a
 * task that it does not know.
 */
export async function verify({ ids, claimsEnd }: Call, service: Service): Promise<Verdict> {
	const deadline = service.now() + VERIFY_WITHIN_MS;
	let attempts = 0;
	const once = async (): Promise<{ value: Verdict } | { open: Verdict }> => {
		const verdict = await find(ids, service, deadline);
		const isEnd = !isUnknown(verdict) && !isUnconfirmed(verdict, claimsEnd);
		return isEnd ? { value: verdict } : { open: verdict };
	};
	const pauseAfter = ({ open }: { open: Verdict }) => {
		const pause = (isUnknown(open) ? UNKNOWN_PAUSES_MS : UNCONFIRMED_PAUSES_MS)[attempts++];
		if (pause === undefined || service.now() + pause > deadline) return undefined;
		return isUnknown(open) && !service.mayAskAgain() ? undefined : pause;
	};
	const outcome = await repeat(once, pauseAfter, async (ms) => await service.sleep(ms));
	if ('value' in outcome) return outcome.value;
	if (isUnknown(outcome.open)) return outcome.open;
	return {
		status: 503,
		message: 'The API does not confirm yet that the task is done',
		retryAfterS: RETRY_AFTER_S,
	};
}

function isUnknown(verdict: Verdict): boolean {
	return 'status' in verdict && verdict.status === 404;
}

function isUnconfirmed(verdict: Verdict, claimsEnd: boolean): boolean {
	return claimsEnd && 'task' in verdict && !isDone(verdict.task);
}

/** One status request, or two where a call names both IDs and the service does not know the first. */
async function find(named: KnownIds, service: Service, deadline: number): Promise<Verdict> {
	let refusal: Refusal = { status: 400, message: 'The body names no task' };
	for (const id of [named.taskId, named.externalTaskId]) {
		if (id === undefined) continue;
		const answer = await service.getWithFreshKey(
			id,
			Math.max(MIN_TIMEOUT_MS, deadline - service.now()),
		);
		if (!answer) return BUSY;
		const task = taskOf(answer);
		if (task) return { task, ids: idsOf(task, { taskId: id }) };
		refusal = refusalOf(answer, id);
		if (refusal.status !== 404) break;
	}
	return refusal;
}

/** What is left for the last status request of a slow verification, in milliseconds. */
const MIN_TIMEOUT_MS = 500;

function refusalOf(answer: Answer, id: string): Refusal {
	const kind = refusalKind(answer);
	// A service may refuse an ID that cannot be one of its own in place of not finding it.
	if (kind === 'missing' || kind === 'parameter') {
		return { status: 404, message: 'The service knows no such task' };
	}
	const problem = getFailed(answer, kind, id);
	return kind
		? { status: 500, message: "The task cannot be verified; n8n's log says why", problem }
		: {
				status: 503,
				message: 'The task cannot be verified now',
				retryAfterS: RETRY_AFTER_S,
				problem,
			};
}
