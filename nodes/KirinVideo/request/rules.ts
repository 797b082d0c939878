import type { IDataObject, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { list, record } from '../api/untrusted';
import { type ParameterName, type Wording, conditionLabels } from './parameters';
import {
	type Bounds,
	boundsOf,
	checkBoolean,
	checkCharacters,
	checkNumber,
	checkObject,
	countCharacters,
	isEmpty,
	show,
} from './values';

/**
 * What a parameter of a model may be. Each kind of rule says here how a value is checked, which input the
 * editor shows, and how its limits are put into words; a new kind is a type and an entry of `kinds`.
 */

/** One value that a parameter may take. */
export interface Choice {
	name: string;
	value: string;
	description?: string;
}

/** Values that other parameters of the same task must have, one of each list. */
export type Conditions = Partial<Record<keyof typeof conditionLabels, readonly string[]>>;

interface Conditional {
	/** The service accepts the parameter only with these values. */
	onlyWith?: Conditions;
}

/** Free text. Lengths are in characters (Unicode code points). */
export interface TextRule extends Conditional {
	kind: 'text';
	required: boolean;
	/** Undefined where the model's page does not say. */
	maxCharacters?: number;
	/** In the editor: some models take another number of characters, or theirs is not known. */
	isUsual?: true;
	/** A parameter that takes the place of this one: where it is given, this one is not sent. */
	replacedBy?: ParameterName;
}

/** One of a list; `default` is what is sent when the user leaves the field alone. */
export interface ChoiceRule {
	kind: 'choice';
	choices: readonly Choice[];
	default: string;
	/** The model's page does not say which values there are: the editor shows these, others pass. */
	isOpen?: true;
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

/** A number without a fraction, within its bounds; not sent unless the user gives one. */
export interface WholeNumberRule extends Omit<NumberRule, 'kind'> {
	kind: 'wholeNumber';
}

/** A JSON object; not sent unless it holds something. */
export interface ObjectRule extends Conditional {
	kind: 'object';
	example: string;
	/** The values that its key `type` may have, and whether a `config` goes with each. */
	types?: Readonly<Record<string, { hasConfig: boolean }>>;
}

/** `{ "enabled": boolean }`; not sent unless the user turns it on or off. */
export interface WatermarkRule extends Conditional {
	kind: 'watermark';
}

/** Scenes that follow one another, sent as a list; not sent unless there is one. */
export interface ShotsRule extends Conditional {
	kind: 'shots';
	/** Undefined where the model's page does not say, as with the others. */
	maxShots?: number;
	/** Of the prompt of a shot. */
	maxCharacters?: number;
	/** Whether their durations must add up to that of the video. */
	fillDuration?: true;
}

/** Any text or number, sent as a text; not sent when empty. */
export interface AnyTextRule extends Conditional {
	kind: 'anyText';
}

export type Rule =
	| TextRule
	| ChoiceRule
	| SwitchRule
	| NumberRule
	| WholeNumberRule
	| ObjectRule
	| WatermarkRule
	| ShotsRule
	| AnyTextRule;

/** The input of a field, as n8n describes it. */
type Input = Pick<INodeProperties, 'type' | 'default'> & Partial<INodeProperties>;

interface Kind<R extends Rule> {
	/** What the user gave → what is sent; undefined when nothing is. Throws TaskError. */
	check(label: string, value: unknown, rule: R): IDataObject[string];
	input(rule: R, wording: Wording): Input;
	/** What the field's description adds to its wording: ", in 1 to 2500 characters". */
	limit?(rule: R): string;
	/** What the tables of models say: "1 to 2500 characters". */
	summary?(rule: R): string;
	/** The same parameter of a model whose rules are not known: whatever the service might take. */
	loosen(rule: R): Rule;
	/** One rule that allows whatever any of these allows. */
	widest(rules: readonly R[]): R;
}

const kinds: { [K in Rule['kind']]: Kind<Extract<Rule, { kind: K }>> } = {
	text: {
		check: checkText,
		input: (_, wording) => ({ type: 'string', default: '', ...textInput(wording) }),
		limit: (rule) =>
			rule.maxCharacters === undefined
				? ''
				: `, in ${lengthOf(rule)}${rule.isUsual ? ' for most models' : ''}`,
		summary: lengthOf,
		loosen: () => ({ kind: 'anyText' }),
		widest: (rules) => {
			const limits = new Set(rules.map(({ maxCharacters }) => maxCharacters));
			return {
				kind: 'text',
				required: rules.every(({ required, replacedBy }) => required && !replacedBy),
				maxCharacters: highest([...limits].filter((limit) => limit !== undefined)),
				...(limits.size > 1 && { isUsual: true }),
			};
		},
	},
	choice: {
		check: checkChoice,
		input: (rule) => ({
			type: 'options',
			options: rule.choices.map((choice) => ({ ...choice })),
			default: rule.default,
		}),
		summary: ({ choices }) => spellValues(choices.map(({ value }) => value)),
		loosen: () => ({ kind: 'anyText' }),
		widest: (rules) => ({
			...firstOf(rules),
			choices: unite(rules.map(({ choices }) => choices)),
			...(rules.some(({ isOpen }) => isOpen) && { isOpen: true }),
		}),
	},
	switch: {
		check: checkSwitch,
		// An option that is only added turns nothing on.
		input: (rule) => ({ type: 'boolean', default: rule.default ?? false }),
		loosen: () => ({ kind: 'switch' }),
		widest: withoutConditions,
	},
	number: {
		check: (label, value, rule) => (isEmpty(value) ? undefined : checkNumber(label, value, rule)),
		input: (rule) => numberInput(rule, 2),
		limit: limitByBounds,
		summary: summaryOfBounds,
		loosen: ({ suggestion }) => ({ kind: 'number', suggestion }),
		widest: widestBounds,
	},
	wholeNumber: {
		check: (label, value, rule) =>
			isEmpty(value) ? undefined : checkNumber(label, value, { ...rule, isWhole: true }),
		input: (rule) => numberInput(rule, 0),
		limit: (rule) => limitByBounds({ ...rule, isWhole: true }),
		summary: (rule) => summaryOfBounds({ ...rule, isWhole: true }),
		loosen: ({ suggestion }) => ({ kind: 'wholeNumber', suggestion }),
		widest: widestBounds,
	},
	object: {
		check: checkFilledObject,
		input: () => ({ type: 'json', default: '{}' }),
		loosen: ({ example }) => ({ kind: 'object', example }),
		widest: withoutConditions,
	},
	watermark: {
		check: (label, value) =>
			isEmpty(value)
				? undefined
				: { enabled: checkBoolean(label, record(value)?.enabled ?? value) },
		input: () => ({ type: 'boolean', default: false }),
		loosen: () => ({ kind: 'watermark' }),
		widest: withoutConditions,
	},
	shots: {
		check: checkShots,
		input: (rule, { placeholder }) => ({
			type: 'fixedCollection',
			default: {},
			placeholder,
			typeOptions: { multipleValues: true, sortable: true },
			options: [shotFields(rule)],
		}),
		summary: ({ maxShots }) => (maxShots === undefined ? 'yes' : `at most ${maxShots}`),
		loosen: () => ({ kind: 'shots' }),
		widest: (rules) => ({
			kind: 'shots',
			maxShots: highest(rules.map(({ maxShots }) => maxShots)),
			maxCharacters: highest(rules.map(({ maxCharacters }) => maxCharacters)),
		}),
	},
	anyText: {
		check: (label, value) => (isEmpty(value) ? undefined : checkAnyText(label, value)),
		input: (_, wording) => ({ type: 'string', default: '', ...textInput(wording) }),
		loosen: (rule) => rule,
		widest: withoutConditions,
	},
};

function kindOf(rule: Rule): Kind<Rule> {
	return kinds[rule.kind];
}

/**
 * What the user gave for a parameter → what is sent for it; undefined when nothing is.
 *
 * @throws TaskError that names the field, the limit and the value
 */
export function checkByRule(label: string, value: unknown, rule: Rule): IDataObject[string] {
	return kindOf(rule).check(label, value, rule);
}

/** The input that the editor shows for a parameter, and what it says of it. */
export function editorInput(rule: Rule, wording: Wording): Input & { description: string } {
	const sentences = [wording.description + (kindOf(rule).limit?.(rule) ?? '')];
	if (rule.kind === 'object') sentences.push(`For example ${rule.example}`);
	if (rule.onlyWith) sentences.push(`Only with ${conditionsOf(rule.onlyWith)}`);
	const description =
		sentences.length === 1
			? sentences.join('')
			: sentences.map((each) => (each.endsWith('.') ? each : `${each}.`)).join(' ');
	return { ...kindOf(rule).input(rule, wording), description };
}

/** What the tables of models say of a parameter: "5, 10", "0 to 1", "only with Mode pro". */
export function summaryOf(rule: Rule): string {
	const condition = rule.onlyWith && `only with ${conditionsOf(rule.onlyWith)}`;
	return [kindOf(rule).summary?.(rule), condition].filter(Boolean).join(', ') || 'yes';
}

/** The same parameter of a model whose rules are not known: whatever the service might take. */
export function loosen(rule: Rule): Rule {
	return kindOf(rule).loosen(rule);
}

/**
 * One rule that allows whatever any of these allows. They are of one kind, since a parameter of the API
 * has one type.
 */
export function widest(rules: readonly Rule[]): Rule {
	return kindOf(firstOf(rules)).widest(rules);
}

function checkText(label: string, value: unknown, rule: TextRule): string | undefined {
	const limit = rule.maxCharacters === undefined ? '' : ` of ${lengthOf(rule)}`;
	if (isEmpty(value)) {
		if (!rule.required) return undefined;
		throw inputError(label, `must be text${limit}, but is empty`);
	}
	if (typeof value !== 'string') {
		throw inputError(label, `must be text${limit}, but is ${show(value)}`);
	}
	checkCharacters(label, value);
	const characters = countCharacters(value);
	if (rule.maxCharacters !== undefined && characters > rule.maxCharacters) {
		throw inputError(label, `must have ${lengthOf(rule)}, but has ${characters}`);
	}
	return value;
}

function checkAnyText(label: string, value: unknown): string {
	if (typeof value === 'string') return checkCharacters(label, value);
	if (Number.isFinite(value)) return String(value);
	throw inputError(label, `must be text or a number, but is ${show(value)}`);
}

function checkChoice(label: string, value: unknown, rule: ChoiceRule): string {
	// The API wants "5", tables and AI agents give 5: nothing is lost in spelling it.
	const spelled = typeof value === 'number' ? String(value) : value;
	const choice = rule.choices.find((candidate) => candidate.value === spelled);
	if (choice) return choice.value;
	if (rule.isOpen && !isEmpty(value)) return checkAnyText(label, value);
	const allowed = rule.choices.map((candidate) => candidate.value).join(', ');
	throw inputError(label, `must be one of ${allowed}, but is ${show(value)}`);
}

const SWITCH_WORDS: Record<string, boolean> = { on: true, off: false };

function checkSwitch(label: string, value: unknown, rule: SwitchRule): string | undefined {
	if (isEmpty(value)) return undefined;
	// The API's own words are what tables and AI agents give.
	const meant = typeof value === 'string' ? (SWITCH_WORDS[value] ?? value) : value;
	const isOn = checkBoolean(label, meant);
	if (isOn === rule.default) return undefined;
	return isOn ? 'on' : 'off';
}

/** An empty one is what the editor's field starts with. */
function checkFilledObject(
	label: string,
	value: unknown,
	{ types }: ObjectRule,
): IDataObject | undefined {
	if (isEmpty(value)) return undefined;
	const object = checkObject(label, value);
	if (Object.keys(object).length === 0) return undefined;
	const { type, config } = object;
	if (!types || type === undefined) return object;
	const known = typeof type === 'string' && Object.hasOwn(types, type) ? types[type] : undefined;
	if (!known) {
		const allowed = Object.keys(types).join(', ');
		throw inputError(label, `must have a type that is one of ${allowed}, but has ${show(type)}`);
	}
	if (known.hasConfig || config === undefined) return object;
	throw inputError(label, `must have no config with the type ${show(type)}`);
}

const SHOT = 'shot';
const LEAST_SHOT_SECONDS = 1;

/** @param value as the editor has it, or a list of shots as the API has it */
function checkShots(label: string, value: unknown, rule: ShotsRule): IDataObject[] | undefined {
	if (isEmpty(value)) return undefined;
	const given = record(value);
	const shots = given && SHOT in given ? list(given[SHOT]) : value;
	if (given && Object.keys(given).length === 0) return undefined;
	if (!Array.isArray(shots)) throw inputError(label, `must be a list, but is ${show(value)}`);
	if (shots.length === 0) return undefined;
	if (rule.maxShots !== undefined && shots.length > rule.maxShots) {
		throw inputError(label, `must be at most ${rule.maxShots}, but are ${shots.length}`);
	}
	return shots.map((shot: unknown, index) => {
		const named = (part: string) => `${label}: ${part} of shot ${index + 1}`;
		const { prompt, duration } = record(shot) ?? {};
		const { maxCharacters } = rule;
		const seconds = checkNumber(named('Duration'), duration, { least: LEAST_SHOT_SECONDS });
		return {
			index: index + 1,
			prompt: checkText(named('Prompt'), prompt, { kind: 'text', required: true, maxCharacters }),
			duration: String(seconds),
		};
	});
}

function shotFields(rule: ShotsRule): INodePropertyCollection {
	const { maxCharacters } = rule;
	const limit = maxCharacters === undefined ? '' : `, in 1 to ${maxCharacters} characters`;
	return {
		displayName: 'Shot',
		name: SHOT,
		values: [
			{
				displayName: 'Prompt',
				name: 'prompt',
				type: 'string',
				default: '',
				placeholder: 'e.g. The fox stops and listens',
				typeOptions: { rows: 2 },
				description: `What this shot should show${limit}`,
			},
			{
				displayName: 'Duration',
				name: 'duration',
				type: 'number',
				default: 2,
				typeOptions: { minValue: LEAST_SHOT_SECONDS },
				description: 'The length of this shot, in seconds',
			},
		],
	};
}

/** How a field with this rule looks, apart from its description: equal texts for fields that look alike. */
export function looksOf(rule: Rule): string {
	return JSON.stringify(kindOf(rule).input(rule, { description: '' }));
}

function textInput({ placeholder, rows }: Wording): Partial<INodeProperties> {
	return { ...(placeholder && { placeholder }), ...(rows && { typeOptions: { rows } }) };
}

function numberInput(
	{ least, most, suggestion }: Omit<NumberRule, 'kind'>,
	numberPrecision: number,
): Input {
	return {
		type: 'number',
		typeOptions: { minValue: least, maxValue: most, numberPrecision },
		default: suggestion,
	};
}

function limitByBounds(bounds: Bounds): string {
	return bounds.most === undefined ? '' : `, as ${boundsOf(bounds)}`;
}

function summaryOfBounds(bounds: Bounds): string {
	return boundsOf(bounds).replace(/^a number (from )?/, '');
}

function widestBounds<R extends NumberRule | WholeNumberRule>(rules: readonly R[]): R {
	const { kind, suggestion } = firstOf(rules);
	const below = highest(rules.map(({ least }) => (least === undefined ? undefined : -least)));
	const most = highest(rules.map((rule) => rule.most));
	return {
		kind,
		suggestion,
		...(below !== undefined && { least: -below }),
		...(most !== undefined && { most }),
	} as R;
}

function withoutConditions<R extends Rule>(rules: readonly R[]): R {
	return { ...firstOf(rules), onlyWith: undefined };
}

function firstOf<R extends Rule>(rules: readonly R[]): R {
	return rules[0] as R;
}

/** The highest of these limits; undefined, which is no limit, where one of them is. */
function highest(limits: ReadonlyArray<number | undefined>): number | undefined {
	const known = limits.filter((limit) => limit !== undefined);
	return known.length > 0 && known.length === limits.length ? Math.max(...known) : undefined;
}

/** "5, 10"; "3 to 15" for numbers without a gap. */
function spellValues(values: string[]): string {
	const [first, last] = [Number(values[0]), Number(values.at(-1))];
	const hasNoGap = values.every((value, index) => Number(value) === first + index);
	return values.length > 3 && hasNoGap ? `${first} to ${last}` : values.join(', ');
}

/** Each value once; numbers in their order. */
function unite(lists: ReadonlyArray<readonly Choice[]>): Choice[] {
	const all = [...new Map(lists.flat().map((choice) => [choice.value, choice])).values()];
	const areNumbers = all.every(({ value }) => Number.isFinite(Number(value)));
	return areNumbers ? all.sort((a, b) => Number(a.value) - Number(b.value)) : all;
}

/** "1 to 2500 characters". */
function lengthOf({ required, maxCharacters }: TextRule): string {
	if (maxCharacters === undefined) return required ? 'required' : 'yes';
	return `${required ? '1 to' : 'at most'} ${maxCharacters} characters`;
}

export function listConditions(conditions: Conditions = {}) {
	return Object.entries(conditions) as Array<[keyof Conditions, readonly string[]]>;
}

/** "Mode std and Duration 5". */
export function conditionsOf(conditions: Conditions): string {
	return listConditions(conditions)
		.map(([parameter, values]) => `${conditionLabels[parameter]} ${values.join(' or ')}`)
		.join(' and ');
}
