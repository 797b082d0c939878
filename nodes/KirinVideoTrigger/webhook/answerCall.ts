import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { TaskError } from '../../KirinVideo/api/taskError';
import { forLog } from '../../KirinVideo/api/untrusted';
import { withoutKey } from '../../KirinVideo/output/nodeError';
import type { ReadParameter } from '../../KirinVideo/request/parameters';
import { type Call, readCall } from '../../KirinVideo/task/callback';
import type { VerifiedTask } from '../emit';
import { isExpression, isWanted } from '../events';
import { releaseIsolate } from './isolate';
import { seenEvents, triggerOf } from '../seenEvents';
import { credentials, serviceOf } from './service';
import { WarningLimit } from './log';
import { SharedVerifications } from './sharedVerifications';
import { type Refusal, type Verdict, verify } from './verify';

const verifications = new SharedVerifications();

/**
 * Answers a call: starts the workflow or not. Anybody may call, so the service is asked first
 * (reference: "Callback"), and only what the service says goes on. What can be refused without asking
 * is refused before anything is decrypted. The video is downloaded later, in the execution: the caller
 * has its answer as soon as n8n has created that.
 */
export async function answerCall(functions: IWebhookFunctions): Promise<IWebhookResponseData> {
	const trigger = triggerOf(functions);
	// What is sent to the Test URL is to be shown, as often as it is sent.
	const isTest = functions.getMode() === 'manual';
	const call = readCall(functions.getBodyData(), functions.getRequestObject());
	const { taskId, externalTaskId } = call.ids;
	if (taskId === undefined && externalTaskId === undefined) {
		return refuse(functions, { status: 400, message: 'The body names no task' });
	}
	if (!isTest && seenEvents.hasEnded(trigger, call.ids)) {
		return ignore('This task is done, and a call has said so before');
	}

	const verdict = await verdictOn(functions, call, trigger);
	if ('status' in verdict) return refuse(functions, verdict);
	const { task, ids } = verdict;
	const read: ReadParameter = (path, fallback) => functions.getNodeParameter(path, fallback);
	const wanted = isWanted(task, read);
	if (!isTest) {
		// Nothing is awaited in between, so of two calls at once the second finds the mark of the first.
		const isNew = seenEvents.isNew(trigger, task);
		seenEvents.add(trigger, task, ids);
		if (!isNew) return ignore('This event was accepted before');
	}
	if (!wanted) return ignore('The trigger does not listen to this event');
	if (!isTest) {
		// Without a 200 n8n has started no execution, and the caller may try again.
		const response = responseOf(functions);
		response.once('close', () => {
			if (response.statusCode >= 300) seenEvents.forget(trigger, task, ids);
		});
	}
	const verified: VerifiedTask = { task: task.raw, ids, contents: task.contents };
	return {
		workflowData: [[{ json: verified as unknown as IDataObject }]],
		webhookResponse: { message: 'Accepted' },
	};
}

/** Does not throw: n8n would start an execution that has failed, for whoever calls. */
async function verdictOn(
	functions: IWebhookFunctions,
	call: Call,
	trigger: string,
): Promise<Verdict> {
	const { ids, claimsEnd } = call;
	const key = JSON.stringify([trigger, ids.taskId, ids.externalTaskId, claimsEnd]);
	const known = verifications.recent(key);
	if (known) return known;
	// An expression is evaluated once the task is known: until then n8n has to hold its isolate.
	if (!isExpression(functions)) await releaseIsolate(functions);
	return await verifications.join(key, async () => await verifyAndLog(functions, call));
}

/** Logs once for all calls that share the verification. */
async function verifyAndLog(functions: IWebhookFunctions, call: Call): Promise<Verdict> {
	try {
		const verdict = await verify(call, serviceOf(functions));
		if ('problem' in verdict && verdict.problem) await warn(functions, verdict.problem);
		return verdict;
	} catch (error) {
		const problem =
			error instanceof TaskError ? error : new TaskError(messageOf(error), 'Nothing was started.');
		await warn(functions, problem);
		return { status: 500, message: "The task cannot be verified; n8n's log says why" };
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

const warnings = new WarningLimit();

async function warn(functions: IWebhookFunctions, problem: TaskError): Promise<void> {
	const say = (text: string) => functions.logger.warn(forLog(`Kirin Video Trigger: ${text}`));
	const leave = warnings.take(triggerOf(functions));
	if (leave === 'no') return;
	// The credential is kept from the status request: nothing is decrypted for this.
	const getCredentials = async <T>() => (await credentials.of(functions)) as T;
	const { message, description } = await withoutKey({ getCredentials }, problem);
	say(`${message}. ${description}`);
	if (leave === 'last') say('Further warnings are left out for a minute.');
}

/** No execution is started, and a call to the Test URL goes on listening. */
function ignore(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

/** The parts of express's response that are used here. */
interface Response {
	statusCode: number;
	setHeader(name: string, value: string): unknown;
	status(code: number): { json(body: object): unknown };
	once(event: 'close', listener: () => void): unknown;
}

/** The package brings no types of express, which n8n's own would need. */
function responseOf(functions: { getResponseObject(): unknown }): Response {
	return functions.getResponseObject() as Response;
}

function refuse(functions: IWebhookFunctions, refusal: Refusal): IWebhookResponseData {
	const { status, message, retryAfterS } = refusal;
	const response = responseOf(functions);
	if (retryAfterS !== undefined) response.setHeader('Retry-After', String(retryAfterS));
	response.status(status).json({ message });
	return { noWebhookResponse: true };
}
