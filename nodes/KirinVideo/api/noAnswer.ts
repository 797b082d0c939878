import type { NoAnswer } from './answer';
import { AnswerTooLarge } from './answerText';
import { record } from './untrusted';

/** Why a request got no answer, and whether it may have been sent: both are read from its error. */

/**
 * Errors before a byte of the request is written, by Node's error code. Only certain cases are listed: a
 * TLS error (EPROTO, ERR_SSL_*) may also come from a proxy that has forwarded the request.
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

/** The same for errors of the system call "connect". On an open connection these codes do not prove it. */
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

/** Reads only the code of the error, because its text and its request have addresses and the key in them. */
export function noAnswerFrom(error: unknown): NoAnswer {
	if (error instanceof AnswerTooLarge) return maybeSent(error.message);
	const { code, isConnect, hasLostItsCause } = faultOf(error);
	if (code === undefined) {
		return hasLostItsCause
			? maybeSent('the request failed, and this version of n8n does not tell why')
			: unsendable(refusalByN8n(error));
	}
	// Node refuses to build a request with, for example, a line break in the key.
	if (/^ERR_(INVALID|UNESCAPED)_/.test(code)) {
		return unsendable('the API key or the base URL has a character that may not be sent');
	}
	const unsent = UNSENT[code] ?? (isConnect ? UNSENT_BY_CONNECT[code] : undefined);
	if (unsent !== undefined) {
		return { kind: 'noAnswer', reason: unsent, maybeSent: false, permanent: false };
	}
	const known = MAYBE_SENT[code] ?? (code.startsWith('ERR_SSL_') ? MAYBE_SENT.EPROTO : undefined);
	return maybeSent(known ?? `the request failed (${code})`);
}

function maybeSent(reason: string): NoAnswer {
	return { kind: 'noAnswer', reason, maybeSent: true, permanent: false };
}

function unsendable(reason: string): NoAnswer {
	return { kind: 'noAnswer', reason, maybeSent: false, permanent: true };
}

interface Fault {
	/** The first error code along the chain of causes. */
	code?: string;
	/** The connection was never made, so nothing can have been sent. */
	isConnect: boolean;
	/** An n8n before 2.34 has wrapped the error and dropped its cause. */
	hasLostItsCause: boolean;
}

/**
 * Reads the chain of causes, because n8n wraps axios's error in its own. Before n8n 2.34 the wrapper drops
 * the cause and keeps two things: `httpCode`, with the code or with the status of an answer that broke
 * off, and the text among the `messages`.
 */
function faultOf(error: unknown): Fault {
	let code: string | undefined;
	let left: string | undefined;
	let isConnect = false;
	let hasLostItsCause = false;
	let current = error;
	for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
		const { code: found, syscall, errors, httpCode, messages } = record(current) ?? {};
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

/** A host with several addresses has an error for each, all of which were tried. */
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

/** An error without a code is n8n's own refusal, for example of a domain that the credential does not allow. */
function refusalByN8n(error: unknown): string {
	const cause = error instanceof Error ? (error.cause ?? error) : error;
	const text = cause instanceof Error ? cause.message : 'unknown reason';
	return `n8n did not send the request (${text})`;
}
