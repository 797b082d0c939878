import type { DisplayCondition, IDisplayOptions } from 'n8n-workflow';
import {
	type ModelInput,
	type ParameterName,
	findModel,
	modelsFor,
	rulesFor,
} from '../request/models';
import {
	type Field,
	OTHER_MODEL,
	isOption,
	modelField,
	modelFields,
	otherModelField,
} from '../request/parameters';
import { type Rule, listConditions, loosen } from '../request/rules';

/**
 * When a field of a model shows. All conditions hide rather than show: n8n takes an expression for
 * anything that a field is to show for, and then looks at no further condition.
 */
type HideConditions = NonNullable<IDisplayOptions['hide']>;

/** A rule, and the models that have it. */
interface Group {
	rule: Rule;
	ids: string[];
}

/** An expression as the workflow holds it; the editor looks at what it gives for the current item. */
const IS_EXPRESSION: DisplayCondition = { _cnd: { startsWith: '=' } };

/** One field of the editor: a parameter under one rule, for the models that have it. */
export interface Variant {
	field: Field;
	rule: Rule;
	hide: HideConditions;
}

/**
 * The fields that a parameter needs: one for each distinct rule of the catalogue; where there are
 * several, one that allows all that any of them does, for a model that comes from an expression; and
 * one without a rule, for a model that the catalogue does not have.
 */
export function variantsOf(parameter: ParameterName, input: ModelInput): Variant[] {
	const groups: Group[] = rulesFor(parameter, input);
	const [first] = groups;
	if (!first) return [];
	const field = modelFields[parameter];
	const model = conditionPath(field, modelField);
	const known = modelsFor(input).map(({ id }) => id);
	const without = (ids: string[]) => known.filter((id) => !ids.includes(id));

	const perRule = groups.map((group) => ({
		field,
		rule: group.rule,
		hide: {
			[model]: [...without(group.ids), OTHER_MODEL, ...(groups.length > 1 ? [IS_EXPRESSION] : [])],
			...hideUnlessMet(field, group),
		},
	}));
	const perExpression =
		groups.length > 1
			? [{ field, rule: widest(groups), hide: { [model]: [...known, OTHER_MODEL] } }]
			: [];
	const otherField = otherModelField(parameter);
	const other = { field: otherField, rule: loosen(first.rule), hide: hideUnlessOther(otherField) };
	return [...perRule, ...perExpression, other];
}

export function hideUnlessOther(field: Field): HideConditions {
	return { [conditionPath(field, modelField)]: [{ _cnd: { not: OTHER_MODEL } }] };
}

/** How a condition of `field` names another: from within a collection, the others lie at the root. */
function conditionPath(field: Field, other: Field): string {
	return isOption(field) ? `/${other.path}` : other.path;
}

/** A rule across parameters, as seen in the editor: hidden for the values that it does not allow. */
function hideUnlessMet(field: Field, { rule, ids }: Group): HideConditions {
	return Object.fromEntries(
		listConditions(rule.onlyWith).map(([parameter, allowed]) => {
			const choices = ids.flatMap((id) => findModel(id)?.parameters[parameter]?.choices ?? []);
			const values = new Set(choices.map(({ value }) => value));
			return [
				conditionPath(field, modelFields[parameter]),
				[...values].filter((value) => !allowed.includes(value)),
			];
		}),
	);
}

/** What the editor offers for a model that it does not know yet; the rest is left to the check. */
function widest(groups: Group[]): Rule {
	const [{ rule: first }] = groups as [Group];
	if (first.kind !== 'choice') return first;
	const choices = groups.flatMap(({ rule }) => (rule.kind === 'choice' ? rule.choices : []));
	const byValue = new Map(choices.map((choice) => [choice.value, choice]));
	return { ...first, choices: [...byValue.values()] };
}
