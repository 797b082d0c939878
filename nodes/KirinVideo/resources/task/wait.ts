import type { INodePropertyOptions } from 'n8n-workflow';
import { perItem } from '../perItem';
import { type SettleInput, readSettle, settle } from '../settle';
import { readTaskId } from './taskId';

interface WaitInput extends SettleInput {
	id: string;
}

/** Polls tasks that exist already until they settle; takes the output of Submit as it is. */
export const wait: INodePropertyOptions = {
	name: 'Wait',
	value: 'wait',
	action: 'Wait for a task',
	description: 'Wait until a task that exists already is finished and get its video',
	routing: perItem<WaitInput>({
		check: (read) => ({ id: readTaskId(read), ...readSettle(read) }),

		async perform(item, input) {
			const ids = { taskId: input.id };
			item.report(ids);
			return await settle(item, input, { ids, since: item.clock.now() });
		},
	}),
};
