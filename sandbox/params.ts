/** What a parameter's value may be. */

/** Gives the problem with a value in words, or nothing. */
export interface Rule {
	(value: unknown): string | undefined;
	/** What the rule allows, for the model's document. */
	says?: string;
}

export function rule(says: string, check: (value: unknown) => string | undefined): Rule {
	return Object.assign((value: unknown) => check(value), { says });
}

/** Text of 1 to `max` characters, counted as Unicode code points. */
export function text(max = Infinity): Rule {
	const says = max === Infinity ? 'text' : `text of at most ${max} characters`;
	return rule(says, (value) => {
		if (typeof value !== 'string') return 'must be a string';
		if (value === '') return 'must not be empty';
		const length = [...value].length;
		return length > max ? `must have at most ${max} characters, has ${length}` : undefined;
	});
}

export function oneOf(...options: string[]): Rule {
	const list = options.map((option) => `"${option}"`).join(', ');
	return rule(`one of ${list}`, (value) =>
		typeof value === 'string' && options.includes(value)
			? undefined
			: `must be one of the strings ${list}`,
	);
}

/** The options as text or as numbers: where a page and its siblings disagree about the type. */
export function oneOfInEitherForm(...options: string[]): Rule {
	const list = options.map((option) => `"${option}"`).join(', ');
	return rule(`one of ${list}, as text or as a number`, (value) =>
		(typeof value === 'string' || typeof value === 'number') && options.includes(String(value))
			? undefined
			: `must be one of ${list}, as text or as a number`,
	);
}

export const httpUrl: Rule = rule('an http or https URL', (value) => {
	const problem = text()(value);
	if (problem !== undefined) return problem;
	const url = URL.canParse(value as string) ? new URL(value as string) : undefined;
	return url?.protocol === 'http:' || url?.protocol === 'https:'
		? undefined
		: 'must be an http or https URL';
});

/** `{"enabled": boolean}` and nothing else; the pages call it an array and show this object. */
export const watermarkInfo: Rule = rule('{"enabled": boolean}', (value) => {
	if (!isObject(value)) return 'must be an object {"enabled": boolean}';
	const extra = Object.keys(value).find((key) => key !== 'enabled');
	if (extra !== undefined) return `has an unknown key "${extra}"`;
	return typeof value.enabled === 'boolean' ? undefined : '"enabled" must be true or false';
});

export const fromZeroToOne: Rule = rule('a number from 0 to 1', (value) =>
	typeof value === 'number' && value >= 0 && value <= 1
		? undefined
		: 'must be a number from 0 to 1',
);

export const flag: Rule = rule('true or false', (value) =>
	typeof value === 'boolean' ? undefined : 'must be true or false',
);

export const anyObject: Rule = rule('an object', (value) =>
	isObject(value) ? undefined : 'must be an object',
);

/** A list of `least` to `most` objects; `member` gives the problem with one of them. */
export function listOf(
	least: number,
	most: number,
	says: string,
	member: (entry: Record<string, unknown>) => string | undefined,
): Rule {
	return rule(`a list of ${least} to ${most} ${says}`, (value) => {
		if (!Array.isArray(value)) return 'must be an array';
		if (value.length < least || value.length > most) {
			return `must have ${least} to ${most} entries, has ${value.length}`;
		}
		for (const [index, entry] of value.entries()) {
			if (!isObject(entry)) return `entry ${index + 1} must be an object`;
			const problem = member(entry);
			if (problem !== undefined) return `entry ${index + 1}: ${problem}`;
		}
		return undefined;
	});
}

/** Whole seconds as text, from `least` to `most`. */
export function wholeSeconds(least: number, most: number): Rule {
	const says = `whole seconds as text, "${least}" to "${most}"`;
	return rule(says, (value) => {
		const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : NaN;
		return seconds >= least && seconds <= most ? undefined : `must be ${says}`;
	});
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
