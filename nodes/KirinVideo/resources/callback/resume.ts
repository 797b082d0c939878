import type { IWebhookDescription, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { type Clock, systemClock } from '../../clock';
import { readCallback } from '../../task/callback';
import { backoffMs } from '../../task/backoff';
import { look, taskOf } from '../../task/poll';
import { refusalKind } from '../../task/refusal';
import { type KnownIds, isSettled } from '../../task/task';
import { type Api, connect } from '../../transport';
import { SharedRounds } from './sharedRounds';
import { findSuspended, type Suspension, wake } from './suspension';

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
	const { baseUrl, connection } = suspension;
	const api = connect(this, baseUrl, connection, undefined);
	const ids = pendingIds(suspension, readCallback(this.getBodyData()));
	const look = async () => await lookForUnsettled(ids, api, systemClock);
	switch (await rounds.join(keyOf(suspension), look)) {
		case 'none':
			return { workflowData: [wake(suspended)] };
		case 'found':
			return {};
		case 'unknown':
			// The sender may try again, and then the service may be there.
			answer(this, 503, 'The task could not be looked at; call again later');
			return { noWebhookResponse: true };
	}
}

type Finding = 'found' | 'none' | 'unknown';

/** Of the waiting executions that this process takes calls for. */
const rounds = new SharedRounds<Finding>();

/** The same for all calls that find the execution in the same wait, and for no others. */
function keyOf({ items, runIndex, waits }: Suspension): string {
	const ids = items.map((item) => item?.pending?.ids.taskId ?? '');
	return [runIndex, waits, ...ids].join(' ');
}

interface HttpResponse {
	status(code: number): { json(body: unknown): void };
}

function answer(functions: IWebhookFunctions, code: number, message: string): void {
	const response = functions.getResponseObject() as unknown as HttpResponse;
	response.status(code).json({ message });
}

/**
 * The tasks to look at, the named one first. The others stand in random order: a look at each until the
 * first that has not settled takes n·log n looks for n callbacks, in whatever order the tasks settle.
 */
function pendingIds({ items }: Suspension, named: KnownIds): KnownIds[] {
	const ids = shuffled(items.flatMap((item) => item?.pending?.ids ?? []));
	const isNamed = ({ taskId, externalTaskId }: KnownIds) =>
		[named.taskId, named.externalTaskId].some(
			(id) => id !== undefined && (id === taskId || id === externalTaskId),
		);
	return [...ids.filter(isNamed), ...ids.filter((one) => !isNamed(one))];
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

async function lookForUnsettled(ids: KnownIds[], api: Api, clock: Clock): Promise<Finding> {
	for (const { taskId, externalTaskId } of ids) {
		const state = await stateOf(taskId ?? externalTaskId ?? '', api, clock);
		if (state !== 'settled') return state === 'unknown' ? 'unknown' : 'found';
	}
	return 'none';
}

async function stateOf(
	id: string,
	api: Api,
	clock: Clock,
): Promise<'settled' | 'unsettled' | 'unknown'> {
	for (let tries = 1; ; tries++) {
		const answer = await look(api, id, LOOK_TIMEOUT_MS);
		const task = taskOf(answer);
		if (task) return isSettled(task) ? 'settled' : 'unsettled';
		const refusal = refusalKind(answer);
		// Not visible for a moment, perhaps; the end of the task brings another call.
		if (refusal === 'missing') return 'unsettled';
		// A key that is not accepted any more ends every wait, with the error that says so.
		if (refusal) return 'settled';
		if (tries >= LOOK_TRIES) return 'unknown';
		await clock.sleep(backoffMs(tries, clock.random()));
	}
}
