/** Answers: what the service says to a request, how a fault spoils it, and its way to the client. */
import type { ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { pipeline } from 'node:stream';
import type { Fault } from './faults';
import type { Media } from './media';
import { isObject } from './params';
import { Refusal } from './refusal';
import { errorPage } from './bodies';

/** A part of a media file, in bytes; `end` is the first byte that is left out. */
export class Slice {
	constructor(
		readonly media: Media,
		readonly start: number,
		readonly end: number,
	) {}
}

export interface Answer {
	status: number;
	type: string;
	/** An object is sent as JSON. */
	body: object | string | Slice;
	headers?: Record<string, string>;
	/** Half of the body is sent, then the connection ends. */
	cut?: boolean;
	/** IDs in the body that are sent as JSON numbers: their digits are more than a float holds. */
	numericIds?: string[];
}

export function json(status: number, body: object): Answer {
	return { status, type: 'application/json', body };
}

export function html(status: number, page: string): Answer {
	return { status, type: 'text/html; charset=utf-8', body: page };
}

/** How far ahead a `Retry-After` date lies: HTTP dates have no fractions of a second. */
const RETRY_DATE_MS = 2000;

const PROXY_PAGE = errorPage(200, 'This page stands where the service should have answered.');

/** The answer as the fault leaves it, or how the connection ends without one. */
export function spoil(
	answer: Answer,
	{ kind }: Fault,
	now: number,
	refuse: (refusal: Refusal) => Answer,
): Answer | 'reset' | 'hang' {
	if (typeof kind === 'object') {
		if ('location' in kind) {
			return { ...html(kind.status ?? 302, ''), headers: { location: kind.location } };
		}
		const { status, body, retryAfter } = kind;
		const words = STATUS_CODES[status] ?? 'Error';
		const code = words.toUpperCase().replace(/\W+/g, '_');
		const plain = refuse(new Refusal(status, code, words));
		const headers: Record<string, string> = {};
		if (retryAfter === 'date') {
			headers['retry-after'] = new Date(now + RETRY_DATE_MS).toUTCString();
		} else if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
		if (body === undefined) return { ...plain, headers };
		if (typeof body === 'object' && body !== null) return { ...json(status, body), headers };
		return {
			status,
			type: 'text/plain',
			body: typeof body === 'string' ? body : JSON.stringify(body),
			headers,
		};
	}
	switch (kind) {
		case 'reset':
		case 'hang':
			return kind;
		case 'html':
			return html(200, PROXY_PAGE);
		case 'empty':
			return { ...answer, status: 200, body: '' };
		case 'truncate':
			return { ...answer, cut: true };
		case 'no-id':
			return { ...answer, body: withoutId(answer.body) };
		case 'other-id':
		case 'other-task':
			// The API has put the other one in already, where there is an ID.
			return answer;
		case 'not-found':
			return refuse(new Refusal(404, 'NOT_FOUND', 'not found'));
		case 'wrong-type':
			return { ...answer, type: 'text/html; charset=utf-8' };
		case 'slow':
		case 'repeat':
		case 'early':
			return answer;
	}
}

const ID_FIELDS = ['id', 'task_id', 'request_id'];

/** The body with another ID in place of the task's, in the envelope too. */
export function withId(body: object, id: string, other: string): object {
	const members = Object.entries(body).map(([name, value]: [string, unknown]) => {
		if (ID_FIELDS.includes(name) && value === id) return [name, other];
		return [name, name === 'data' && isObject(value) ? withId(value, id, other) : value];
	});
	return Object.fromEntries(members) as object;
}

/** The JSON, with these IDs as numbers. */
export function jsonText(body: object, numericIds: string[] = []): string {
	let text = JSON.stringify(body);
	for (const id of numericIds) {
		for (const field of ID_FIELDS) text = text.replaceAll(`"${field}":"${id}"`, `"${field}":${id}`);
	}
	return text;
}

/** The body without any ID, in the envelope too. */
export function withoutId(body: Answer['body']): Answer['body'] {
	if (!isObject(body) || body instanceof Slice) return body;
	const rest: Record<string, unknown> = { ...body };
	for (const name of ID_FIELDS) delete rest[name];
	return isObject(rest.data) ? { ...rest, data: withoutId(rest.data) } : rest;
}

/**
 * Sends the answer; for HEAD, its headers alone.
 *
 * @param onWhole called with true when the last byte of a media file was sent, with false should the
 * connection break after all
 */
export function send(
	response: ServerResponse,
	answer: Answer,
	headOnly: boolean,
	onWhole: (whole: boolean) => void = () => {},
): void {
	const { body, cut } = answer;
	const bytes =
		body instanceof Slice
			? undefined
			: Buffer.from(typeof body === 'string' ? body : jsonText(body, answer.numericIds));
	const length = body instanceof Slice ? body.end - body.start : (bytes?.length ?? 0);
	response.writeHead(answer.status, {
		'content-type': answer.type,
		'content-length': length,
		...answer.headers,
	});
	const sent = cut ? Math.floor(length / 2) : length;
	const hangUp = () => response.socket?.destroy();
	if (headOnly) {
		response.end();
	} else if (body instanceof Slice) {
		const stream = body.media.read(body.start, body.start + sent);
		if (cut) {
			stream.on('end', hangUp).pipe(response, { end: false });
			return;
		}
		const isLast = body.end === body.media.size;
		if (isLast) stream.on('end', () => onWhole(true));
		pipeline(stream, response, (error) => {
			if (isLast && error) onWhole(false);
		});
	} else if (cut) {
		response.write(bytes?.subarray(0, sent), hangUp);
	} else {
		response.end(bytes);
	}
}
