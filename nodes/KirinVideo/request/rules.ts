/** What a parameter of a model may be, and how that is said in errors, in the editor and in the docs. */

/** One value that a parameter may take. */
export interface Choice {
	name: string;
	value: string;
	description?: string;
}

/** Values that other parameters of the same task must have, one of each list. */
export type Conditions = Partial<Record<'mode' | 'duration' | 'aspect_ratio', readonly string[]>>;

interface Conditional {
	/** The parameter is taken only together with these. */
	onlyWith?: Conditions;
}

/** Free text. Lengths are in characters (Unicode code points). */
export interface TextRule extends Conditional {
	kind: 'text';
	required: boolean;
	maxCharacters: number;
}

/** One of a list; `default` is what is sent when the user leaves the field alone. */
export interface ChoiceRule {
	kind: 'choice';
	choices: readonly Choice[];
	default: string;
	/** It is always sent, so it cannot depend on others: they may depend on it. */
	onlyWith?: undefined;
}

/** `"on"` or `"off"`; what the service does anyway is not sent. */
export interface SwitchRule extends Conditional {
	kind: 'switch';
	/** What the service does unless told; undefined where that is not known. */
	default?: boolean;
}

/** A number within its bounds; not sent unless the user gives one. */
export interface NumberRule extends Conditional {
	kind: 'number';
	least?: number;
	most?: number;
	/** Where the field starts when the user adds it. */
	suggestion: number;
}

/** A JSON object, passed on as it is; not sent unless it holds something. */
export interface ObjectRule extends Conditional {
	kind: 'object';
	example: string;
}

/** `{ "enabled": boolean }`; not sent unless the user turns it on or off. */
export interface WatermarkRule extends Conditional {
	kind: 'watermark';
}

/** Any text or number, sent as a text; not sent when empty. */
export interface AnyTextRule extends Conditional {
	kind: 'anyText';
}

export type Rule =
	TextRule | ChoiceRule | SwitchRule | NumberRule | ObjectRule | WatermarkRule | AnyTextRule;

/** The same parameter of a model whose rules are not known: whatever the service might take. */
export function loosen(rule: Rule): Rule {
	switch (rule.kind) {
		case 'text':
		case 'choice':
		case 'anyText':
			return { kind: 'anyText' };
		case 'switch':
			return { kind: 'switch' };
		case 'number':
			return { kind: 'number', suggestion: rule.suggestion };
		case 'object':
			return { kind: 'object', example: rule.example };
		case 'watermark':
			return { kind: 'watermark' };
	}
}

/**
 * One rule that allows whatever any of these allows. They are of one kind, since a parameter of the API
 * has one type.
 */
export function widest(rules: readonly Rule[]): Rule {
	const [first] = rules as [Rule];
	switch (first.kind) {
		case 'text':
			return {
				kind: 'text',
				required: rules.every((rule) => rule.kind === 'text' && rule.required),
				maxCharacters: Math.max(...rules.map((rule) => numberIn(rule, 'maxCharacters', Infinity))),
			};
		case 'choice': {
			const choices = rules.flatMap((rule) => (rule.kind === 'choice' ? rule.choices : []));
			return { ...first, choices: [...new Map(choices.map((one) => [one.value, one])).values()] };
		}
		case 'number': {
			const least = Math.min(...rules.map((rule) => numberIn(rule, 'least', -Infinity)));
			const most = Math.max(...rules.map((rule) => numberIn(rule, 'most', Infinity)));
			return {
				kind: 'number',
				suggestion: first.suggestion,
				...(Number.isFinite(least) && { least }),
				...(Number.isFinite(most) && { most }),
			};
		}
		case 'switch':
		case 'object':
		case 'watermark':
		case 'anyText':
			return { ...first, onlyWith: undefined };
	}
}

function numberIn(rule: Rule, name: string, otherwise: number): number {
	const value = (rule as unknown as Record<string, unknown>)[name];
	return typeof value === 'number' ? value : otherwise;
}

/** "1 to 2500 characters". */
export function lengthOf({ required, maxCharacters }: TextRule): string {
	return `${required ? '1 to' : 'at most'} ${maxCharacters} characters`;
}

/** "a number from 0 to 1". */
export function boundsOf({ least, most }: Pick<NumberRule, 'least' | 'most'>): string {
	return ['a number', least !== undefined && `from ${least}`, most !== undefined && `to ${most}`]
		.filter(Boolean)
		.join(' ');
}

export function listConditions(conditions: Conditions = {}) {
	return Object.entries(conditions) as Array<[keyof Conditions, readonly string[]]>;
}

/** "Mode std and Duration 5". */
export function conditionsOf(
	conditions: Conditions,
	labels: Record<keyof Conditions, string>,
): string {
	return listConditions(conditions)
		.map(([parameter, values]) => `${labels[parameter]} ${values.join(' or ')}`)
		.join(' and ');
}
