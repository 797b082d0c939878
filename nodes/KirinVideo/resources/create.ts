import { type ReadParameter, taskFields } from '../parameters';
import { inputError } from '../task/errors';
import { type TaskRequest, buildRequest } from '../task/request';
import { type Submitted, submit } from '../task/submit';
import type { Item, Place } from './perItem';

/** @throws TaskError, also when another item of the run has the same external task ID */
export function readRequest(read: ReadParameter, { run, itemIndex }: Place): TaskRequest {
	const request = buildRequest(read);
	const { externalTaskId } = request;
	const holder = externalTaskId === undefined ? itemIndex : run.claim(externalTaskId, itemIndex);
	if (holder === itemIndex) return request;
	throw inputError(
		taskFields.external_task_id.label,
		`must differ from item to item, but items ${holder} and ${itemIndex} both have "${externalTaskId}"`,
	);
}

/** Item → task at the service, exactly once: the first half of Generate, and all of Submit. */
export async function create(
	item: Item,
	request: TaskRequest,
	deadline: number,
): Promise<Submitted> {
	const submitted = await submit(request, {
		api: item.api,
		clock: item.clock,
		identity: item.identity,
		sent: item.run.sent,
		deadline,
		signal: item.signal,
		onSend: (externalTaskId) => item.report({ externalTaskId }),
	});
	const { task, externalTaskId } = submitted;
	item.report({ taskId: task.taskId, externalTaskId }, task);
	return submitted;
}
