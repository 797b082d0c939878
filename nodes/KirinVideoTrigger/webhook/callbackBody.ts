import type { IWebhookFunctions } from 'n8n-workflow';
import { claimsEnd, exactBody, readCallback } from '../../KirinVideo/task/callback';
import type { KnownIds } from '../../KirinVideo/task/task';

/** What is read from the body of a call. None of it is trusted. */
export interface Call {
	/** By these IDs the service is asked. Empty when the body names none that could be one. */
	ids: KnownIds;
	/** The body says that the task is done: it is worth asking again where the API does not say so yet. */
	claimsEnd: boolean;
}

/** Reads the body of a call. */
export function readCall(
	functions: Pick<IWebhookFunctions, 'getBodyData' | 'getRequestObject'>,
): Call {
	const body = exactBody(functions.getBodyData(), functions.getRequestObject());
	return { ids: readCallback(body), claimsEnd: claimsEnd(body) };
}
