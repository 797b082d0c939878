import { type IExecuteFunctions, NodeApiError } from 'n8n-workflow';
import { type CredentialFunctions, readSecrets } from '../api/credential/credential';
import { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import { isAgentTool } from '../batch/item';

/**
 * What n8n shows and stores of an error, in both nodes. Built from our own words only: n8n would carry
 * along the request, and with it the key.
 */
export function nodeError(
	functions: Pick<IExecuteFunctions, 'getNode'>,
	error: TaskError,
	itemIndex: number,
): NodeApiError {
	const { description, details } = error;
	// An agent is given the message of an error and nothing else (n8n 2.41).
	const message = isAgentTool(functions) ? `${error.message}. ${description}` : error.message;
	const result = new NodeApiError(
		functions.getNode(),
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
 * the address of a video. What comes in through the API's client is without it; this is for all the rest.
 */
export async function withoutKey(
	functions: CredentialFunctions,
	error: TaskError,
): Promise<TaskError> {
	const secrets = await readSecrets(functions);
	const { message, description, details } = error;
	const hidden = secrets.clean({ message, description, details });
	return new TaskError(hidden.message, hidden.description, hidden.details);
}
