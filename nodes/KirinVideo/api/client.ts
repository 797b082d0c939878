import type { IAllExecuteFunctions, IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { AnswerTooLarge, parseJson, readText, saidIn } from './answerText';
import { throwIfStopped } from './clock';
import {
	CREDENTIAL,
	type Credential,
	credentialOf,
	renewedCredential,
	secretsOf,
} from './credential';
import { TimedOut, within } from './deadline';
import { isOfTheApi } from './refusal';
import { record } from './untrusted';

export { parseJson } from './answerText';
export { CREDENTIAL } from './credential';

/** How long one API call may take unless the user sets a time-out: no call waits for a render. */
export const API_TIMEOUT_MS = 60_000;

/** What n8n's routing fills in when the user has set no time-out under Request Options. */
const ROUTING_DEFAULT_TIMEOUT_MS = 300_000;

const MAX_REDIRECTS = 5;

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
	said?: string;
	/** Why it is not what was asked for, where that is known better than its status tells. */
	problem?: string;
	/** The base URL of the API, which relative addresses in the body count from. */
	baseUrl?: string;
	/** Of a 403 that is not the API's own: how many in a row this connection has met, from 1. */
	strangers?: number;
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
	/** At most so many milliseconds in all, where the usual limit would be too long. */
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
): Api {
	const secrets = secretsOf(functions);
	let strangers = 0;
	/** The reading of the credential that the last call was answered with. */
	let usedReading = 0;

	async function send(
		call: ApiCall,
		url: string,
		credential: Credential,
		timeout: number,
		abortSignal: AbortSignal,
	): Promise<Arrived> {
		throwIfStopped(signal);
		const response = (await functions.helpers.httpRequestWithAuthentication.call(
			withSignal(functions, abortSignal),
			CREDENTIAL,
			{
				...connectionOptions(options),
				...(options.allowedDomains && { allowedDomains: options.allowedDomains }),
				method: call.method,
				url,
				headers: { Accept: 'application/json' },
				...(call.body && { body: call.body }),
				// Read below, within limits; what is not JSON is told from what is there too.
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// n8n repeats the key to whatever host a redirect names, so redirects are followed below.
				disableFollowRedirect: true,
				timeout,
				abortSignal,
			},
			{ credentialsDecrypted: { id: '', name: '', type: CREDENTIAL, data: credential.data } },
		)) as { statusCode: number; headers?: Record<string, unknown>; body: unknown };
		const { statusCode: status, headers = {}, body } = response;
		return { status, headers: lowerCaseHeaders(headers), body: await readText(body) };
	}

	/** Follows redirects; reads the credential anew where the service does not accept its key any more. */
	async function sendAll(
		call: ApiCall,
		timeout: number,
		abortSignal: AbortSignal,
	): Promise<Arrived & { problem?: string }> {
		let credential = await credentialOf(functions);
		let url = `${baseUrl}${call.path}`;
		for (let hop = 0; ; hop++) {
			const arrived = await send(call, url, credential, timeout, abortSignal);
			// The key may have been changed since it was read. A 401 has done nothing, so nothing is done twice.
			if (arrived.status === 401 && usedReading === credential.reading) {
				const renewed = await renewedCredential(functions, credential);
				if (renewed) {
					credential = renewed;
					continue;
				}
			}
			usedReading = credential.reading;
			const next = redirectTarget(arrived, call.method, url);
			if (next === undefined) return arrived;
			if ('problem' in next) return { ...arrived, problem: next.problem };
			if (hop >= MAX_REDIRECTS) {
				return { ...arrived, problem: `redirected more than ${MAX_REDIRECTS} times` };
			}
			url = next.url;
		}
	}

	function read({ status, headers, body, problem }: Arrived & { problem?: string }): Response {
		const parsed = parseJson(body);
		const answer: Response = {
			kind: 'response',
			status,
			headers: secrets.receive(headers),
			body: secrets.receive(parsed),
			baseUrl,
			...(problem !== undefined && { problem: secrets.redact(problem) }),
		};
		if (!record(parsed) && typeof body === 'string') {
			answer.said = saidIn(body, (text) => secrets.redact(text));
		}
		strangers = status === 403 && !isOfTheApi(answer) ? strangers + 1 : 0;
		return strangers > 0 ? { ...answer, strangers } : answer;
	}

	return {
		async call(call) {
			const timeout = Math.min(call.timeoutMs ?? Infinity, timeoutMs(options, API_TIMEOUT_MS));
			try {
				return read(
					await within(
						timeout,
						signal,
						async (limited) => await sendAll(call, timeout, limited.signal),
					),
				);
			} catch (error) {
				throwIfStopped(signal);
				return failure(error);
			}
		},
	};
}

/** An answer as it came. */
interface Arrived {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Text, unless n8n has parsed it. */
	body: unknown;
}

/**
 * n8n's context for one request: its client takes the signal of the context that it is called on, and no
 * other (n8n-core 2.0 to 2.41). Ours is aborted by Stop as well.
 */
function withSignal(functions: IAllExecuteFunctions, signal: AbortSignal): IAllExecuteFunctions {
	return Object.create(functions, {
		getExecutionCancelSignal: { value: () => signal },
	}) as IAllExecuteFunctions;
}

function failure(error: unknown): Silence {
	if (error instanceof TimedOut) return silence(Object.assign(error, { code: 'ETIMEDOUT' }));
	if (!(error instanceof AnswerTooLarge)) return silence(error);
	return { kind: 'silence', reason: error.message, maybeSent: true, lasting: false };
}

/**
 * Where to repeat the call, if anywhere. Only on the same host (or from http to https on it), so that
 * the key never travels to another; and a POST only by the two codes that keep its method and body.
 *
 * @returns why it cannot be followed, where it is a redirect; undefined where it is none
 */
function redirectTarget(
	{ status, headers: { location } }: Arrived,
	method: string,
	from: string,
): { url: string } | { problem: string } | undefined {
	if (status < 300 || status >= 400) return undefined;
	const source = new URL(from);
	if (!location || !URL.canParse(location, from)) {
		return { problem: 'redirected without a valid address' };
	}
	const target = new URL(location, source);
	const isUpgrade =
		source.protocol === 'http:' &&
		target.protocol === 'https:' &&
		source.hostname === target.hostname &&
		source.port === target.port;
	if (target.origin !== source.origin && !isUpgrade) {
		if (source.hostname !== target.hostname) return { problem: ANOTHER_HOST };
		return {
			problem:
				source.protocol === target.protocol
					? `${ANOTHER_HOST}: another port of the same host`
					: `redirected from ${source.protocol.slice(0, -1)} to ${target.protocol.slice(0, -1)} on the same host`,
		};
	}
	const followed = method === 'GET' ? [301, 302, 303, 307, 308] : [307, 308];
	if (followed.includes(status)) return { url: target.href };
	return {
		problem: `redirected a ${method} on the same host in a way that would not keep its body`,
	};
}

function lowerCaseHeaders(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/**
 * Errors that end before a byte of the request is written, by Node's error code. Only what is certain
 * is here: a TLS fault (EPROTO, ERR_SSL_*) may also come from a front that has forwarded the request.
 */
const UNSENT: Record<string, string> = {
	ECONNREFUSED: 'the connection was refused',
	ENOTFOUND: 'the host name could not be found',
	EAI_AGAIN: 'the host name could not be looked up',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is self-signed',
	SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate chain is self-signed',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate could not be verified',
	UNABLE_TO_GET_ISSUER_CERT: 'its TLS certificate could not be verified',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its TLS certificate could not be verified',
	CERT_HAS_EXPIRED: 'its TLS certificate has expired',
	CERT_NOT_YET_VALID: 'its TLS certificate is not valid yet',
	CERT_REVOKED: 'its TLS certificate has been revoked',
	CERT_UNTRUSTED: 'its TLS certificate is not trusted',
	ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
};

/** The same for errors of the system call "connect": on an open connection they mean nothing of the kind. */
const UNSENT_BY_CONNECT: Record<string, string> = {
	ETIMEDOUT: 'no connection could be made in time',
	EHOSTUNREACH: 'the host is unreachable',
	ENETUNREACH: 'the network is unreachable',
};

const MAYBE_SENT: Record<string, string> = {
	ECONNRESET: 'the connection broke',
	EPIPE: 'the connection broke',
	ECONNABORTED: 'no answer came in time',
	ETIMEDOUT: 'no answer came in time',
	EHOSTUNREACH: 'the connection to the host was lost',
	ENETUNREACH: 'the connection to the network was lost',
	EPROTO: 'the TLS connection failed',
	ERR_BAD_RESPONSE: 'the answer broke off',
};

/** Only the code is taken from the error: its text and its request carry addresses and the key. */
export function silence(error: unknown): Silence {
	const { code, isConnect, hasLostItsCause } = faultOf(error);
	if (code === undefined) {
		return hasLostItsCause
			? maybeSent('the request failed, and this version of n8n does not tell why')
			: unsendable(refusalByN8n(error));
	}
	// A line break within the key, for one: Node refuses to build such a request.
	if (/^ERR_(INVALID|UNESCAPED)_/.test(code)) {
		return unsendable('the API key or the base URL has a character that may not be sent');
	}
	const unsent = UNSENT[code] ?? (isConnect ? UNSENT_BY_CONNECT[code] : undefined);
	if (unsent !== undefined) {
		return { kind: 'silence', reason: unsent, maybeSent: false, lasting: false };
	}
	const known = MAYBE_SENT[code] ?? (code.startsWith('ERR_SSL_') ? MAYBE_SENT.EPROTO : undefined);
	return maybeSent(known ?? `the request failed (${code})`);
}

function maybeSent(reason: string): Silence {
	return { kind: 'silence', reason, maybeSent: true, lasting: false };
}

function unsendable(reason: string): Silence {
	return { kind: 'silence', reason, maybeSent: false, lasting: true };
}

interface Fault {
	/** The first error code along the chain of causes. */
	code?: string;
	/** The connection was never made, so nothing can have been sent. */
	isConnect: boolean;
	/** An n8n before 2.34 has wrapped an error and kept nothing of it that tells what it was. */
	hasLostItsCause: boolean;
}

/**
 * What the chain of causes tells; n8n wraps axios's error in its own. Before n8n 2.34 that forgets its
 * cause: what is left of it is `httpCode`, with the code, or with the status of an answer that broke
 * off, and its text among the `messages`.
 */
function faultOf(error: unknown): Fault {
	let code: string | undefined;
	let left: string | undefined;
	let isConnect = false;
	let hasLostItsCause = false;
	let current = error;
	for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
		const { code: found, syscall, errors, httpCode, messages } = current as Wrapped;
		if (typeof found === 'string') code ??= found;
		if (typeof httpCode === 'string') {
			left ??= /^\d+$/.test(httpCode) ? 'ERR_BAD_RESPONSE' : httpCode;
		}
		isConnect ||=
			syscall === 'connect' ||
			areAllOfConnect(errors) ||
			(Array.isArray(messages) && messages.some(isTextOfConnect));
		hasLostItsCause ||= Array.isArray(messages) && current.cause === undefined;
		current = current.cause;
	}
	return { code: code ?? left, isConnect, hasLostItsCause };
}

interface Wrapped {
	code?: unknown;
	syscall?: unknown;
	/** Of a host with several addresses, each of which was tried. */
	errors?: unknown;
	httpCode?: unknown;
	messages?: unknown;
}

function areAllOfConnect(errors: unknown): boolean {
	return (
		Array.isArray(errors) &&
		errors.length > 0 &&
		errors.every((one) => record(one)?.syscall === 'connect')
	);
}

function isTextOfConnect(message: unknown): boolean {
	return typeof message === 'string' && /^connect E[A-Z]+ /.test(message);
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
