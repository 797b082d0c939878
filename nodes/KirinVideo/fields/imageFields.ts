import type { INodeProperties } from 'n8n-workflow';
import { type Field, type ImageParameter, imageSourceFields } from '../request/parameters';
import { type OperationsBy, showFor } from './operationsBy';

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

export const imageFieldsOf: Record<ImageParameter, ImageFields> = {
	image: fieldsOf('image', 'image', 'Image'),
	image_tail: fieldsOf('image_tail', 'tailImage', 'Tail Image'),
};

const sources = [
	{ name: 'Base64 Text', value: 'base64', description: 'A text in the JSON of the item' },
	{ name: 'Binary Field', value: 'binary', description: 'A file of the item' },
	{ name: 'URL', value: 'url', description: 'An address that the service can reach' },
];

const none = { name: 'None', value: 'none', description: 'The model decides how the video ends' };

function propertiesOf(
	{ source, binary, url, base64 }: ImageFields,
	what: string,
	isOptional: boolean,
	operations: string[],
): INodeProperties[] {
	const defaultSource = isOptional ? 'none' : 'binary';
	const shownFor = (value: string) => ({
		show: { ...showFor(operations).show, [source.path]: [value] },
	});
	return [
		{
			displayName: source.label,
			name: source.path,
			type: 'options',
			options: isOptional ? [...sources.slice(0, 2), none, ...sources.slice(2)] : sources,
			default: defaultSource,
			description: what,
			displayOptions: showFor(operations),
		},
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

export function imageFields({ input }: OperationsBy): INodeProperties[] {
	return [
		...propertiesOf(
			imageFieldsOf.image,
			'Where the image that the video begins with comes from: a JPG or PNG file under 10 MB',
			false,
			input.image,
		),
		...propertiesOf(
			imageFieldsOf.image_tail,
			'Where the image that the video ends with comes from, if any. Only with Mode pro.',
			true,
			input.image,
		),
	];
}
