import type { IDataObject, IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { type Observed, simplify } from '../output/itemJson';
import type { Field, ReadParameter } from '../request/parameters';
import { readChoiceOf, readNumber, show } from '../request/values';
import type { Task } from '../task/task';

/** How a task becomes an item: the same for every operation. */

const fields = {
	downloadVideo: { path: 'downloadVideo', label: 'Download Video' },
	binaryPropertyName: { path: 'binaryPropertyName', label: 'Put Output File in Field' },
	maximumSize: { path: 'options.maximumFileSizeMiB', label: 'Maximum File Size (MiB)' },
	onDownloadError: { path: 'options.onDownloadError', label: 'On Download Error' },
	output: { path: 'options.output', label: 'Output' },
} satisfies Record<string, Field>;

const showOnlyForDownloading = {
	resource: ['video', 'task'],
	operation: ['generate', 'generateAndResumeOnCallback', 'imageToVideo', 'wait'],
};

/** True where the node is a tool: an agent reads the address of a video and cannot use its file. */
const asTool = { '@tool': [true] };

const downloadProperties: INodeProperties[] = [
	{
		displayName: fields.downloadVideo.label,
		name: fields.downloadVideo.path,
		type: 'boolean',
		default: true,
		description:
			'Whether to download the video file into the item. If turned off, the item has only its address.',
		displayOptions: { hide: asTool },
	},
	{
		displayName: fields.downloadVideo.label,
		name: fields.downloadVideo.path,
		type: 'boolean',
		default: false,
		description:
			'Whether to download the video file as well where the node is a tool. Off unless turned on: an agent reads only the address, and n8n never removes what MCP clients have it download.',
		displayOptions: { show: asTool },
	},
	{
		displayName: fields.binaryPropertyName.label,
		name: fields.binaryPropertyName.path,
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the file in',
		displayOptions: { show: { downloadVideo: [true] } },
	},
];

/** @param show when the fields are shown; always, where the whole node is about finished tasks */
export function downloadFieldsFor(
	show: NonNullable<IDisplayOptions['show']> = {},
): INodeProperties[] {
	return downloadProperties.map((field) => ({
		...field,
		displayOptions: { ...field.displayOptions, show: { ...show, ...field.displayOptions?.show } },
	}));
}

export const downloadFields = downloadFieldsFor(showOnlyForDownloading);

/** A video of the API has tens of MiB; the limit is there for an address that gives something else. */
const DEFAULT_FILE_SIZE_MIB = 1024;
const FILE_SIZE_MIB = { least: 1, most: 10_240, preset: DEFAULT_FILE_SIZE_MIB };

/** For the Options collection. */
export const downloadOptions: INodeProperties[] = [
	{
		displayName: fields.maximumSize.label,
		name: 'maximumFileSizeMiB',
		type: 'number',
		typeOptions: { minValue: FILE_SIZE_MIB.least, maxValue: FILE_SIZE_MIB.most },
		default: DEFAULT_FILE_SIZE_MIB,
		description: 'The largest video file to download. A larger one counts as a download error.',
	},
	{
		displayName: fields.onDownloadError.label,
		name: 'onDownloadError',
		type: 'options',
		options: [
			{
				name: 'Fail',
				value: 'fail',
				description:
					'The item ends with an error that has the task ID and the address of the video',
			},
			{
				name: 'Return the Item Without the Video',
				value: 'returnItem',
				description: 'The item has the address of the video and a warning, but no file',
			},
		],
		default: 'fail',
		description: 'What to do when a finished video cannot be downloaded',
	},
];

/** For the Options collection. */
export const outputOption: INodeProperties = {
	displayName: fields.output.label,
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'The fields that workflows need, with the same names whatever the service sends',
		},
		{ name: 'Raw', value: 'raw', description: 'What the service sent, unchanged' },
	],
	default: 'simplified',
	description: 'What the JSON of the item contains',
};

export type OutputFormat = 'simplified' | 'raw';

/** @throws TaskError */
export function readOutputFormat(read: ReadParameter): OutputFormat {
	return readChoiceOf(read, fields.output, ['simplified', 'raw']);
}

export function taskJson(task: Task, format: OutputFormat, seen: Observed): IDataObject {
	return format === 'raw' ? (task.raw as IDataObject) : simplify(task, seen);
}

export interface DownloadInput {
	/** Undefined when the video is not to be downloaded. */
	file?: {
		/** The item's binary field. */
		field: string;
		maximumBytes: number;
		onError: 'fail' | 'returnItem';
	};
}

/** @throws TaskError */
export function readDownload(read: ReadParameter): DownloadInput {
	const isOn = read(fields.downloadVideo.path, true);
	if (typeof isOn !== 'boolean') {
		throw inputError(fields.downloadVideo.label, `must be true or false, but is ${show(isOn)}`);
	}
	if (!isOn) return {};
	const field = read(fields.binaryPropertyName.path, 'data');
	if (typeof field !== 'string' || field.trim() === '') {
		throw inputError(
			fields.binaryPropertyName.label,
			`must be the name of a binary field, but is ${show(field)}`,
		);
	}
	const maximumBytes = readNumber(read, fields.maximumSize, FILE_SIZE_MIB) * 1024 * 1024;
	const onError = readChoiceOf(read, fields.onDownloadError, ['fail', 'returnItem']);
	return { file: { field: field.trim(), maximumBytes, onError } };
}
