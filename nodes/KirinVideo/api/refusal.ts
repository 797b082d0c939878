import type { Answer, Response } from './answer';
import { defined, excerpt, identifier, list, record, text } from './untrusted';

/**
 * What an answer that is not a task means, and what the provider said in it (reference: "HTTP errors").
 */

/** The provider's own words in an error body, whichever of its shapes that has. */
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

/** A code or an ID as it may stand in an error: whoever answered may have put anything there. */
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

/** A page of a proxy or a firewall with 403 may be gone a moment later; after so many it is final. */
export const MAX_FOREIGN_REFUSALS = 6;

/** Whether an error has a shape that the API's own have, and is not a page of something in front of it. */
export function isOfTheApi({ body }: Pick<Response, 'body'>): boolean {
	const { code, message } = readProviderMessage(body);
	return code !== undefined || message !== undefined;
}

/**
 * @returns undefined when the answer is passing: asking again later may well work. That is 408, 425,
 *   429, 5xx, the first of a row of 403 that are not the API's own, anything unreadable and any silence
 *   but a lasting one.
 */
export function refusalKind(answer: Answer): RefusalKind | undefined {
	if (answer.kind === 'silence') return answer.permanent ? 'other' : undefined;
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

/** Too much to do. A 429 on create "did not create" (reference: "HTTP errors"). */
export function isBusy(answer: Answer): boolean {
	return answer.kind === 'response' && answer.status === 429;
}

/**
 * A task with our external task ID exists already. The words are not documented, so both a code and
 * a message are read; 409 says it by itself.
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
 * Whether a refusal of create can only mean that no task has our external task ID. Every other 4xx may
 * say, in words that we do not know, that the ID is taken: a 400 in another language, or the page of
 * something in between, which may have forwarded the request before it refused.
 */
export function provesNothingCreated(answer: Answer): boolean {
	if (answer.kind === 'silence') return !answer.maybeSent;
	const { status, body } = answer;
	if (status < 400 || status === 401 || isCredit(answer)) return true;
	return status === 403 && Object.keys(readProviderMessage(body)).length > 0;
}

/** The longest `Retry-After` that is believed: a service that is away for longer is asked sooner. */
export const MAX_RETRY_AFTER_MS = 10 * 60_000;

/**
 * `Retry-After` in both of its forms, seconds and a date.
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

/** A list of details may be long; the first ones say what is wrong. */
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
