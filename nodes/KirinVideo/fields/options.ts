import type { INodeProperties } from 'n8n-workflow';
import { maxConcurrentTasksOption } from './limiterFields';
import { type OperationsBy, showInCollectionFor } from './operationsBy';
import { hideForCallbacks } from './pollingFields';
import {
	additionalParametersOption,
	callbackUrlOption,
	externalTaskIdOption,
	requestOptionsFor,
	videosPerItemOption,
} from './requestFields';

/** `field`, offered only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	const { show } = showInCollectionFor(operations);
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

/** The Options collection; what an operation has no use for it does not offer. */
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
