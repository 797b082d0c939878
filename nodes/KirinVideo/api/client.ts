import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IDataObject,
	IHttpRequestOptions,
} from 'n8n-workflow';
import { throwIfStopped } from './clock';

export const CREDENTIAL = 'kirinVideoApi';

/** How long one API call may take unless the user sets a time-out: no call waits for a render. */
export const API_TIMEOUT_MS = 60_000;

/** What n8n's routing fills in when the user has set no time-out under Request Options. */
const ROUTING_DEFAULT_TIMEOUT_MS = 300_000;

const MAX_REDIRECTS = 5;

/** The service (or something in front of it) answered. */
export interface Response {
	kind: 'response';
	status: number;
	/** Header names in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON; undefined when the body was empty or not JSON. */
	body: unknown;
}

/** No answer came. */
export interface Silence {
	kind: 'silence';
	/** In plain words, without the key: "the connection was refused". */
	reason: string;
	/** False when the request certainly never reached the service. */
	maybeSent: boolean;
	/** True when trying again cannot help: the request was refused on this side. */
	lasting: boolean;
}

export type Answer = Response | Silence;

export interface ApiCall {
	method: 'GET' | 'POST';
	/** Path below the base URL, with a leading slash. */
	path: string;
	body?: IDataObject;
	/** At most so many milliseconds, where the usual time-out would be too long. */
	timeoutMs?: number;
}

/** Talks to the API in the name of one item. Never throws, but for `Stopped`. */
export interface Api {
	call(call: ApiCall): Promise<Answer>;
}

/** What the user set under Request Options, as n8n's routing hands it to every request. */
export type ConnectionOptions = Pick<
	IHttpRequestOptions,
	'proxy' | 'skipSslCertificateValidation' | 'timeout' | 'allowedDomains'
>;

/** The part of the routing request that API calls and downloads share: the proxy and the certificate check. */
export function connectionOptions(options: ConnectionOptions): ConnectionOptions {
	const { proxy, skipSslCertificateValidation } = options;
	return {
		...(proxy && { proxy }),
		...(skipSslCertificateValidation && { skipSslCertificateValidation }),
	};
}

/** What the user set as Timeout under Request Options, in milliseconds; `preset` if nothing. */
export function timeoutMs({ timeout }: ConnectionOptions, preset: number): number {
	return timeout && timeout !== ROUTING_DEFAULT_TIMEOUT_MS ? timeout : preset;
}

/**
 * @param baseUrl without a trailing slash; its path, if any, is kept in front of every call's
 * @param signal aborted when the user presses Stop: the call under way ends and none follows
 * @param credential as it was read; without it n8n reads and decrypts it for each call
 */
export function connect(
	functions: IAllExecuteFunctions,
	baseUrl: string,
	options: ConnectionOptions,
	signal: AbortSignal | undefined,
	credential?: ICredentialDataDecryptedObject,
): Api {
	const read = credential && {
		credentialsDecrypted: { id: '', name: CREDENTIAL, type: CREDENTIAL, data: credential },
	};
	async function send(call: ApiCall, url: string): Promise<Answer> {
		throwIfStopped(signal);
		try {
			const response = (await functions.helpers.httpRequestWithAuthentication.call(
				functions,
				CREDENTIAL,
				{
					...connectionOptions(options),
					...(options.allowedDomains && { allowedDomains: options.allowedDomains }),
					method: call.method,
					url,
					headers: { Accept: 'application/json' },
					...(call.body && { body: call.body }),
					// Text, so that what is not JSON is told from what is, here and nowhere else.
					encoding: 'text',
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					// n8n repeats the key to whatever host a redirect names, so redirects are followed below.
					disableFollowRedirect: true,
					timeout: Math.min(call.timeoutMs ?? Infinity, timeoutMs(options, API_TIMEOUT_MS)),
				},
				read,
			)) as { statusCode: number; headers?: Record<string, unknown>; body: unknown };
			return {
				kind: 'response',
				status: response.statusCode,
				headers: lowerCaseHeaders(response.headers ?? {}),
				body: parseJson(response.body),
			};
		} catch (error) {
			throwIfStopped(signal);
			return silence(error);
		}
	}

	return {
		async call(call) {
			let url = `${baseUrl}${call.path}`;
			let answer = await send(call, url);
			for (let hop = 0; hop < MAX_REDIRECTS; hop++) {
				const next = redirectTarget(answer, call.method, url);
				if (!next) break;
				url = next;
				answer = await send(call, url);
			}
			return answer;
		},
	};
}

/**
 * Where to repeat the call, if anywhere. Only on the same host (or from http to https on it), so that
 * the key never travels to another; and a POST only by the two codes that keep its method and body.
 */
function redirectTarget(answer: Answer, method: string, from: string): string | undefined {
	if (answer.kind !== 'response') return undefined;
	const followed = method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308];
	const location = answer.headers.location;
	if (!followed.includes(answer.status) || !location) return undefined;
	const source = new URL(from);
	let target: URL;
	try {
		target = new URL(location, source);
	} catch {
		return undefined;
	}
	const upgraded =
		source.protocol === 'http:' &&
		target.protocol === 'https:' &&
		source.hostname === target.hostname &&
		source.port === target.port;
	return target.origin === source.origin || upgraded ? target.href : undefined;
}

function lowerCaseHeaders(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** @returns undefined for what is not JSON; what was parsed already stays as it is */
export function parseJson(body: unknown): unknown {
	if (typeof body !== 'string') return body ?? undefined;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}

/** Reasons by Node's and axios's error codes: these end before a byte of the request is written. */
const UNSENT: Record<string, string> = {
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name could not be found',
	EAI_AGAIN: 'the host name could not be looked up',
	EHOSTUNREACH: 'the host is unreachable',
	ENETUNREACH: 'the network is unreachable',
	CONNECT_TIMEOUT: 'no connection could be made in time',
	EPROTO: 'no TLS connection could be made',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
	SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate chain is self-signed',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate could not be verified',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its TLS certificate could not be verified',
	CERT_HAS_EXPIRED: 'its TLS certificate has expired',
	ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
};

const MAYBE_SENT: Record<string, string> = {
	ECONNRESET: 'the connection broke',
	EPIPE: 'the connection broke',
	ECONNABORTED: 'no answer came in time',
	ETIMEDOUT: 'no answer came in time',
	ERR_BAD_RESPONSE: 'the answer broke off',
};

/** Only the code is taken from the error: its text and its request carry addresses and the key. */
export function silence(error: unknown): Silence {
	const code = errorCode(error);
	if (code === undefined) return unsendable(refusalByN8n(error));
	// A line break within the key, for one: Node refuses to build such a request.
	if (/^ERR_(INVALID|UNESCAPED)_/.test(code)) {
		return unsendable('the API key or the base URL has a character that may not be sent');
	}
	const unsent = UNSENT[code] ?? (code.startsWith('ERR_SSL_') ? UNSENT.EPROTO : undefined);
	return {
		kind: 'silence',
		reason: unsent ?? MAYBE_SENT[code] ?? `the request failed (${code})`,
		maybeSent: unsent === undefined,
		lasting: false,
	};
}

function unsendable(reason: string): Silence {
	return { kind: 'silence', reason, maybeSent: false, lasting: true };
}

/**
 * The first error code along the chain of causes; n8n wraps axios's error in its own. Before n8n 2.34
 * that forgets its cause: what is left of it is `httpCode`, with the code, or with the status of an
 * answer that broke off, and its text among the `messages`.
 */
function errorCode(error: unknown): string | undefined {
	let code: string | undefined;
	let left: string | undefined;
	let current = error;
	for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
		const { code: found, syscall, httpCode, messages } = current as Wrapped;
		if (typeof found === 'string') code ??= found;
		if (typeof httpCode === 'string') {
			left ??= /^\d+$/.test(httpCode) ? 'ERR_BAD_RESPONSE' : httpCode;
		}
		// Without a connection nothing can have been sent.
		if (found === 'ETIMEDOUT' && syscall === 'connect') return 'CONNECT_TIMEOUT';
		if (Array.isArray(messages) && messages.some(tellsConnectTimeout)) return 'CONNECT_TIMEOUT';
		current = current.cause;
	}
	return code ?? left;
}

interface Wrapped {
	code?: unknown;
	syscall?: unknown;
	httpCode?: unknown;
	messages?: unknown;
}

function tellsConnectTimeout(message: unknown): boolean {
	return typeof message === 'string' && message.startsWith('connect ETIMEDOUT');
}

/** No code means that n8n itself refused: a domain that the credential does not allow, for one. */
function refusalByN8n(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	const text = cause instanceof Error ? cause.message : 'unknown reason';
	return `n8n did not send the request (${text})`;
}

/**
 * The credential's base URL, checked: trailing slashes forgiven, a path in front of the API's kept.
 *
 * @returns undefined when it is not an http or https URL
 */
export function readBaseUrl(value: unknown): string | undefined {
	if (typeof value !== 'string' || !/^https?:\/\//i.test(value.trim())) return undefined;
	try {
		const { origin, pathname } = new URL(value.trim());
		return `${origin}${pathname}`.replace(/\/+$/, '');
	} catch {
		return undefined;
	}
}
