import type { IBinaryData, IDataObject, INodeProperties } from 'n8n-workflow';
import type { Field, ReadParameter } from '../parameters';
import { inputError } from '../task/errors';
import { show } from '../task/request';
import { type Observed, download, simplify } from '../task/result';
import type { KnownIds, Task } from '../task/task';
import type { Item } from './perItem';

/** How a task becomes an item: the same for every operation. */

const fields = {
	downloadVideo: { path: 'downloadVideo', label: 'Download Video' },
	binaryPropertyName: { path: 'binaryPropertyName', label: 'Put Output File in Field' },
	output: { path: 'options.output', label: 'Output' },
} satisfies Record<string, Field>;

const showOnlyForDownloading = { resource: ['video', 'task'], operation: ['generate', 'wait'] };

export const downloadFields: INodeProperties[] = [
	{
		displayName: fields.downloadVideo.label,
		name: fields.downloadVideo.path,
		type: 'boolean',
		default: true,
		description:
			'Whether to put the video file into the item. Turned off, the item has only its address.',
		displayOptions: { show: showOnlyForDownloading },
	},
	{
		displayName: fields.binaryPropertyName.label,
		name: fields.binaryPropertyName.path,
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		hint: 'The name of the output binary field to put the file in',
		displayOptions: { show: { ...showOnlyForDownloading, downloadVideo: [true] } },
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
			description:
				'The fields that workflows need, under the same names whatever the service sends',
		},
		{ name: 'Raw', value: 'raw', description: 'The task exactly as the service sent it' },
	],
	default: 'simplified',
	description: 'What the JSON of the item holds',
};

export type OutputFormat = 'simplified' | 'raw';

/** @throws TaskError */
export function readOutputFormat(read: ReadParameter): OutputFormat {
	const value = read(fields.output.path, 'simplified');
	if (value === 'simplified' || value === 'raw') return value;
	throw inputError(fields.output.label, `must be simplified or raw, but is ${show(value)}`);
}

export function taskJson(task: Task, format: OutputFormat, seen: Observed): IDataObject {
	return format === 'raw' ? (task.raw as IDataObject) : simplify(task, seen);
}

export interface DownloadInput {
	/** The item's binary field; undefined when the video is not to be downloaded. */
	binaryField?: string;
}

/** @throws TaskError */
export function readDownload(read: ReadParameter): DownloadInput {
	const isOn = read(fields.downloadVideo.path, true);
	if (typeof isOn !== 'boolean') {
		throw inputError(fields.downloadVideo.label, `must be true or false, but is ${show(isOn)}`);
	}
	if (!isOn) return {};
	const name = read(fields.binaryPropertyName.path, 'data');
	if (typeof name !== 'string' || name.trim() === '') {
		throw inputError(
			fields.binaryPropertyName.label,
			`must be the name of a binary field, but is ${show(name)}`,
		);
	}
	return { binaryField: name.trim() };
}

/** The binary part of the item of a completed task. */
export async function downloadInto(
	item: Item,
	task: Task,
	ids: KnownIds,
	{ binaryField }: DownloadInput,
): Promise<Record<string, IBinaryData> | undefined> {
	if (binaryField === undefined) return undefined;
	return { [binaryField]: await download(task, ids, item) };
}
