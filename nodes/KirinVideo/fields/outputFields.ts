import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { OutputFormat } from '../output/itemJson';
import type { Field, ReadParameter } from '../request/parameters';
import {
	checkCharacters,
	countCharacters,
	isEmpty,
	readChoiceOf,
	readNumber,
	readSwitch,
	show,
} from '../request/values';

/** How a task becomes an item: the same for every operation. */

const fields = {
	downloadVideo: { path: 'downloadVideo', label: 'Download Video' },
	binaryPropertyName: { path: 'binaryPropertyName', label: 'Put Output File in Field' },
	downloadAll: { path: 'output.downloadAllFiles', label: 'Download All Files' },
	fileName: { path: 'output.fileName', label: 'File Name' },
	maximumSize: { path: 'output.maximumFileSizeMiB', label: 'Maximum File Size (MiB)' },
	onDownloadError: { path: 'output.onDownloadError', label: 'On Download Error' },
	simplify: { path: 'output.simplify', label: 'Simplify' },
} satisfies Record<string, Field>;

/** True where the node is a tool: an agent reads the address of a video and cannot use its file. */
const asTool = { '@tool': [true] };

/**
 * n8n 2.0 fails on conditions that are there and undefined.
 *
 * @param conditions when the fields are shown; always, where the whole node is about finished tasks
 */
export function downloadFields({ show, hide }: IDisplayOptions = {}): INodeProperties[] {
	const { path: name, label: displayName } = fields.downloadVideo;
	return [
		{
			displayName,
			name,
			type: 'boolean',
			default: true,
			description:
				'Whether to download the video file into the item. If turned off, the item has only its address.',
			displayOptions: defined({ show, hide: { ...hide, ...asTool } }),
		},
		{
			displayName,
			name,
			type: 'boolean',
			default: false,
			description:
				'Whether to download the video file as well where the node is a tool. Off unless turned on: an agent reads only the address, and n8n never removes what MCP clients have it download.',
			displayOptions: defined({ show: { ...show, ...asTool }, hide }),
		},
		{
			displayName: fields.binaryPropertyName.label,
			name: fields.binaryPropertyName.path,
			type: 'string',
			default: 'data',
			required: true,
			placeholder: 'e.g. data',
			hint: 'The name of the output binary field to put the file in',
			displayOptions: defined({ show: { ...show, [name]: [true] }, hide }),
		},
	];
}

/** A video of the API has tens of MiB; the limit is there for an address that gives something else. */
const DEFAULT_FILE_SIZE_MIB = 1024;
const FILE_SIZE_MIB = { least: 1, most: 10_240, preset: DEFAULT_FILE_SIZE_MIB };

/**
 * The Output collection.
 *
 * @param conditions when the entries about the file are offered
 */
export function outputField(conditions: IDisplayOptions = {}): INodeProperties {
	const fileEntries: INodeProperties[] = [
		{
			displayName: fields.downloadAll.label,
			name: 'downloadAllFiles',
			type: 'boolean',
			default: false,
			description:
				'Whether to also download what the service returns beside the video, such as the copy with a watermark. The fields of these files have the name of the first one and a number, such as data_1 and data_2.',
		},
		{
			displayName: fields.fileName.label,
			name: 'fileName',
			type: 'string',
			default: '',
			placeholder: 'e.g. {{ $json.slug }}',
			description:
				'The name of the file, without its extension, which follows from the video. The task ID if empty.',
		},
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
	return {
		displayName: 'Output',
		name: 'output',
		type: 'collection',
		placeholder: 'Add output setting',
		default: {},
		options: [
			...fileEntries.map((entry) => ({ ...entry, displayOptions: conditions })),
			{
				displayName: fields.simplify.label,
				name: 'simplify',
				type: 'boolean',
				default: true,
				description:
					'Whether to return a simplified version of the response instead of the raw data',
			},
		],
	};
}

/** @throws TaskError */
export function readOutputFormat(read: ReadParameter): OutputFormat {
	return readSwitch(read, fields.simplify, true) ? 'simplified' : 'raw';
}

export interface DownloadInput {
	/** Undefined when the video is not to be downloaded. */
	file?: {
		/** The item's binary field. */
		field: string;
		/** Without its extension; the task ID where the user gives none. */
		name?: string;
		/** Whether to download what comes beside the video too. */
		all: boolean;
		maximumBytes: number;
		onError: 'fail' | 'returnItem';
	};
}

/** @throws TaskError */
export function readDownload(read: ReadParameter): DownloadInput {
	if (!readSwitch(read, fields.downloadVideo, true)) return {};
	const field = read(fields.binaryPropertyName.path, 'data');
	if (typeof field !== 'string' || field.trim() === '') {
		throw inputError(
			fields.binaryPropertyName.label,
			`must be the name of a binary field, but is ${show(field)}`,
		);
	}
	const maximumBytes = readNumber(read, fields.maximumSize, FILE_SIZE_MIB) * 1024 * 1024;
	const onError = readChoiceOf(read, fields.onDownloadError, ['fail', 'returnItem']);
	const all = readSwitch(read, fields.downloadAll, false);
	return { file: { field: field.trim(), name: readFileName(read), all, maximumBytes, onError } };
}

/** Longer names than this are refused by most file systems once an extension follows. */
const MAX_FILE_NAME_CHARACTERS = 200;

function readFileName(read: ReadParameter): string | undefined {
	const { path, label } = fields.fileName;
	const value = read(path, '');
	if (isEmpty(value)) return undefined;
	const name = typeof value === 'number' ? String(value) : value;
	const limit = `must be a name of at most ${MAX_FILE_NAME_CHARACTERS} characters without / and \\`;
	if (typeof name !== 'string' || /[/\\\p{C}]/u.test(name) || /^\.+$/.test(name.trim())) {
		throw inputError(label, `${limit}, but is ${show(value)}`);
	}
	const characters = countCharacters(name);
	if (characters > MAX_FILE_NAME_CHARACTERS) {
		throw inputError(label, `${limit}, but has ${characters}`);
	}
	return checkCharacters(label, name.trim());
}
