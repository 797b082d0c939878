/** What the README says of models and their parameters, from the catalogue. */
import {
	modelsFor,
	parametersOf,
	type ImageLimits,
	type ImageRules,
	type Model,
	type ParameterName,
	type TailRules,
} from '../nodes/KirinVideo/request/models';
import { sizeOf } from '../nodes/KirinVideo/request/checkImage';
import { parameterFields } from '../nodes/KirinVideo/request/parameters';
import { conditionsOf, summaryOf } from '../nodes/KirinVideo/request/rules';
import { markdownTable } from './markdown-table';

const NONE = '–';

/** Those that make videos from text; the others have a table of their own. */
const models = modelsFor('text');

const parameters = Object.keys(parameterFields) as ParameterName[];

/** Every text-to-video model, what it is, and what not all have alike. */
export function modelsTable(): string {
	const differing = parameters.filter(
		(parameter) => new Set(models.map((model) => cellOf(model, parameter))).size > 1,
	);
	return markdownTable(
		['model', 'ID', '', ...differing.map((parameter) => parameterFields[parameter].label)],
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
			imageCell(model.images),
			tailCell(model.images?.image_tail),
			parametersOf(model)
				.map(([parameter, rule]) => `${parameterFields[parameter].label} (${summaryOf(rule)})`)
				.join(', '),
		]),
	);
}

function imageCell({ image, image_list: list }: ImageRules = {}): string {
	if (list) return `1 to ${list.most} images, each ${limitsOf(list.limits)}`;
	return image ? `${image.isRequired ? 'required' : 'or a tail'}: ${limitsOf(image.limits)}` : NONE;
}

function tailCell(tail: TailRules | undefined): string {
	if (!tail) return NONE;
	const { besideImage, alone } = tail;
	const conditions = conditionsOf(besideImage) && `only with ${conditionsOf(besideImage)}`;
	const byItself = alone
		? `by itself ${conditionsOf(alone) && `only with ${conditionsOf(alone)}`}`.trim()
		: '';
	return [conditions || 'yes', byItself, tail.limits && limitsOf(tail.limits)]
		.filter(Boolean)
		.join('; ');
}

function limitsOf({ formats, leastSide, mostRatio, ...size }: ImageLimits): string {
	return [
		formats.join(' or '),
		sizeOf({ formats, leastSide, mostRatio, ...size }),
		`at least ${leastSide} px on each side`,
		mostRatio === undefined ? 'any ratio' : `ratio 1:${mostRatio} to ${mostRatio}:1`,
	].join(', ');
}

function cellOf(model: Model, parameter: ParameterName): string {
	const rule = parametersOf(model).find(([name]) => name === parameter)?.[1];
	return rule ? summaryOf(rule) : NONE;
}
