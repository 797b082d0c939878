/** What is said of a redirect to another host, where the key is not sent. */
export const ANOTHER_HOST = 'redirected to another address';

/** The service (or something in front of it) answered. */
export interface Response {
	kind: 'response';
	status: number;
	/** Header names in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON, without the key; undefined when the body was empty or not JSON. */
	body: unknown;
	/** The beginning of a body that is not JSON, in words, to be shown. */
	text?: string;
	/** Why it is not what was asked for, where that is known better than its status tells. */
	problem?: string;
	/** The base URL of the API, which relative addresses in the body count from. */
	baseUrl?: string;
	/** Of a 403 that is not the API's own: how many in a row this connection has met, from 1. */
	foreignRefusals?: number;
}

/** No answer came. */
export interface Silence {
	kind: 'silence';
	/** In plain words, without the key: "the connection was refused". */
	reason: string;
	/** False when the request certainly never reached the service. */
	maybeSent: boolean;
	/** True when trying again cannot help: the request was refused on this side. */
	permanent: boolean;
}

export type Answer = Response | Silence;
