import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { type ImageRules, modelsBy, modelsFor } from '../../request/models';
import {
	type Field,
	type ImageParameter,
	imageSourceFields,
	modelFieldFor,
} from '../../request/parameters';
import { type Conditions, conditionsOf, listConditions } from '../../request/rules';
import {
	type HideCondition,
	type HideConditions,
	hideUnlessMet,
	unlessModelIs,
} from '../modelConditions';
import { type OperationsBy, showFor } from '../operationsBy';

/** Where the images come from that a video is made from. */

/** The fields of one image. */
export interface ImageFields {
	/** What errors call the picture itself. */
	label: string;
	source: Field;
	binary: Field;
	url: Field;
	base64: Field;
}

function fieldsOf(parameter: ImageParameter, prefix: string, label: string): ImageFields {
	return {
		label,
		source: imageSourceFields[parameter],
		binary: { path: `${prefix}BinaryPropertyName`, label: `${label} Input Binary Field` },
		url: { path: `${prefix}Url`, label: `${label} URL` },
		base64: { path: `${prefix}Base64`, label: `${label} Base64 Text` },
	};
}

export const imageFieldsOf = {
	image: fieldsOf('image', 'image', 'Image'),
	image_tail: fieldsOf('image_tail', 'tailImage', 'Tail Image'),
};

/** The fields of a list of images: names or addresses, with commas between them. */
export const referenceFields = {
	label: 'Reference Image',
	source: imageSourceFields.image_list,
	binary: { path: 'referenceImagesBinaryPropertyNames', label: 'Input Binary Fields' },
	url: { path: 'referenceImagesUrls', label: 'Reference Images URLs' },
};

const sources = {
	base64: { name: 'Base64 Text', value: 'base64', description: 'A text in the JSON of the item' },
	binary: { name: 'Binary Field', value: 'binary', description: 'A file of the item' },
	url: { name: 'URL', value: 'url', description: 'An address that the service can reach' },
};

/** The choices of a source, by name. */
function sourcesWith(none: string | undefined): INodePropertyOptions[] {
	const { base64, binary, url } = sources;
	if (none === undefined) return [base64, binary, url];
	return [base64, binary, { name: 'None', value: 'none', description: none }, url];
}

/** The models of the catalogue that have a rule for an image, of those that take images. */
function idsWith(has: (rules: ImageRules) => unknown): string[] {
	return modelsFor('image')
		.filter(({ images }) => images && has(images))
		.map(({ id }) => id);
}

/** One image's fields where its source is set: they show for the models that the source shows for. */
function partsOf(
	{ source, binary, url, base64 }: ImageFields,
	hide: HideConditions | undefined,
	operations: string[],
): INodeProperties[] {
	const shownFor = (value: string) => ({
		show: { ...showFor(operations).show, [source.path]: [value] },
		...(hide && { hide }),
	});
	return [
		{
			displayName: binary.label,
			name: binary.path,
			type: 'string',
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input binary field that holds the image',
			displayOptions: shownFor('binary'),
		},
		{
			displayName: url.label,
			name: url.path,
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/fox.jpg',
			description: 'The address of the image. The service fetches it; the node does not.',
			displayOptions: shownFor('url'),
		},
		{
			displayName: base64.label,
			name: base64.path,
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.image }}',
			description: 'The image as Base64 text, with or without a data: prefix',
			displayOptions: shownFor('base64'),
		},
	];
}

function hideForModels(conditions: HideCondition[]): HideConditions {
	return { [modelFieldFor.image.path]: conditions };
}

/** The first image: for all models but those that take a list, and optional where a tail will do. */
function firstImageFields(operations: string[]): INodeProperties[] {
	const fields = imageFieldsOf.image;
	const requiring = idsWith(({ image }) => image?.isRequired);
	const without = idsWith(({ image }) => !image);
	const sourceField = (options: INodePropertyOptions[], hide: HideConditions): INodeProperties => ({
		displayName: fields.source.label,
		name: fields.source.path,
		type: 'options',
		options,
		default: 'binary',
		description:
			'Where the image that the video begins with comes from: a JPG or PNG file under 10 MB',
		displayOptions: { ...showFor(operations), hide },
	});
	return [
		sourceField(sourcesWith(undefined), hideForModels(unlessModelIs(requiring, NOT_BY_EXPRESSION))),
		sourceField(
			sourcesWith('The video only ends with an image'),
			hideForModels([...requiring, ...without]),
		),
		...partsOf(fields, hideForModels(without), operations),
	];
}

const NOT_BY_EXPRESSION = { orExpression: false };

/** The conditions of a tail image; empty where there are none. */
function tailConditions({ image_tail: tail }: ImageRules): Conditions | undefined {
	if (!tail) return undefined;
	const { besideImage, alone } = tail;
	// The editor ignores whether there is a first image, and shows what either case allows.
	if (alone && listConditions(alone).length === 0) return {};
	return besideImage;
}

/** The last image: for the models that take one, and only with what they take it with. */
function tailImageFields(operations: string[]): INodeProperties[] {
	const fields = imageFieldsOf.image_tail;
	const sourceField = (conditions: Conditions, hide: HideConditions): INodeProperties => ({
		displayName: fields.source.label,
		name: fields.source.path,
		type: 'options',
		options: sourcesWith('The model decides how the video ends'),
		default: 'none',
		description: `Where the image that the video ends with comes from, if any${only(conditions)}`,
		displayOptions: { ...showFor(operations), hide },
	});
	const groups = modelsBy('image', ({ images }) => images && tailConditions(images));
	return [
		...groups.map(({ key, ids }) =>
			sourceField(key, {
				...hideForModels(unlessModelIs(ids, NOT_BY_EXPRESSION)),
				...hideUnlessMet(fields.source, key, ids),
			}),
		),
		sourceField({}, hideForModels(modelsFor('image').map(({ id }) => id))),
		...partsOf(fields, undefined, operations),
	];
}

function only(conditions: Conditions): string {
	return listConditions(conditions).length > 0 ? `. Only with ${conditionsOf(conditions)}.` : '';
}

/** Reference images, for the models that take a list. */
function referenceImageFields(operations: string[]): INodeProperties[] {
	const { source, binary, url } = referenceFields;
	const having = idsWith(({ image_list: list }) => list);
	const hide = hideForModels(unlessModelIs(having, { orExpression: true }));
	const shownFor = (value: string) => ({
		show: { ...showFor(operations).show, [source.path]: [value] },
		hide,
	});
	return [
		{
			displayName: source.label,
			name: source.path,
			type: 'options',
			options: [sources.binary, sources.url],
			default: 'binary',
			description:
				'Where the images come from that show what the video is about, such as a person and a place: one to four JPG or PNG files under 10 MB each',
			displayOptions: { ...showFor(operations), hide },
		},
		{
			displayName: binary.label,
			name: binary.path,
			type: 'string',
			default: 'data',
			placeholder: 'e.g. person, place',
			hint: 'The names of the input binary fields that hold the images, with commas between them',
			displayOptions: shownFor('binary'),
		},
		{
			displayName: url.label,
			name: url.path,
			type: 'string',
			default: '',
			placeholder: 'e.g. https://example.com/fox.jpg, https://example.com/snow.jpg',
			description:
				'The addresses of the images, with commas between them. The service fetches them; the node does not.',
			displayOptions: shownFor('url'),
		},
	];
}

export function imageFields({ input: { image: operations } }: OperationsBy): INodeProperties[] {
	return [
		...firstImageFields(operations),
		...tailImageFields(operations),
		...referenceImageFields(operations),
	];
}
