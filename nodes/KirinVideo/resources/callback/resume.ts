import type { IWebhookDescription, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { type Clock, systemClock } from '../../clock';
import { readCallback } from '../../task/callback';
import { backoffMs } from '../../task/backoff';
import { look, taskOf } from '../../task/poll';
import { refusalKind } from '../../task/refusal';
import { type KnownIds, isSettled } from '../../task/task';
import { type Api, connect } from '../../transport';
import { type Pending, type Suspension, findSuspended, wake } from './suspension';

/** The resume URL of a waiting execution. */
export const resumeWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'POST',
		responseMode: 'onReceived',
		path: '',
		restartWebhook: true,
		isFullPath: true,
	},
];

/**
 * A call to the resume URL of an execution that waits for its tasks. Anybody may call it, at any time,
 * any number of times: it is only taken as a hint to look. The execution goes on when the service
 * itself says that every task has settled.
 */
export async function resumeOnCallback(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const suspended = findSuspended(this);
	if (!suspended) {
		this.logger.warn(
			'Kirin Video: this version of n8n does not let a callback end the wait; Task → Wait gets the results after it',
		);
		return {};
	}
	const { suspension } = suspended;
	const wait = `${this.getExecutionId()} ${suspension.waits}`;
	if (isBeingWoken(wait)) return {};
	const { baseUrl, connection } = suspension;
	const api = connect(this, baseUrl, connection, undefined);
	const pending = inOrder(suspension, readCallback(this.getBodyData()));
	switch (await lookForUnsettled(pending, api, systemClock)) {
		case 'none':
			if (isBeingWoken(wait)) return {};
			wokenAt.set(wait, systemClock.now());
			return { workflowData: [wake(suspended)] };
		case 'found':
			return {};
		case 'unknown':
			// The sender may try again, and then the service may be there.
			answer(this, 503, 'The task could not be looked at; call again later');
			return { noWebhookResponse: true };
	}
}

/** Waits that have just been ended, with the moment in milliseconds since the epoch. */
const wokenAt = new Map<string, number>();

/** How long n8n may take to resume an execution; until then it answers further calls with an error. */
const WAKING_MS = 10_000;

/** The last tasks of a run may settle together: then several calls find that all have settled. */
function isBeingWoken(wait: string): boolean {
	const earliest = systemClock.now() - WAKING_MS;
	for (const [one, at] of wokenAt) if (at < earliest) wokenAt.delete(one);
	return wokenAt.has(wait);
}

interface HttpResponse {
	status(code: number): { json(body: unknown): void };
}

function answer(functions: IWebhookFunctions, code: number, message: string): void {
	const response = functions.getResponseObject() as unknown as HttpResponse;
	response.status(code).json({ message });
}

/**
 * The tasks to look at, the named one first. The others stand in random order: with a look at each until
 * the first that has not settled, n callbacks take some n·log n looks, in whatever order tasks settle.
 */
function inOrder({ items }: Suspension, named: KnownIds): Pending[] {
	const pending = shuffled(items.flatMap((item) => item?.pending ?? []));
	const isNamed = ({ ids: { taskId, externalTaskId } }: Pending) =>
		[named.taskId, named.externalTaskId].some(
			(id) => id !== undefined && (id === taskId || id === externalTaskId),
		);
	return [...pending.filter(isNamed), ...pending.filter((one) => !isNamed(one))];
}

function shuffled<T>(values: T[]): T[] {
	return values
		.map((value) => ({ value, key: systemClock.random() }))
		.sort((a, b) => a.key - b.key)
		.map(({ value }) => value);
}

/** A caller is not kept waiting for longer looks than this, in milliseconds. */
const LOOK_TIMEOUT_MS = 10_000;
const LOOK_TRIES = 3;
const MOST_AT_ONCE = 32;

/**
 * Looks at one task, then at two, at four …: few looks while tasks are under way, little time at the
 * end. What is seen of a task is noted with it.
 */
async function lookForUnsettled(
	pending: Pending[],
	api: Api,
	clock: Clock,
): Promise<'found' | 'none' | 'unknown'> {
	const left = [...pending];
	for (let atOnce = 1; left.length > 0; atOnce = Math.min(2 * atOnce, MOST_AT_ONCE)) {
		const looks = left.splice(0, atOnce).map(async (one) => await lookAt(one, api, clock));
		const states = await Promise.all(looks);
		if (states.includes('unsettled')) return 'found';
		if (states.includes('unknown')) return 'unknown';
	}
	return 'none';
}

async function lookAt(
	pending: Pending,
	api: Api,
	clock: Clock,
): Promise<'settled' | 'unsettled' | 'unknown'> {
	const { taskId, externalTaskId } = pending.ids;
	for (let tries = 1; ; tries++) {
		const answer = await look(api, taskId ?? externalTaskId ?? '', LOOK_TIMEOUT_MS);
		const task = taskOf(answer);
		if (task) {
			pending.task = task;
			return isSettled(task) ? 'settled' : 'unsettled';
		}
		const refusal = refusalKind(answer);
		// Not visible for a moment, perhaps; the end of the task brings another call.
		if (refusal === 'missing') return 'unsettled';
		// A key that is not accepted any more ends every wait, with the error that says so.
		if (refusal) return 'settled';
		if (tries >= LOOK_TRIES) return 'unknown';
		await clock.sleep(backoffMs(tries, clock.random()));
	}
}
