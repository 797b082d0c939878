import { type ReadParameter, taskFields } from '../parameters';
import { inputError } from '../task/errors';
import { type TaskRequest, buildRequest } from '../task/request';
import { type Submitted, submit } from '../task/submit';
import type { Turn } from '../task/pace';
import { readMaxConcurrentTasks } from './paceFields';
import type { Item, Place } from './perItem';

/** @throws TaskError, also when another item of the run has the same external task ID */
function readRequest(read: ReadParameter, { run, itemIndex }: Place): TaskRequest {
	const request = buildRequest(read);
	const { externalTaskId } = request;
	const holder = externalTaskId === undefined ? itemIndex : run.claim(externalTaskId, itemIndex);
	if (holder === itemIndex) return request;
	throw inputError(
		taskFields.external_task_id.label,
		`must differ from item to item, but items ${holder} and ${itemIndex} both have "${externalTaskId}"`,
	);
}

export interface CreateInput {
	request: TaskRequest;
	/** Tasks of the run at once; 0 for no limit. */
	maxConcurrentTasks: number;
}

/** @throws TaskError */
export function readCreate(read: ReadParameter, place: Place): CreateInput {
	return {
		request: readRequest(read, place),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
	};
}

/**
 * Item → task at the service, exactly once, in its turn; then what comes after it, as part of the turn.
 *
 * @param maximumMs how long a busy or absent service is asked again, in milliseconds
 * @param then gets the task and the moment, in milliseconds since the epoch, at which the turn began
 */
export async function create<T>(
	item: Item,
	{ request, maxConcurrentTasks: limit }: CreateInput,
	maximumMs: number,
	then: (submitted: Submitted, since: number) => Promise<T>,
): Promise<T> {
	const { clock, signal, run } = item;
	let turn: Turn | undefined = await run.pace.enter({ limit, signal });
	const since = clock.now();
	const deadline = since + maximumMs;
	try {
		const submitted = await submit(request, {
			api: item.api,
			clock,
			identity: item.identity,
			sent: run.sent,
			deadline,
			signal,
			onSend: (externalTaskId) => item.report({ externalTaskId }),
			onTask: (task, externalTaskId) => item.report({ taskId: task.taskId, externalTaskId }, task),
			async onBusy(askedMs) {
				const refused = turn;
				turn = undefined;
				turn = refused && (await run.pace.refused(refused, { limit, deadline, signal }, askedMs));
				return turn !== undefined;
			},
		});
		if (turn) run.pace.taken(turn);
		return await then(submitted, since);
	} finally {
		if (turn) run.pace.leave();
	}
}
