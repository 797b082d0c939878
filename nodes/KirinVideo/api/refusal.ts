import type { Answer, Response } from './client';
import { defined, excerpt, identifier, record, text } from './untrusted';

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

export function readProviderMessage(body: unknown): ProviderMessage {
	const outer = record(body);
	if (!outer) return {};
	const inner = record(outer.error) ?? record(outer.status) ?? {};
	const message = text(
		inner.message,
		inner.error_message,
		outer.message,
		detailText(outer.detail),
		outer.error,
	);
	return defined({
		code: identifier(inner.error_code, inner.code, outer.error_code, outer.code),
		message: message && excerpt(message.trim(), MAX_MESSAGE_CHARACTERS),
		requestId: identifier(outer.request_id, inner.request_id),
	});
}

/** Why a call was refused; what to do next depends on it. */
export type RefusalKind = 'parameter' | 'key' | 'credit' | 'missing' | 'redirect' | 'other';

/**
 * @returns undefined when the answer is passing: asking again later may well work. That is 408, 425,
 *   429, 5xx, anything unreadable and any silence but a lasting one.
 */
export function refusalKind(answer: Answer): RefusalKind | undefined {
	if (answer.kind === 'silence') return answer.lasting ? 'other' : undefined;
	if (isCredit(answer)) return 'credit';
	const { status } = answer;
	if (status < 300 || status >= 500 || [408, 425, 429].includes(status)) return undefined;
	if (status < 400) return 'redirect';
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

/** `detail` is a string, or a list of `{msg}` where a validator wrote it. */
function detailText(detail: unknown): string | undefined {
	if (!Array.isArray(detail)) return text(detail);
	return text(detail.map((entry) => text(record(entry)?.msg, entry) ?? '').join('; '));
}
