import type { INodeProperties } from 'n8n-workflow';
import { costOptions } from './costFields';
import { maxConcurrentTasksOption } from './limiterFields';
import { downloadOptions, outputOption } from './outputFields';
import { onTimeoutOption } from './pollingFields';
import {
	additionalParametersOption,
	callbackUrlOption,
	externalTaskIdOption,
	operationsFor,
	requestOptionsFor,
} from './requestFields';

/** `field`, shown only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	const show = { ...field.displayOptions?.show, '/operation': operations };
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

const creating = ['generate', 'generateAndResumeOnCallback', 'imageToVideo', 'submit'];
const downloading = ['generate', 'generateAndResumeOnCallback', 'imageToVideo', 'wait'];
/** An execution that waits for callbacks gives its own address, and ends at its deadline by itself. */
const withoutOwnCallback = (operations: string[]) =>
	operations.filter((operation) => operation !== 'generateAndResumeOnCallback');

/** The Options collection; what an operation has no use for it does not offer. */
export const optionsField: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	displayOptions: {
		show: {
			resource: ['video', 'task'],
			operation: [...operationsFor.text, ...operationsFor.image, 'get', 'wait'],
		},
	},
	options: [
		only([...creating, 'wait'], maxConcurrentTasksOption),
		...(['text', 'image'] as const).flatMap((input) =>
			requestOptionsFor(input).map((field) => only(operationsFor[input], field)),
		),
		only([...creating, 'estimateCost'], additionalParametersOption),
		...[externalTaskIdOption, ...costOptions].map((field) => only(creating, field)),
		only(withoutOwnCallback(creating), callbackUrlOption),
		only(withoutOwnCallback(downloading), onTimeoutOption),
		...downloadOptions.map((field) => only(downloading, field)),
		outputOption,
		// Compared as plain text: a comparison by language would cost n8n's start some milliseconds.
	].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
};
