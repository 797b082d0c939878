/** The most characters of an outside text that a log line takes. */
const MAX_CHARACTERS = 500;

/**
 * A text from outside, for a log line: line breaks, escape sequences and other characters that cannot be
 * seen are spelt out, so that nobody can write lines of their own into the log or move its cursor.
 */
export function logText(text: string): string {
	const shown = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
		const code = character.codePointAt(0) ?? 0;
		return `\\u{${code.toString(16)}}`;
	});
	return shown.length > MAX_CHARACTERS ? `${shown.slice(0, MAX_CHARACTERS)}…` : shown;
}
