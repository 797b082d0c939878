import type { INodeProperties } from 'n8n-workflow';
import { downloadOptions, outputOption } from './outputFields';
import { maxConcurrentTasksOption } from './paceFields';
import { onTimeoutOption } from './pollingFields';
import { callbackUrlOption, requestOptions } from './requestFields';

/** `field`, shown only for these operations. */
function only(operations: string[], field: INodeProperties): INodeProperties {
	const show = { ...field.displayOptions?.show, '/operation': operations };
	return { ...field, displayOptions: { ...field.displayOptions, show } };
}

const creating = ['generate', 'generateAndResumeOnCallback', 'submit'];
const downloading = ['generate', 'generateAndResumeOnCallback', 'wait'];
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
		show: { resource: ['video', 'task'], operation: [...creating, 'get', 'wait'] },
	},
	options: [
		only([...creating, 'wait'], maxConcurrentTasksOption),
		...requestOptions.map((field) => only(creating, field)),
		only(withoutOwnCallback(creating), callbackUrlOption),
		only(withoutOwnCallback(downloading), onTimeoutOption),
		...downloadOptions.map((field) => only(downloading, field)),
		outputOption,
		// Compared as plain text: a comparison by language would cost n8n's start some milliseconds.
	].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
};
