import { type IExecuteFunctions, NodeApiError } from 'n8n-workflow';
import { CREDENTIAL } from '../api/client';
import { TaskError } from '../api/taskError';
import { defined, record } from '../api/untrusted';
import { isAgentTool } from './agentTool';

/** The parts of n8n's contexts that it takes to tell an error. */
type Functions = Pick<IExecuteFunctions, 'getNode' | 'getCredentials'>;

/**
 * What n8n shows and stores of an error, in both nodes. Built from our own words only: n8n would carry
 * along the request, and with it the key.
 */
export function nodeError(
	functions: Pick<Functions, 'getNode'>,
	error: TaskError,
	itemIndex: number,
): NodeApiError {
	const { description, details } = error;
	const node = functions.getNode();
	// An agent is given the message of an error and nothing else (n8n 2.41).
	const message = isAgentTool(node) ? `${error.message}. ${description}` : error.message;
	const result = new NodeApiError(
		node,
		{ message },
		{
			message,
			description,
			itemIndex,
			...(details.httpStatus && { httpCode: String(details.httpStatus) }),
		},
	);
	// n8n rewrites messages in which it finds the name of a system error, even within a word.
	result.message = message;
	result.context.data = defined(details);
	return result;
}

/**
 * Services quote what they refuse: a key that is not accepted may come back in the very answer, and in
 * the address of a video.
 */
export async function withoutKey(
	functions: Pick<Functions, 'getCredentials'>,
	error: TaskError,
): Promise<TaskError> {
	const { apiKey } = await functions
		.getCredentials<{ apiKey?: unknown }>(CREDENTIAL)
		.catch(() => ({ apiKey: undefined }));
	const key = typeof apiKey === 'string' ? apiKey.trim() : '';
	if (key === '') return error;
	const { message, description, details } = error;
	const hidden = hide({ message, description, details }, key) as typeof error;
	return new TaskError(hidden.message, hidden.description, hidden.details);
}

function hide(value: unknown, key: string): unknown {
	if (typeof value === 'string') return value.replaceAll(key, '[API key]');
	if (Array.isArray(value)) return value.map((one: unknown) => hide(one, key));
	const object = record(value);
	if (!object) return value;
	return Object.fromEntries(Object.entries(object).map(([name, one]) => [name, hide(one, key)]));
}
