import type { IAllExecuteFunctions, IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import { type Answer, type Response, ANOTHER_HOST, isOfTheApi } from './answer';
import { parseJson, readText, pageText } from './answerText';
import { throwIfStopped } from './clock';
import {
	CREDENTIAL,
	type Credential,
	credentialOf,
	renewedCredential,
	secretsOf,
} from './credential/credential';
import { within } from './deadline';
import { noAnswerFrom } from './noAnswer';
import { record } from './untrusted';

/** How long one API call may take unless the user sets a time-out. No call waits for a render. */
export const API_TIMEOUT_MS = 60_000;

/** What n8n's routing fills in when the user has set no time-out under Request Options, in milliseconds. */
const ROUTING_DEFAULT_TIMEOUT_MS = 300_000;

const MAX_REDIRECTS = 5;

export interface ApiCall {
	method: 'GET' | 'POST';
	/** Path below the base URL, with a leading slash. */
	path: string;
	body?: IDataObject;
	/** The longest that the call may take in all, in milliseconds, where the usual limit is too long. */
	timeoutMs?: number;
}

/** Sends requests to the API for one item. Throws nothing but `Stopped`. */
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
 * @param baseUrl without a trailing slash; its path, if any, precedes the path of each call
 * @param signal aborted when the user presses Stop: the call under way ends and none follows
 */
export function connect(
	functions: IAllExecuteFunctions,
	baseUrl: string,
	options: ConnectionOptions,
	signal: AbortSignal | undefined,
): Api {
	const secrets = secretsOf(functions);
	let foreignRefusals = 0;
	/** Which reading of the credential the last call used. */
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
				// The body is read below, within limits. One that is not JSON is quoted in the error.
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

	/** Follows redirects, and reads the credential again when the service no longer accepts its key. */
	async function sendAll(
		call: ApiCall,
		timeout: number,
		abortSignal: AbortSignal,
	): Promise<Arrived & { problem?: string }> {
		let credential = await credentialOf(functions);
		let url = `${baseUrl}${call.path}`;
		for (let hop = 0; ; hop++) {
			const arrived = await send(call, url, credential, timeout, abortSignal);
			// The key may have changed since it was read. A request with a 401 has had no effect, so it may be repeated.
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
			answer.text = pageText(body, (text) => secrets.redact(text));
		}
		foreignRefusals = status === 403 && !isOfTheApi(answer) ? foreignRefusals + 1 : 0;
		return foreignRefusals > 0 ? { ...answer, foreignRefusals } : answer;
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
				return noAnswerFrom(error);
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
 * n8n's context with a signal of our own for one request. n8n's client uses the signal of the context and
 * no other (n8n-core 2.0 to 2.41). Stop aborts ours as well.
 */
function withSignal(functions: IAllExecuteFunctions, signal: AbortSignal): IAllExecuteFunctions {
	return Object.create(functions, {
		getExecutionCancelSignal: { value: () => signal },
	}) as IAllExecuteFunctions;
}

/**
 * Where a redirect leads. It is followed only on the same host (or from http to https on it), so that the
 * key never reaches another; and for a POST only with the two codes that keep its method and body.
 *
 * @returns why the redirect cannot be followed, if so; undefined when the answer is no redirect
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
 * Checks the credential's base URL. It may have trailing slashes, and a path in front of the API's.
 *
 * @returns undefined when it is not an http or https URL
 */
export function readBaseUrl(value: unknown): string | undefined {
	if (typeof value !== 'string' || !/^https?:\/\//i.test(value.trim())) return undefined;
	if (!URL.canParse(value.trim())) return undefined;
	const { origin, pathname } = new URL(value.trim());
	return `${origin}${pathname}`.replace(/\/+$/, '');
}
