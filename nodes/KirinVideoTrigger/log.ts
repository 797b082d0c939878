import { excerpt } from '../KirinVideo/api/untrusted';

const MAX_LOGGED_CHARACTERS = 1_000;

/** Outside text for one line of the log: it begins no line of its own, and is cut. */
export function logText(text: string): string {
	// Cut twice: a long text is not worth being searched.
	const start = text.slice(0, 2 * MAX_LOGGED_CHARACTERS);
	return excerpt(start.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' '), MAX_LOGGED_CHARACTERS);
}

const MAX_WARNINGS = 10;

const PERIOD_MS = 60_000;

/** Anybody may call the trigger, but not fill the log. */
export class WarningLimit {
	private begun = -Infinity;
	private count = 0;

	constructor(private readonly now: () => number = () => Date.now()) {}

	/** @returns whether a warning may be logged now, and whether it is the last of its period */
	take(): 'yes' | 'last' | 'no' {
		if (this.now() - this.begun >= PERIOD_MS) {
			this.begun = this.now();
			this.count = 0;
		}
		this.count++;
		if (this.count > MAX_WARNINGS) return 'no';
		return this.count === MAX_WARNINGS ? 'last' : 'yes';
	}
}
