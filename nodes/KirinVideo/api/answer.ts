/** The problem with a redirect to another host, to which the key is not sent. */
export const ANOTHER_HOST = 'redirected to another address';

/** The service (or something in front of it) answered. */
export interface Response {
	kind: 'response';
	status: number;
	/** Header names in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON, without the key; undefined when the body was empty or not JSON. */
	body: unknown;
	/** The beginning of a body that is not JSON, in words, for an error. */
	text?: string;
	/** What is wrong with the answer, where the status does not say it. */
	problem?: string;
	/** The base URL of the API, which relative addresses in the body count from. */
	baseUrl?: string;
	/** How many answers in a row, from 1, were a 403 that is not the API's own. */
	foreignRefusals?: number;
}

/** No answer came. */
export interface NoAnswer {
	kind: 'noAnswer';
	/** In plain words, without the key: "the connection was refused". */
	reason: string;
	/** False when the request certainly never reached the service. */
	maybeSent: boolean;
	/** True when another attempt cannot help, because n8n refused the request. */
	permanent: boolean;
}

export type Answer = Response | NoAnswer;
