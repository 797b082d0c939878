import type { INodePropertyOptions } from 'n8n-workflow';
import { kindOf } from '../../task/request';
import { type CreateInput, create, readCreate } from '../create';
import { perItem } from '../perItem';
import { type SettleInput, readSettle, settle, withVideo } from '../settle';

/** Submit, poll, download; all items of a run at once. */
export const generate: INodePropertyOptions = {
	name: 'Generate',
	value: 'generate',
	action: 'Generate a video',
	description: 'Turn a prompt into a video and wait until it is finished',
	routing: perItem<CreateInput & SettleInput>({
		check: (read, place) => ({ ...readCreate(read, place), ...readSettle(read) }),

		async perform(item, input) {
			const { maximumWaitMs } = input.schedule;
			const ended = await create(item, input, maximumWaitMs, async (submitted, since) => {
				const { task, externalTaskId, adopted } = submitted;
				const ids = { taskId: task.taskId, externalTaskId };
				// Of an adopted task nobody knows when it began, so there is nothing to learn from it.
				const kind = adopted ? undefined : kindOf(input.request);
				return await settle(item, input, { ids, task, kind, since });
			});
			return await withVideo(item, ended, input);
		},
	}),
};
