import { inputError } from '../api/taskError';
import { record } from '../api/untrusted';
import { type BudgetLimit, keepToBudget } from '../batch/budget';
import type { Item, Place } from '../batch/item';
import { inTurn } from '../batch/slot';
import { readBudgetLimit, readCostLimit, readWhenPaidVideoIsGone } from '../fields/costFields';
import { readMaxConcurrentTasks } from '../fields/options';
import { isAgentTool } from '../output/agentTool';
import { logCreate } from '../output/itemLog';
import { type TaskRequest, buildRequest } from '../request/buildRequest';
import type { ModelInput } from '../request/models';
import { type ReadParameter, taskFields } from '../request/parameters';
import { type CostLimit, objectionByLimit } from '../task/costLimit';
import { type Submitted, type WhenPaidVideoIsGone, submit } from '../task/submit';

/** @throws TaskError, also when another item of the run has the same external task ID */
function readRequest(
	read: ReadParameter,
	{ run, itemIndex }: Place,
	input: ModelInput,
): TaskRequest {
	const request = buildRequest(read, input);
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
	costLimit?: CostLimit;
	/** What the tasks of the run may cost together. */
	budgetLimit?: BudgetLimit;
	whenPaidVideoIsGone: WhenPaidVideoIsGone;
	/** External task IDs whose video is gone, and is to be made anew. */
	gone?: ReadonlySet<string>;
}

/**
 * @param input what the video is made from
 * @throws TaskError
 */
export function readCreate(
	read: ReadParameter,
	place: Place,
	input: ModelInput = 'text',
): CreateInput {
	return {
		request: readRequest(read, place, input),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		costLimit: readCostLimit(read),
		budgetLimit: readBudgetLimit(read),
		whenPaidVideoIsGone: readWhenPaidVideoIsGone(read),
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
	{ request, maxConcurrentTasks, costLimit, budgetLimit, whenPaidVideoIsGone, gone }: CreateInput,
	maximumMs: number,
	then: (submitted: Submitted, since: number) => Promise<T>,
): Promise<T> {
	const { api, clock, signal, identity, run, member, functions } = item;
	member.warnings = request.warnings;
	await keepToBudget(item, request, budgetLimit);
	return await inTurn(item, maxConcurrentTasks, maximumMs, async (turn) => {
		const { since, deadline, onBusy } = turn;
		const submitted = await submit(request, {
			api,
			clock,
			identity,
			sent: run.sent,
			memory: run.memory,
			host: run.host,
			// A tool's key is made anew with each call, so there is nothing to be found.
			isRetry: functions.getMode() === 'retry' && !isAgentTool(functions.getNode()),
			whenPaidVideoIsGone,
			gone,
			deadline,
			signal,
			onSend: (externalTaskId) => {
				member.mayHaveCreated = true;
				item.report({ externalTaskId });
			},
			onCreate: (externalTaskId) => logCreate(functions, member, externalTaskId),
			onTask: (task, externalTaskId) => item.report({ taskId: task.taskId, externalTaskId }, task),
			...(costLimit && {
				objection: async () =>
					await objectionByLimit(request, costLimit, { api, clock, signal, onBusy }),
			}),
			onBusy,
		});
		member.adopted = submitted.adopted || undefined;
		turn.taken();
		const watermark = record(request.params.watermark_info)?.enabled === true;
		return await then({ ...submitted, task: { ...submitted.task, watermark } }, since);
	});
}
