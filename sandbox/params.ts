/** What a parameter's value may be. A rule gives the problem in words, or nothing. */
export type Rule = (value: unknown) => string | undefined;

/** Text of 1 to `max` characters, counted as Unicode code points. */
export function text(max = Infinity): Rule {
	return (value) => {
		if (typeof value !== 'string') return 'must be a string';
		if (value === '') return 'must not be empty';
		const length = [...value].length;
		return length > max ? `must have at most ${max} characters, has ${length}` : undefined;
	};
}

export function oneOf(...options: string[]): Rule {
	return (value) =>
		typeof value === 'string' && options.includes(value)
			? undefined
			: `must be one of the strings ${options.map((option) => `"${option}"`).join(', ')}`;
}

export const httpUrl: Rule = (value) => {
	const problem = text()(value);
	if (problem !== undefined) return problem;
	const url = URL.canParse(value as string) ? new URL(value as string) : undefined;
	return url?.protocol === 'http:' || url?.protocol === 'https:'
		? undefined
		: 'must be an http or https URL';
};

/** `{"enabled": boolean}` and nothing else; the pages call it an array and show this object. */
export const watermarkInfo: Rule = (value) => {
	if (!isObject(value)) return 'must be an object {"enabled": boolean}';
	const extra = Object.keys(value).find((key) => key !== 'enabled');
	if (extra !== undefined) return `has an unknown key "${extra}"`;
	return typeof value.enabled === 'boolean' ? undefined : '"enabled" must be true or false';
};

export const fromZeroToOne: Rule = (value) =>
	typeof value === 'number' && value >= 0 && value <= 1
		? undefined
		: 'must be a number from 0 to 1';

export const anObject: Rule = (value) => (isObject(value) ? undefined : 'must be an object');

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
