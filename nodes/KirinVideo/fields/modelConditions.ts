import type { DisplayCondition, IDisplayOptions } from 'n8n-workflow';
import { findModel, modelsFor, rulesFor } from '../request/models';
import {
	type Field,
	type ModelInput,
	type ParameterName,
	isOption,
	modelFieldFor,
	parameterFields,
	otherModelField,
} from '../request/parameters';
import {
	type Conditions,
	type Rule,
	listConditions,
	looksOf,
	loosen,
	widest,
} from '../request/rules';

/**
 * When a field of a model shows. All conditions hide rather than show, because n8n lets an expression meet
 * any condition to show, and then looks at no other.
 */
export type HideConditions = NonNullable<IDisplayOptions['hide']>;
export type HideCondition = NonNullable<HideConditions[string]>[number];

/** One field of the editor: a parameter under one rule, for the models that have it. */
export interface Variant {
	field: Field;
	rule: Rule;
	hide: HideConditions;
}

/** A rule, and the models for which a field with it shows. */
interface Shown {
	field: Field;
	rule: Rule;
	/** Of the catalogue. */
	ids: string[];
	/** Whether the field shows where the model comes from an expression. */
	byExpression: boolean;
	/** Whether the field shows for a model that the catalogue does not have. */
	unknown: boolean;
}

/**
 * The fields that a parameter needs, of which the editor shows one at most: for each rule of the catalogue;
 * one that allows all that any of them does, for a model that comes from an expression; and one without a
 * rule, for a model that the catalogue does not have. Those that would look the same are one field, because
 * n8n evaluates the value of every field by its name, hidden or not, twice for each item.
 */
export function variantsOf(parameter: ParameterName, input: ModelInput): Variant[] {
	const groups = rulesFor(parameter, input);
	const [first, ...others] = groups;
	if (!first) return [];
	const field = parameterFields[parameter];
	const byExpression = others.length > 0 ? widest(groups.map(({ rule }) => rule)) : first.rule;
	const shown: Shown[] = [
		...groups.map((group) => ({ field, ...group, byExpression: false, unknown: false })),
		{ field, rule: byExpression, ids: [], byExpression: true, unknown: false },
		{
			field: otherModelField(parameter),
			rule: loosen(first.rule),
			ids: [],
			byExpression: false,
			unknown: true,
		},
	];
	return mergeAlike(shown).map((one) => ({
		field: one.field,
		rule: one.rule,
		hide: {
			...hideUnlessShown(one, input),
			...hideUnlessMet(one.field, one.rule.onlyWith, one.ids),
		},
	}));
}

function mergeAlike(shown: Shown[]): Shown[] {
	const alike = new Map<string, [Shown, ...Shown[]]>();
	for (const each of shown) {
		const key = JSON.stringify([each.field.path, each.rule.onlyWith, looksOf(each.rule)]);
		const same = alike.get(key);
		if (same) same.push(each);
		else alike.set(key, [each]);
	}
	return [...alike.values()].map((same) => {
		const [{ field, rule }, ...others] = same;
		const merged = { ...widest(same.map((each) => each.rule)), onlyWith: rule.onlyWith } as Rule;
		return {
			field,
			rule: others.length > 0 ? merged : rule,
			ids: same.flatMap(({ ids }) => ids),
			byExpression: same.some((each) => each.byExpression),
			unknown: same.some((each) => each.unknown),
		};
	});
}

function hideUnlessShown({ field, ids, byExpression, unknown }: Shown, input: ModelInput) {
	const others = modelsFor(input).flatMap(({ id }) => (ids.includes(id) ? [] : [id]));
	const conditions = unknown
		? [...others, ...(byExpression ? [] : [{ _cnd: { between: EXPRESSION } }])]
		: unlessModelIs(ids, { orExpression: byExpression });
	return conditions.length > 0 ? { [conditionPath(field, modelFieldFor[input])]: conditions } : {};
}

/*
 * Conditions on the text of Model, which n8n takes out of the locator. By the order of texts, because n8n
 * runs a regular expression within 250 ms of the wall's time and fails the execution where a busy machine
 * takes longer (2.41); and n8n 2.0 fails on `startsWith` where a value is no text.
 */

/** Texts from the one to the other, as JavaScript orders them. */
interface Range {
	from: string;
	to: string;
}

/** Every text that begins with "=": ">" is the next character. */
const EXPRESSION: Range = { from: '=', to: '>' };

export function unlessModelIs(
	ids: string[],
	{ orExpression }: { orExpression: boolean },
): DisplayCondition[] {
	const exact = ids.map((id) => ({ from: id, to: id }));
	return allBut(orExpression ? [...exact, EXPRESSION] : exact);
}

/** The gaps between `ranges`, of which there is one at least: n8n has no way to say "none of these". */
function allBut(ranges: Range[]): DisplayCondition[] {
	const sorted = ranges.sort((one, other) => (one.from < other.from ? -1 : 1));
	const gaps = sorted.map(({ to }, index): DisplayCondition => {
		const next = sorted[index + 1];
		if (!next) return { _cnd: { gt: to } };
		return { _cnd: { between: { from: `${to}\u0001`, to: before(next.from) } } };
	});
	return [{ _cnd: { lt: sorted[0]?.from ?? '' } }, ...gaps];
}

/** No text that anybody writes lies between this one and `text`. */
function before(text: string): string {
	const last = text.length - 1;
	return `${text.slice(0, last)}${String.fromCharCode(text.charCodeAt(last) - 1)}\uffff`;
}

/** How a condition of `field` names another: from within a collection, the others lie at the root. */
function conditionPath(field: Field, other: Field): string {
	return isOption(field) ? `/${other.path}` : other.path;
}

/** A rule across parameters, as seen in the editor: hidden for the values that it does not allow. */
export function hideUnlessMet(
	field: Field,
	conditions: Conditions | undefined,
	ids: string[],
): HideConditions {
	return Object.fromEntries(
		listConditions(conditions).map(([parameter, allowed]) => {
			const rules = ids.map((id) => findModel(id)?.parameters[parameter]);
			const choices = rules.flatMap((rule) => (rule?.kind === 'choice' ? rule.choices : []));
			const values = new Set(choices.map(({ value }) => value));
			return [
				conditionPath(field, parameterFields[parameter]),
				[...values].filter((value) => !allowed.includes(value)),
			];
		}),
	);
}
