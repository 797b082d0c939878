import type { INodePropertyOptions } from 'n8n-workflow';
import type { TaskRequest } from '../../task/request';
import { create, readRequest } from '../create';
import { type OutputFormat, readOutputFormat, taskJson } from '../outputFields';
import { perItem } from '../perItem';

/** How long a service that is busy or away is asked again to take the task. */
const SUBMIT_MAXIMUM_MS = 10 * 60_000;

interface SubmitInput {
	request: TaskRequest;
	format: OutputFormat;
}

/** Returns at once with the task. */
export const submit: INodePropertyOptions = {
	name: 'Submit',
	value: 'submit',
	action: 'Submit a task',
	description: 'Start a video and go on at once, without waiting for it',
	routing: perItem<SubmitInput>({
		check: (read, place) => ({
			request: readRequest(read, place),
			format: readOutputFormat(read),
		}),

		async perform(item, { request, format }) {
			const deadline = item.clock.now() + SUBMIT_MAXIMUM_MS;
			const { task, externalTaskId } = await create(item, request, deadline);
			return { json: taskJson(task, format, { externalTaskId }) };
		},
	}),
};
