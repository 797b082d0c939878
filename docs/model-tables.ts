/** What the README says of models and their parameters, from the catalogue. */
import {
	modelsFor,
	parametersOf,
	rulesFor,
	type ImageLimits,
	type Model,
	type ParameterName,
} from '../nodes/KirinVideo/models';
import { conditionLabels, isOption, modelField, modelFields } from '../nodes/KirinVideo/parameters';
import { boundsOf, conditionsOf, lengthOf, type Rule } from '../nodes/KirinVideo/rules';
import { markdownTable } from './markdown-table';

const NONE = '–';

/** Those that make videos from text; the others have a table of their own. */
const models = modelsFor('text');

const parameters = Object.keys(modelFields) as ParameterName[];

/** Every text-to-video model, what it is, and what not all have alike. */
export function modelsTable(): string {
	const differing = parameters.filter(
		(parameter) => new Set(models.map((model) => cellOf(model, parameter))).size > 1,
	);
	return markdownTable(
		['model', 'ID', '', ...differing.map((parameter) => modelFields[parameter].label)],
		models.map((model) => [
			`[${model.name}](${model.documentationUrl})`,
			`\`${model.id}\``,
			model.description,
			...differing.map((parameter) => cellOf(model, parameter)),
		]),
	);
}

/** The fields that stand in the node itself. Options have a table of their own. */
export function fieldsTable(): string {
	const fields = parameters.filter((parameter) => !isOption(modelFields[parameter]));
	const [first] = models;
	return markdownTable(
		['field', 'values', 'default'],
		[
			[
				modelField.label,
				'A model of the table below, or _Other Model (by ID)_ and its **Model ID**',
				first?.name ?? '',
			],
			...fields.flatMap((parameter) =>
				rulesFor(parameter, 'text').map(({ rule, ids }) => [
					modelFields[parameter].label,
					valuesOf(rule) + onlyFor(ids),
					defaultOf(rule),
				]),
			),
		],
	);
}

/** The image-to-video models, and what they ask of images. */
export function imageModelsTable(): string {
	return markdownTable(
		['model', 'ID', 'image', 'tail image', 'beside it'],
		modelsFor('image').map((model) => [
			`[${model.name}](${model.documentationUrl})`,
			`\`${model.id}\``,
			model.images ? limitsOf(model.images.limits) : NONE,
			model.images ? `only with ${conditionsOf(model.images.tailOnlyWith, conditionLabels)}` : NONE,
			parametersOf(model)
				.map(([parameter, rule]) => `${modelFields[parameter].label} (${summaryOf(rule)})`)
				.join(', '),
		]),
	);
}

function limitsOf({ formats, bytesBelow, leastSide, mostRatio }: ImageLimits): string {
	return [
		formats.join(' or '),
		`under ${bytesBelow / 1_000_000} MB`,
		`at least ${leastSide} px on each side`,
		`ratio 1:${mostRatio} to ${mostRatio}:1`,
	].join(', ');
}

function cellOf(model: Model, parameter: ParameterName): string {
	const rule = parametersOf(model).find(([name]) => name === parameter)?.[1];
	return rule ? summaryOf(rule) : NONE;
}

function summaryOf(rule: Rule): string {
	const condition = conditionIn(rule);
	switch (rule.kind) {
		case 'choice':
			return rule.choices.map(({ value }) => value).join(', ');
		case 'text':
			return lengthOf(rule);
		case 'number':
			return boundsOf(rule).replace(/^a number from /, '') + (condition && `, ${condition}`);
		default:
			return condition || 'yes';
	}
}

function valuesOf(rule: Rule): string {
	const condition = conditionIn(rule);
	switch (rule.kind) {
		case 'choice':
			return rule.choices
				.map(({ name, value }) => (name.startsWith(value) ? name : `${name} (\`${value}\`)`))
				.join(', ');
		case 'text':
			return `${lengthOf(rule)}; an emoji counts as one`;
		default:
			return `on, off${condition && `; on ${condition}`}`;
	}
}

function conditionIn(rule: Rule): string {
	return rule.onlyWith ? `only with ${conditionsOf(rule.onlyWith, conditionLabels)}` : '';
}

function onlyFor(ids: string[]): string {
	const having = models.filter(({ id }) => ids.includes(id));
	if (having.length === models.length) return '';
	// Where a few have it they are named; where most do, the table of models tells.
	if (having.length > models.length / 2) return '; for models that have it';
	return `; for ${having.map(({ name }) => name).join(', ')}`;
}

function defaultOf(rule: Rule): string {
	if (rule.kind === 'choice') {
		return rule.choices.find(({ value }) => value === rule.default)?.name ?? '';
	}
	return rule.kind === 'switch' ? (rule.default ? 'on' : 'off') : '';
}
