import { defined, excerpt, identifier, list, record, text } from './untrusted';

/** What came of a request: an answer or none, what an error answer means, and what the provider says in it (reference: "HTTP errors"). */

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

/** The provider's own words in an error body of any of its shapes. */
export interface ProviderMessage {
	code?: string;
	message?: string;
	requestId?: string;
}

/** Not enough credit, whatever the HTTP status says (reference: "402, or error_code 40201–40208"). */
const FIRST_CREDIT_CODE = 40201;
const LAST_CREDIT_CODE = 40208;

/** Longest excerpt of the provider's message that goes into an error, in characters. */
const MAX_MESSAGE_CHARACTERS = 300;

/** The same for codes and request IDs. */
const MAX_CODE_CHARACTERS = 128;

export function readProviderMessage(body: unknown): ProviderMessage {
	const outer = record(body);
	if (!outer) return {};
	const inner = record(outer.error) ?? record(outer.status) ?? {};
	const message = text(
		inner.message,
		inner.error_message,
		inner.msg,
		detailText(inner.detail),
		outer.message,
		outer.error_message,
		outer.msg,
		detailText(outer.detail),
		outer.error,
		...list(outer.errors).map((one) => text(record(one)?.message, one)),
	);
	return defined({
		code: short(identifier(inner.error_code, inner.code, outer.error_code, outer.code)),
		message: message && excerpt(message.trimStart(), MAX_MESSAGE_CHARACTERS).trimEnd(),
		requestId: short(identifier(outer.request_id, inner.request_id)),
	});
}

/** Cuts a code or an ID for an error, because whoever answered may have put anything there. */
function short(value: string | undefined): string | undefined {
	return value && excerpt(value.trim(), MAX_CODE_CHARACTERS);
}

/** Why a call was refused; what to do next depends on it. */
export type RefusalKind =
	| 'parameter'
	| 'key'
	| 'credit'
	| 'missing'
	| 'redirect'
	/** By something between n8n and the service. */
	| 'blocked'
	| 'other';

/** A 403 from a proxy or a firewall may be gone a moment later. After this many in a row it is permanent. */
export const MAX_FOREIGN_REFUSALS = 6;

/** Whether an error has one of the API's own shapes, and is not the page of something in front of it. */
export function isOfTheApi({ body }: Pick<Response, 'body'>): boolean {
	const { code, message } = readProviderMessage(body);
	return code !== undefined || message !== undefined;
}

/**
 * @returns undefined when the error is transient: 408, 425, 429, 5xx, the first 403s that are not the
 *   API's own, anything unreadable, and no answer at all unless n8n refused to send
 */
export function refusalKind(answer: Answer): RefusalKind | undefined {
	if (answer.kind === 'noAnswer') return answer.permanent ? 'other' : undefined;
	if (isCredit(answer)) return 'credit';
	const { status } = answer;
	if (status < 300 || status >= 500 || [408, 425, 429].includes(status)) return undefined;
	if (status < 400) return 'redirect';
	if (status === 403 && !isOfTheApi(answer)) {
		const { foreignRefusals = MAX_FOREIGN_REFUSALS } = answer;
		return foreignRefusals >= MAX_FOREIGN_REFUSALS ? 'blocked' : undefined;
	}
	if (status === 401 || status === 403) return 'key';
	if (status === 404) return 'missing';
	if (status === 400 || status === 422) return 'parameter';
	return 'other';
}

function isCredit({ status, body }: Response): boolean {
	if (status === 402) return true;
	const code = Number(readProviderMessage(body).code);
	return code >= FIRST_CREDIT_CODE && code <= LAST_CREDIT_CODE;
}

/** The service is busy. A 429 on create "did not create" (reference: "HTTP errors"). */
export function isBusy(answer: Answer): boolean {
	return answer.kind === 'response' && answer.status === 429;
}

/**
 * Whether a task with our external task ID exists already. The words are not documented, so the code and
 * the message are both read; 409 is enough by itself.
 */
export function isDuplicateExternalId(answer: Answer): boolean {
	if (answer.kind !== 'response' || answer.status < 400 || answer.status >= 500) return false;
	if (answer.status === 409) return true;
	const { code = '', message = '' } = readProviderMessage(answer.body);
	const words = `${code} ${message}`.toLowerCase().replaceAll('_', ' ');
	return (
		/\bexternal\b/.test(words) && /duplicate|already|exists|not unique|must be unique/.test(words)
	);
}

/**
 * Whether a refusal of create proves that no task has our external task ID. Any other 4xx may mean that
 * the ID is in use, in words that we do not know: a 400 in another language, or the page of something in
 * between, which may have forwarded the request before it refused.
 */
export function provesNothingCreated(answer: Answer): boolean {
	if (answer.kind === 'noAnswer') return !answer.maybeSent;
	const { status, body } = answer;
	if (status < 400 || status === 401 || isCredit(answer)) return true;
	return status === 403 && Object.keys(readProviderMessage(body)).length > 0;
}

/** A longer `Retry-After` is shortened to this, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 10 * 60_000;

/**
 * Reads `Retry-After` in both of its forms, seconds and a date.
 *
 * @returns milliseconds from `now`; undefined when there is none or it makes no sense
 */
export function retryAfterMs(answer: Answer, now: number): number | undefined {
	const header = answer.kind === 'response' ? answer.headers['retry-after'] : undefined;
	if (header === undefined || header.trim() === '') return undefined;
	const seconds = Number(header);
	const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
	if (Number.isNaN(ms)) return undefined;
	return Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** A list of details may be long; the first ones are enough. */
const MAX_DETAILS = 20;

/** `detail` is a string, or a list of `{msg}` where a validator wrote it. */
function detailText(detail: unknown): string | undefined {
	if (!Array.isArray(detail)) return text(detail);
	const first = detail.slice(0, MAX_DETAILS);
	return text(
		first
			.map((entry) => excerpt(text(record(entry)?.msg, entry) ?? '', MAX_MESSAGE_CHARACTERS))
			.join('; '),
	);
}
