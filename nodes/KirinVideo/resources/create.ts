import { type TaskRequest } from '../task/request';
import { type Submitted, submit } from '../task/submit';
import type { Item } from './perItem';

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
