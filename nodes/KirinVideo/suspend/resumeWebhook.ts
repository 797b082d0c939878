import type {
	ICredentialDataDecryptedObject,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { withCredential, CREDENTIAL } from '../api/credential/credential';
import { connect, readBaseUrl } from '../api/client';
import { systemClock } from '../api/clock';
import { readCall } from '../task/callback';
import { type KnownIds, idOf, seenAgain } from '../task/task';
import { type Finding, checkTasks } from './checkTasks';
import { type KnownWait, KnownWaits } from './knownWaits';
import { type SavedState, findWaitingExecution, pendingIn, waitName } from './savedState';
import { watcher } from './watcher';

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

/** The longest time that a caller waits for an answer, in milliseconds. */
export const ANSWER_WITHIN_MS = 1_500;

/**
 * A call to the resume URL of an execution that waits for its tasks. Anybody may call it, at any time,
 * any number of times: it only causes a check. The execution is resumed when the service itself says
 * that every task is done.
 *
 * n8n holds some 4 MiB for each call that is not answered. So calls that cannot matter, or that a queued
 * check covers, are answered at once, before anything is decrypted or asked: at most two calls of a wait
 * are held, the one that checks and the one that checks next.
 */
export async function resumeOnCallback(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const execution = findWaitingExecution(this);
	if (!execution) {
		this.logger.warn(
			'Kirin Video: this version of n8n does not let a callback end the wait; Task → Wait gets the results after it',
		);
		return {};
	}
	const known = knownWaits.of(waitName(this, execution.wait));
	if (known.isResumed || known.isCheckQueued) return {};

	const state = execution.readState();
	const call = readCall(this.getBodyData(), this.getRequestObject());
	const pending = inOrder(state, call.ids);
	const [first] = pending;
	if (first?.isNamed && !known.name(idOf(first.pending.ids))) return {};

	const isEnd = first?.isNamed === true && call.claimsEnd;
	const ids = pending.map((one) => idOf(one.pending.ids));
	const outcome = known.check(
		async () => await check(this, state, { known, ids, claimsEnd: isEnd }),
	);
	const isLate = await Promise.race([
		outcome.then(() => false),
		systemClock.sleep(ANSWER_WITHIN_MS).then(() => true),
	]);
	if (isLate) answer(this, 200, 'The tasks are being checked');
	const finding = await outcome;
	if (finding === 'done') {
		if (known.isResumed) return { noWebhookResponse: isLate };
		complete(state, known);
		return { workflowData: [execution.resume(state)], noWebhookResponse: isLate };
	}
	// The sender may call again, and by then the service may answer, or know of the end.
	if (!isLate && finding === 'unknown') answer(this, 503, 'The tasks could not be checked');
	else if (!isLate && isEnd) answer(this, 503, 'The task is not done yet');
	else return { noWebhookResponse: isLate };
	return { noWebhookResponse: true };
}

/** Of the waiting executions that this process takes calls for. */
const knownWaits = new KnownWaits(systemClock);

interface CheckInput {
	known: KnownWait;
	/** Of the pending tasks, the named one first. */
	ids: string[];
	claimsEnd: boolean;
}

async function check(
	functions: IWebhookFunctions,
	state: SavedState,
	{ known, ids, claimsEnd }: CheckInput,
): Promise<Finding> {
	// Several calls may have passed the first test before one of them resumed the execution.
	if (known.isResumed) return 'done';
	const credential = await readCredential(functions, state);
	if (!credential) return 'unknown';
	const baseUrl = readBaseUrl(credential.baseUrl);
	// Without a base URL no request is possible; when the node runs, its error says so and names the tasks.
	if (baseUrl === undefined) return 'done';
	const { connection, resumeUrl, until } = state;
	const finding = await checkTasks(ids, {
		api: connect(withCredential(functions, credential), baseUrl, connection, undefined),
		clock: systemClock,
		done: known.done,
		claimsEnd,
	});
	if (finding !== 'done' && resumeUrl !== undefined && until !== undefined) {
		const name = waitName(functions, state);
		const { apiKey } = credential;
		const wait = { name, resumeUrl, until, ids, apiKey, baseUrl, connection };
		// The callers that this check covers have their answer, so nobody else would come back for them.
		if (finding === 'unknown' || claimsEnd) watcher.watch(wait, functions);
		else watcher.takeOver(wait, functions);
	}
	return finding;
}

/**
 * Reads the credential once for all requests of a check, and anew for each: it may have changed, and its
 * key goes to no address but its own.
 *
 * @returns undefined when it cannot be read. The execution goes on waiting then: n8n runs no node without
 *   its credential and tells none of the tasks, but at the maximum wait it passes the tasks on as items
 */
async function readCredential(
	functions: IWebhookFunctions,
	{ until }: SavedState,
): Promise<ICredentialDataDecryptedObject | undefined> {
	return await functions.getCredentials(CREDENTIAL).catch(() => {
		const end = until === undefined ? '' : ` until ${new Date(until).toISOString()}`;
		functions.logger.warn(
			`Kirin Video: the credential cannot be read, so execution ${functions.getExecutionId()} goes on waiting${end}. Then its tasks come out as items, for Task → Wait`,
		);
		return undefined;
	});
}

/** Puts what the checks have found into the state that the node goes on from. */
function complete(state: SavedState, known: KnownWait): void {
	for (const pending of pendingIn(state)) {
		const task = known.done.get(idOf(pending.ids));
		if (task) Object.assign(pending, seenAgain(pending, task, systemClock.now()));
	}
	known.resume();
}

/**
 * The tasks to check, the named one first. The others stand in random order: with gets until the first
 * task that is not done, n callbacks take some n·log n gets, in whatever order tasks end.
 */
function inOrder(state: SavedState, named: KnownIds) {
	return pendingIn(state)
		.map((pending) => {
			const { taskId, externalTaskId } = pending.ids;
			const isNamed = [named.taskId, named.externalTaskId].some(
				(id) => id !== undefined && (id === taskId || id === externalTaskId),
			);
			return { pending, isNamed, key: isNamed ? -1 : systemClock.random() };
		})
		.sort((a, b) => a.key - b.key);
}

interface HttpResponse {
	status(code: number): { json(body: unknown): void };
}

function answer(functions: IWebhookFunctions, code: number, message: string): void {
	const response = functions.getResponseObject() as unknown as HttpResponse;
	response.status(code).json({ message });
}
