import type { INodeProperties } from 'n8n-workflow';
import type { Field, ReadParameter } from '../request/parameters';
import { checkNumber } from '../request/values';
import type { OperationsBy } from './operationsBy';
import { hideForCallbacks } from './pollingFields';
import {
	additionalParametersOption,
	callbackUrlOption,
	externalTaskIdOption,
	requestOptionsFor,
} from './requestFields';

const maxConcurrentTasks: Field = {
	path: 'options.maxConcurrentTasks',
	label: 'Maximum Concurrent Tasks',
};

/**
 * Enough for the batches that people run by hand or from a table. A service that takes fewer says 429,
 * and the run slows itself down; beyond it, more tasks at once mostly means more polls at once.
 */
const DEFAULT_TASKS = 50;
const TASKS = { least: 0, most: 10_000, isWhole: true };

/** For the Options collection. */
const maxConcurrentTasksOption: INodeProperties = {
	displayName: maxConcurrentTasks.label,
	name: 'maxConcurrentTasks',
	type: 'number',
	typeOptions: { minValue: TASKS.least, maxValue: TASKS.most, numberPrecision: 0 },
	default: DEFAULT_TASKS,
	description:
		'How many tasks of a run may be under way at once, or 0 for no limit. When the service is busy, the run slows itself down in any case.',
};

/** @throws TaskError */
export function readMaxConcurrentTasks(read: ReadParameter): number {
	return checkNumber(maxConcurrentTasks.label, read(maxConcurrentTasks.path, DEFAULT_TASKS), TASKS);
}

const videosPerItem: Field = { path: 'options.videosPerItem', label: 'Videos per Item' };

/** As many as other video nodes of n8n offer. */
const VIDEOS = { least: 1, most: 4, isWhole: true };

/** For the Options collection. */
const videosPerItemOption: INodeProperties = {
	displayName: videosPerItem.label,
	name: 'videosPerItem',
	type: 'number',
	typeOptions: { minValue: VIDEOS.least, maxValue: VIDEOS.most, numberPrecision: 0 },
	default: 1,
	description:
		'How many videos to make of each item, to choose from. Each is a task of its own, is paid for, and comes out as an item.',
};

/** @throws TaskError */
export function readVideosPerItem(read: ReadParameter): number {
	return checkNumber(videosPerItem.label, read(videosPerItem.path, 1), VIDEOS);
}

/** `field`, offered only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	// Within a collection, conditions count from the root.
	const show = { '/operation': operations };
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

/** The Options collection: each operation offers only the options that it uses. */
export function optionsField({ input, creating, waiting }: OperationsBy): INodeProperties {
	const describing = [...input.text, ...input.image];
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		displayOptions: { show: { operation: [...new Set([...describing, ...waiting])] } },
		options: [
			...(['text', 'image'] as const).flatMap((one) =>
				requestOptionsFor(one).map((field) => only(input[one], field)),
			),
			only(describing, additionalParametersOption),
			only(creating, externalTaskIdOption),
			only(creating, videosPerItemOption),
			only(creating, { ...callbackUrlOption, displayOptions: hideForCallbacks }),
			only([...new Set([...creating, ...waiting])], maxConcurrentTasksOption),
			// Compared as plain text: a comparison by language would cost n8n's start some milliseconds.
		].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}
