import { excerpt, record } from './untrusted';

/** Reads the bytes of an answer as JSON within limits, because whoever answers may send anything, without end. */

/** An answer of the API has a few KiB. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Deeper JSON is refused: reading it would overflow the stack, here or in n8n. */
const MAX_DEPTH = 100;

/** Longer texts within an answer are cut; the API sends none that are longer. */
const MAX_TEXT_CHARACTERS = 64 * 1024;

export class AnswerTooLarge extends Error {
	constructor() {
		super(`the answer is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
	}
}

/**
 * Reads the text of a body that n8n hands over as a stream. A body that n8n has read already is returned as it is.
 *
 * @throws AnswerTooLarge, and whatever breaks the stream
 */
export async function readText(body: unknown): Promise<unknown> {
	if (!isByteStream(body)) return body;
	// After an abort n8n's client emits the error again; without a listener that would end the process.
	body.on('error', () => undefined);
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of body) {
		bytes += chunk.length;
		if (bytes > MAX_ANSWER_BYTES) throw new AnswerTooLarge();
		chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
	}
	return Buffer.concat(chunks)
		.toString('utf8')
		.replace(/^\uFEFF/, '');
}

interface ByteStream extends AsyncIterable<Uint8Array | string> {
	on(event: 'error', listener: () => void): unknown;
}

function isByteStream(body: unknown): body is ByteStream {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body && 'on' in body;
}

/** @returns undefined for a text that is not JSON; a value that is no text is returned as it is */
export function parseJson(body: unknown): unknown {
	if (typeof body !== 'string') return body ?? undefined;
	const exact = withExactIntegers(body);
	if (exact === undefined) return undefined;
	try {
		const value = JSON.parse(exact) as unknown;
		return body.length > MAX_TEXT_CHARACTERS ? withShortTexts(value) : value;
	} catch {
		return undefined;
	}
}

/**
 * Writes every integer that JavaScript cannot hold as a text, so that IDs keep their digits.
 *
 * @returns undefined where it is nested too deeply
 */
export function withExactIntegers(json: string): string | undefined {
	let result = '';
	let copied = 0;
	let depth = 0;
	for (let at = 0; at < json.length; at++) {
		const character = json.charCodeAt(at);
		if (character === QUOTE) {
			at = endOfString(json, at);
		} else if (character === OPEN_BRACE || character === OPEN_BRACKET) {
			if (++depth > MAX_DEPTH) return undefined;
		} else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) {
			depth--;
		} else if (isPartOfNumber(character)) {
			const start = at;
			while (isPartOfNumber(json.charCodeAt(at + 1))) at++;
			const spelled = json.slice(start, at + 1);
			if (isExact(spelled)) continue;
			result += `${json.slice(copied, start)}"${spelled}"`;
			copied = at + 1;
		}
	}
	return copied === 0 ? json : result + json.slice(copied);
}

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Digits, sign, point and exponent. The `e` of `true` and `false` counts too, which does no harm. */
function isPartOfNumber(character: number): boolean {
	return (
		(character >= 0x30 && character <= 0x39) ||
		character === 0x2d ||
		character === 0x2b ||
		character === 0x2e ||
		character === 0x65 ||
		character === 0x45
	);
}

/** False for a whole number beyond what JavaScript can hold. */
function isExact(spelled: string): boolean {
	return spelled.length < 16 || !/^-?\d+$/.test(spelled) || Number.isSafeInteger(Number(spelled));
}

/** Where the closing quote is; the end of the text when there is none. */
function endOfString(json: string, start: number): number {
	for (let at = json.indexOf('"', start + 1); at !== -1; at = json.indexOf('"', at + 1)) {
		let backslashes = 0;
		while (json.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
		if (backslashes % 2 === 0) return at;
	}
	return json.length;
}

function withShortTexts(value: unknown): unknown {
	if (typeof value === 'string') return shortened(value, MAX_TEXT_CHARACTERS);
	if (Array.isArray(value)) return value.map(withShortTexts);
	const object = record(value);
	if (!object) return value;
	return Object.fromEntries(
		Object.entries(object).map(([name, one]) => [
			shortened(name, MAX_TEXT_CHARACTERS),
			withShortTexts(one),
		]),
	);
}

/** Copies, because a slice would keep the whole text in memory. */
function shortened(text: string, maxCharacters: number): string {
	return text.length > maxCharacters ? Buffer.from(excerpt(text, maxCharacters)).toString() : text;
}

/** How much of an answer that is not JSON an error shows, in characters. */
const MAX_SHOWN_CHARACTERS = 300;
/** How much of such an answer is read for that. */
const MAX_SEARCHED_CHARACTERS = 20_000;

/**
 * The words of a page without its tags, for an error.
 *
 * @param redact called before the text is cut
 */
export function pageText(body: string, redact: (text: string) => string): string | undefined {
	const words = redact(body.slice(0, MAX_SEARCHED_CHARACTERS))
		.replaceAll(/<(style|script)\b[^]{0,5000}?<\/\1\s*>/gi, ' ')
		.replaceAll(/<[^<>]{0,1000}>/g, ' ')
		.replaceAll(/[\s\p{C}]+/gu, ' ')
		.trim();
	return words === '' ? undefined : excerpt(words, MAX_SHOWN_CHARACTERS);
}
