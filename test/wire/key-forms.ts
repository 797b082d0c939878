/** The API key of these suites, the forms in which a service may give it back, and the search for them. */

/**
 * With characters that JSON, URLs and Base64 each write in their own way, and a run without any in both
 * halves, so that a half is found however often it was escaped.
 */
export const KEY = 'ks9fQTz7wLm4Rb2V"+/\\=n8YcHd5KpXj3Wt6';

const middle = KEY.length / 2;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (character: string) => character.charCodeAt(0).toString(16).padStart(2, '0');
const each = (text: string, spell: (character: string) => string) =>
	Array.from(text, spell).join('');

/** How a service, or something in front of it, may spell the key. */
export const KEY_FORMS = {
	exact: KEY,
	'with Bearer': `Bearer ${KEY}`,
	'JSON-escaped': JSON.stringify(KEY).slice(1, -1),
	'Unicode-escaped': each(KEY, (character) => `\\u00${hex(character)}`),
	'URL-encoded': encodeURIComponent(KEY),
	'URL-encoded throughout': each(KEY, (character) => `%${hex(character)}`),
	'as Base64': base64(KEY),
	'as Base64 behind one byte': base64(`:${KEY}`),
	'as Base64 behind two bytes': base64(`u:${KEY}`),
	'as Base64 with Bearer': base64(`Bearer ${KEY}`),
	'as Base64 for URLs': Buffer.from(KEY).toString('base64url'),
	'in hex': Buffer.from(KEY).toString('hex'),
	'escaped for HTML': KEY.replaceAll('"', '&quot;')
		.replaceAll('+', '&#43;')
		.replaceAll('/', '&#x2F;'),
	'in capitals': KEY.toUpperCase(),
	'in small letters': KEY.toLowerCase(),
	reversed: Array.from(KEY).reverse().join(''),
	'its first half': KEY.slice(0, middle),
	'its second half': KEY.slice(middle),
} satisfies Record<string, string>;

export type KeyForm = keyof typeof KEY_FORMS;

/** Pieces of this many characters, at every fourth place, are searched for: shorter ones are no secret. */
const PIECE = 12;
const STEP = 4;

function pieces(text: string, perCharacter = 1): string[] {
	const found: string[] = [];
	for (let at = 0; at + PIECE * perCharacter <= text.length; at += STEP * perCharacter) {
		found.push(text.slice(at, at + PIECE * perCharacter));
	}
	return found;
}

const insensitive = [
	...pieces(KEY),
	...pieces(KEY_FORMS['JSON-escaped']),
	...pieces(KEY_FORMS.reversed),
	...pieces(KEY_FORMS['URL-encoded']),
	...pieces(KEY_FORMS['escaped for HTML']),
	...pieces(KEY_FORMS['in hex'], 2),
	...pieces(KEY_FORMS['URL-encoded throughout'], 3),
	...pieces(KEY_FORMS['Unicode-escaped'], 6),
].map((piece) => piece.toLowerCase());

// The first and the last characters of Base64 are shared with what stands around the key.
const sensitive = ['', ':', 'u:', 'Bearer '].flatMap((before) => {
	const start = Math.ceil((before.length * 4) / 3);
	const text = base64(before + KEY);
	const own = text.slice(start, Math.floor(((before.length + KEY.length) * 4) / 3));
	return [...pieces(own), ...pieces(own.replaceAll('+', '-').replaceAll('/', '_'))];
});

/** @returns a piece of the key that is in `text`, in any form, with what stands around it */
export function findKey(text: string): string | undefined {
	// JSON within JSON escapes again.
	const small = text.toLowerCase().replaceAll(/\\+/g, '\\');
	for (const [where, all] of [
		[small, insensitive],
		[text, sensitive],
	] as const) {
		for (const piece of all) {
			const at = where.indexOf(piece);
			if (at >= 0) return text.slice(Math.max(0, at - 60), at + 60);
		}
	}
	return undefined;
}
