import type { IWebhookDescription, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { CREDENTIAL, connect, readBaseUrl } from '../api/client';
import { systemClock } from '../api/clock';
import { readCallback } from '../task/callback';
import type { KnownIds } from '../task/task';
import { type Round, lookForUnsettled } from './checkTasks';
import { type Pending, type Suspension, findSuspended, wake } from './savedState';
import { SharedRounds } from './sharedChecks';

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
	const wait = nameOf(this, suspension);
	if (isBeingWoken(wait)) return {};

	const pending = inOrder(suspension, readCallback(this.getBodyData()));
	const ids = pending.map((one) => one.ids.taskId ?? one.ids.externalTaskId ?? '');
	const { verdict, seen } = await rounds.join(wait, async () => {
		const baseUrl = await baseUrlOf(this);
		// Without one no look can be had; when the node runs, its error says so and names the tasks.
		if (baseUrl === undefined) return { verdict: 'settled', seen: new Map() };
		const api = connect(this, baseUrl, suspension.connection, undefined);
		return await lookForUnsettled(ids, api, systemClock);
	});
	switch (verdict) {
		case 'settled':
			if (isBeingWoken(wait)) return {};
			wokenAt.set(wait, systemClock.now());
			pending.forEach((one, index) => (one.task = seen.get(ids[index] ?? '') ?? one.task));
			return { workflowData: [wake(suspended)] };
		case 'unsettled':
			return {};
		case 'unknown':
			// The sender may try again, and then the service may be there.
			answer(this, 503, 'The task could not be looked at; call again later');
			return { noWebhookResponse: true };
	}
}

/** Which wait it is of all that this process takes calls for: an execution may have one after another. */
function nameOf(functions: IWebhookFunctions, { runIndex, waits }: Suspension): string {
	return [functions.getExecutionId(), functions.getNode().id, runIndex, waits].join(' ');
}

/** Read anew: the credential may have changed, and its key goes to no address but its own. */
async function baseUrlOf(functions: IWebhookFunctions): Promise<string | undefined> {
	return await functions.getCredentials<{ baseUrl: unknown }>(CREDENTIAL).then(
		({ baseUrl }) => readBaseUrl(baseUrl),
		// Thrown on, it would let n8n go on with an empty item.
		() => undefined,
	);
}

/** Of the waiting executions that this process takes calls for. */
const rounds = new SharedRounds<Round>();

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

interface HttpResponse {
	status(code: number): { json(body: unknown): void };
}

function answer(functions: IWebhookFunctions, code: number, message: string): void {
	const response = functions.getResponseObject() as unknown as HttpResponse;
	response.status(code).json({ message });
}
