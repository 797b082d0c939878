/** Reads values of JSON that somebody else wrote. Each function returns undefined for a value that does not fit. */

export function record(value: unknown): Record<string, unknown> | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: undefined;
}

/** A single value counts as a list of one. */
export function list(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	return value === undefined || value === null ? [] : [value];
}

/** The first of `values` that is a string with something in it. */
export function text(...values: unknown[]): string | undefined {
	return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

/** An ID or a code: numbers become strings, and strings keep their leading zeros. */
export function identifier(...values: unknown[]): string | undefined {
	return text(...values.map((value) => (typeof value === 'number' ? String(value) : value)));
}

/** A number, or a string that spells one. */
export function number(value: unknown): number | undefined {
	const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof read === 'number' && Number.isFinite(read) ? read : undefined;
}

/** `object` without the keys that are undefined, so that items and errors do not carry them. */
export function defined<T extends object>(object: T): T {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

/** The start of `value`, with a mark where it was cut; never half a character. */
export function excerpt(value: string, maxCharacters: number): string {
	// A character has at most two units, so the rest of a long text need not be read.
	const characters = Array.from(value.slice(0, 2 * maxCharacters + 2));
	return characters.length > maxCharacters
		? `${characters.slice(0, maxCharacters).join('')}…`
		: value;
}

/** The start of a text, where there is one. */
export function cut(value: string | undefined, maxCharacters: number): string | undefined {
	return value === undefined ? undefined : excerpt(value, maxCharacters);
}

/** Forgets the oldest entries of a map or set beyond `most`, because what comes from outside has no end. */
export function dropOldest<K>(
	entries: { size: number; keys(): Iterable<K>; delete(key: K): unknown },
	most: number,
): void {
	for (const oldest of entries.keys()) {
		if (entries.size <= most) return;
		entries.delete(oldest);
	}
}

/** The longest line of a log, in characters. */
const MAX_LOG_CHARACTERS = 2_000;

/** A text for one line of the log: cut, and with its control characters escaped. */
export function forLog(text: string): string {
	return excerpt(text, MAX_LOG_CHARACTERS).replaceAll(
		/[\p{C}\p{Zl}\p{Zp}]/gu,
		(character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
	);
}
