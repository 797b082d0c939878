import type { INodePropertyOptions } from 'n8n-workflow';
import { type OutputFormat, readOutputFormat, taskJson } from '../fields/outputFields';
import { type CreateInput, create, readCreate } from './create';
import { perItem } from './perItem';

/** How long a service that is busy or away is asked again to take the task. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

interface SubmitInput extends CreateInput {
	format: OutputFormat;
}

/** Returns at once with the task. */
export const submit: INodePropertyOptions = {
	name: 'Submit',
	value: 'submit',
	action: 'Submit a task',
	description: 'Start a video and return its task at once, without waiting for it',
	routing: perItem<SubmitInput>({
		check: (read, place) => ({
			...readCreate(read, place, 'text'),
			format: readOutputFormat(read),
		}),

		async perform(item, input) {
			return await create(item, input, SUBMIT_MAXIMUM_MS, ({ task, externalTaskId }) =>
				Promise.resolve({ json: taskJson(task, input.format, { externalTaskId }) }),
			);
		},
	}),
};
