import type { DisplayCondition, IDisplayOptions } from 'n8n-workflow';
import { findModel, modelsFor, rulesFor } from '../request/models';
import {
	type Field,
	type ModelInput,
	type ParameterName,
	isOption,
	modelField,
	modelFields,
	otherModelField,
} from '../request/parameters';
import { type Conditions, type Rule, listConditions, loosen, widest } from '../request/rules';

/**
 * When a field of a model shows. All conditions hide rather than show: n8n takes an expression for
 * anything that a field is to show for, and then looks at no further condition.
 */
export type HideConditions = NonNullable<IDisplayOptions['hide']>;
export type HideCondition = NonNullable<HideConditions[string]>[number];

/** A rule, and the models that have it. */
interface Group {
	rule: Rule;
	ids: string[];
}

/** One field of the editor: a parameter under one rule, for the models that have it. */
export interface Variant {
	field: Field;
	rule: Rule;
	hide: HideConditions;
}

/**
 * The fields that a parameter needs, of which the editor shows one at most: one for each distinct rule of
 * the catalogue; one that allows all that any of them does, for a model that comes from an expression; and
 * one without a rule, for a model that the catalogue does not have.
 */
export function variantsOf(parameter: ParameterName, input: ModelInput): Variant[] {
	const groups: Group[] = rulesFor(parameter, input);
	const [first, ...others] = groups;
	if (!first) return [];
	const field = modelFields[parameter];
	const otherField = otherModelField(parameter);
	// Models whose rules are the same share a field with the expression.
	const isOneRule = others.length === 0;
	const hideFor = (shown: Field, conditions: HideCondition[]): HideConditions => ({
		[conditionPath(shown, modelField)]: conditions,
	});
	return [
		...groups.map((group) => ({
			field,
			rule: group.rule,
			hide: {
				...hideFor(field, unlessModelIs(group.ids, { orExpression: isOneRule })),
				...hideUnlessMet(field, group.rule.onlyWith, group.ids),
			},
		})),
		...(isOneRule
			? []
			: [
					{
						field,
						rule: widest(groups.map(({ rule }) => rule)),
						hide: hideFor(field, allBut([EXPRESSION])),
					},
				]),
		{
			field: otherField,
			rule: loosen(first.rule),
			hide: hideFor(otherField, ifKnownOrExpression(modelsFor(input).map(({ id }) => id))),
		},
	];
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
		return { _cnd: { between: { from: `${to}\0`, to: before(next.from) } } };
	});
	return [{ _cnd: { lt: sorted[0]?.from ?? '' } }, ...gaps];
}

/** No text that anybody writes lies between this one and `text`. */
function before(text: string): string {
	const last = text.length - 1;
	return `${text.slice(0, last)}${String.fromCharCode(text.charCodeAt(last) - 1)}\uffff`;
}

function ifKnownOrExpression(ids: string[]): HideCondition[] {
	return [...ids, { _cnd: { between: EXPRESSION } }];
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
				conditionPath(field, modelFields[parameter]),
				[...values].filter((value) => !allowed.includes(value)),
			];
		}),
	);
}
