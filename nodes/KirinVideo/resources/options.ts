import type { INodeProperties } from 'n8n-workflow';
import { costOptions } from './costFields';
import { downloadOptions, outputOption } from './outputFields';
import { maxConcurrentTasksOption } from './paceFields';
import { onTimeoutOption } from './pollingFields';
import { requestOptions, taskOptions } from './requestFields';

/** `field`, shown only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	const show = { ...field.displayOptions?.show, '/operation': operations };
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

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
			operation: ['generate', 'submit', 'estimateCost', 'get', 'wait'],
		},
	},
	options: [
		only(['generate', 'submit', 'wait'], maxConcurrentTasksOption),
		...requestOptions.map((field) => only(['generate', 'submit', 'estimateCost'], field)),
		...[...taskOptions, ...costOptions].map((field) => only(['generate', 'submit'], field)),
		...[onTimeoutOption, ...downloadOptions].map((field) => only(['generate', 'wait'], field)),
		outputOption,
	].sort((a, b) => a.displayName.localeCompare(b.displayName)),
};
