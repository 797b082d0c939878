import type { INodePropertyOptions } from 'n8n-workflow';
import type { TaskRequest } from '../../task/request';
import { create, readRequest } from '../create';
import { perItem } from '../perItem';
import { type SettleInput, readSettle, settle } from '../settle';

interface GenerateInput extends SettleInput {
	request: TaskRequest;
}

/** Submit, poll, download; all items of a run at once. */
export const generate: INodePropertyOptions = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate a video',
	description: 'Turn a prompt into a video and wait until it is finished',
	routing: perItem<GenerateInput>({
		check: (read, place) => ({ request: readRequest(read, place), ...readSettle(read) }),

		async perform(item, input) {
			const since = item.clock.now();
			const deadline = since + input.schedule.maximumWaitMs;
			const { task, externalTaskId } = await create(item, input.request, deadline);
			const ids = { taskId: task.taskId, externalTaskId };
			return await settle(item, input, { ids, task, since });
		},
	}),
};
