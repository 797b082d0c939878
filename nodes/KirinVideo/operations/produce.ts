import type { INodeExecutionData } from 'n8n-workflow';
import type { Item } from '../batch/item';
import type { SettleInput } from '../fields/settleFields';
import { kindOf } from '../request/buildRequest';
import { type CreateInput, create } from './create';
import { settle, withVideo } from './settle';

/** Submit, poll, download. */
export async function produce(
	item: Item,
	input: CreateInput & SettleInput,
): Promise<Pick<INodeExecutionData, 'json' | 'binary'>> {
	const { maximumWaitMs } = input.schedule;
	const ended = await create(item, input, maximumWaitMs, async (submitted, since) => {
		const { task, externalTaskId, adopted } = submitted;
		const ids = { taskId: task.taskId, externalTaskId };
		// Of an adopted task nobody knows when it began, so there is nothing to learn from it.
		const kind = adopted ? undefined : kindOf(input.request);
		return await settle(item, input, { ids, task, kind, since });
	});
	return await withVideo(item, ended, input);
}
