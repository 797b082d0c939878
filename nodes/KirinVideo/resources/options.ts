import type { INodeProperties } from 'n8n-workflow';
import { costOptions } from './costFields';
import { downloadOptions, outputOption } from './outputFields';
import { maxConcurrentTasksOption } from './paceFields';
import { onTimeoutOption } from './pollingFields';
import {
	additionalParametersOption,
	operationsFor,
	requestOptionsFor,
	taskOptions,
} from './requestFields';

/** `field`, shown only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	const show = { ...field.displayOptions?.show, '/operation': operations };
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

const creating = ['generate', 'imageToVideo', 'submit'];
const waiting = ['generate', 'imageToVideo', 'wait'];

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
		...[...taskOptions, ...costOptions].map((field) => only(creating, field)),
		...[onTimeoutOption, ...downloadOptions].map((field) => only(waiting, field)),
		outputOption,
	].sort((a, b) => a.displayName.localeCompare(b.displayName)),
};
