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
	const hideFor = (shown: Field, condition: DisplayCondition) => ({
		[conditionPath(shown, modelField)]: [condition],
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
						hide: hideFor(field, NO_EXPRESSION),
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
 * Conditions on the text of Model, which n8n takes out of the locator. Regular expressions, because n8n 2.0
 * fails on `startsWith` where a value is no text, and has no other way to say "none of these".
 */
const NO_EXPRESSION: DisplayCondition = { _cnd: { regex: '^(?!=)' } };

export function unlessModelIs(
	ids: string[],
	{ orExpression }: { orExpression: boolean },
): DisplayCondition {
	return { _cnd: { regex: `^(?!(${ids.join('|')})$${orExpression ? '|=' : ''})` } };
}

export function ifModelIs(ids: string[]): DisplayCondition {
	return { _cnd: { regex: `^(${ids.join('|')})$` } };
}

function ifKnownOrExpression(ids: string[]): DisplayCondition {
	return { _cnd: { regex: `^(=|(${ids.join('|')})$)` } };
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
