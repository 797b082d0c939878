import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { type Api, CREDENTIAL, connect, parseJson, readBaseUrl } from '../KirinVideo/api/client';
import type { TaskError } from '../KirinVideo/api/taskError';
import type { ReadParameter } from '../KirinVideo/request/parameters';
import { show } from '../KirinVideo/request/values';
import { readCallback } from '../KirinVideo/task/callback';
import { credentialError } from '../KirinVideo/task/errors';
import type { KnownIds } from '../KirinVideo/task/task';
import type { Notice } from './emit';
import { isWanted } from './events';
import { told } from './once';
import { type Known, type Refusal, verify } from './verify';

/**
 * A call → whether to start the workflow. Anybody may call, so the service is asked first (reference:
 * "Callback"), and only what it says goes on. The video comes later, in the execution: the caller has
 * its answer as soon as n8n has created that.
 */
export async function receive(functions: IWebhookFunctions): Promise<IWebhookResponseData> {
	const station = { workflow: functions.getWorkflow(), node: functions.getNode() };
	// What is sent to the Test URL is to be seen, as often as it is sent.
	const isTest = functions.getMode() === 'manual';
	const named = readIds(functions);
	if (!isTest && named.taskId !== undefined && told.hasSettled(station, named.taskId)) {
		return noted('This task has ended and was accepted before');
	}

	const verdict = await ask(functions, named);
	if ('status' in verdict) return refuse(functions, verdict);
	const { task, ids } = verdict;
	const read: ReadParameter = (path, fallback) => functions.getNodeParameter(path, fallback);
	if (!isWanted(task, read)) return noted('The trigger does not listen to this event');
	if (!isTest) {
		// Nothing is awaited in between, so of two calls at once the second finds the first one's mark.
		if (!told.isNews(station, task)) return noted('This event was accepted before');
		told.add(station, task);
		// Without a 200 n8n has started no execution, and the caller may try again.
		const response = responseOf(functions);
		response.once('close', () => {
			if (response.statusCode >= 300) told.forget(station, task);
		});
	}
	const notice: Notice = { task: task.raw, ids };
	return {
		workflowData: [[{ json: notice as unknown as IDataObject }]],
		webhookResponse: { message: 'Accepted' },
	};
}

/** n8n reads the bodies of some content types only; which one the service sends is not documented. */
function readIds(functions: IWebhookFunctions): KnownIds {
	const ids = readCallback(functions.getBodyData());
	if (ids.taskId ?? ids.externalTaskId) return ids;
	const { rawBody } = functions.getRequestObject() as { rawBody?: { toString(): string } };
	return readCallback(parseJson(rawBody?.toString()));
}

/** Never throws: n8n would start an execution that has failed, for whoever calls. */
async function ask(functions: IWebhookFunctions, named: KnownIds): Promise<Known | Refusal> {
	let key = '';
	const warn = (text: string) =>
		functions.logger.warn(
			`Kirin Video Trigger: ${key === '' ? text : text.replaceAll(key, '[API key]')}`,
		);
	try {
		const verdict = await verify(named, {
			async call(call) {
				const { apiKey, baseUrl } = await functions.getCredentials<IDataObject>(CREDENTIAL);
				key = typeof apiKey === 'string' ? apiKey.trim() : '';
				return await apiAt(functions, baseUrl).call(call);
			},
		});
		if ('problem' in verdict && verdict.problem) warn(textOf(verdict.problem));
		return verdict;
	} catch (error) {
		warn(error instanceof Error ? error.message : String(error));
		return { status: 500, message: "The task cannot be verified; n8n's log says why" };
	}
}

function apiAt(functions: IWebhookFunctions, value: unknown): Api {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return connect(functions, baseUrl, {}, undefined);
}

function textOf({ message, description }: TaskError): string {
	return `${message}. ${description}`;
}

/** No execution is started, and a call to the Test URL goes on listening. */
function noted(message: string): IWebhookResponseData {
	return { webhookResponse: { message } };
}

/** The parts of express's response that are used here. */
interface Response {
	statusCode: number;
	status(code: number): { json(body: object): unknown };
	once(event: 'close', listener: () => void): unknown;
}

/** The package brings no types of express, which n8n's own would need. */
function responseOf(functions: { getResponseObject(): unknown }): Response {
	return functions.getResponseObject() as Response;
}

function refuse(functions: IWebhookFunctions, { status, message }: Refusal): IWebhookResponseData {
	responseOf(functions).status(status).json({ message });
	return { noWebhookResponse: true };
}
