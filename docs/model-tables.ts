/** What the README says of models and their parameters, from the catalogue. */
import {
	modelsFor,
	parametersOf,
	type ImageLimits,
	type Model,
	type ParameterName,
} from '../nodes/KirinVideo/request/models';
import { conditionLabels, modelFields } from '../nodes/KirinVideo/request/parameters';
import { boundsOf, conditionsOf, lengthOf, type Rule } from '../nodes/KirinVideo/request/rules';
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

function conditionIn(rule: Rule): string {
	return rule.onlyWith ? `only with ${conditionsOf(rule.onlyWith, conditionLabels)}` : '';
}
