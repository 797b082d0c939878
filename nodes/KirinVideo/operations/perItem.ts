import type {
	INodeExecutionData,
	INodePropertyRouting,
	DeclarativeRestApiSettings,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { defined, list } from '../api/untrusted';
import { check, isRunLost } from '../batch/allOrNothing';
import { type Run, runOf } from '../batch/batch';
import { batchKeyOf, contextOf, taskMemoryOf } from '../batch/executionMemory';
import type { Item, ItemFunctions, Operation } from '../batch/item';
import { answersWithErrors } from '../output/agentTool';
import {
	explain,
	failedItem,
	withOthers,
	withReplaced,
	withRetryHint,
	withTask,
} from '../output/itemErrors';
import { report, warn } from '../output/itemLog';
import { nodeError, withoutKey } from '../output/nodeError';
import type { ReadParameter } from '../request/parameters';
import { show } from '../request/values';
import { type Suspension, takeSuspension } from '../suspend/savedState';
import { credentialError } from '../task/errors';
import type { SubmitIdentity } from '../task/submit';

/**
 * The routing of an operation: n8n hands a pagination function the whole request cycle of one item,
 * and starts those of all items at once.
 */
export function perItem<Input>(operation: Operation<Input>): INodePropertyRouting {
	return { send: { paginate: true }, operations: { pagination: paginationOf(operation) } };
}

function paginationOf<Input>(operation: Operation<Input>) {
	return async function (
		this: ItemFunctions,
		request: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const itemIndex = this.getItemIndex();
		const run = runOf(this.getExecuteData(), this.getNode().name);
		const member = run.join(itemIndex);
		const read: ReadParameter = (path, fallback, options) =>
			this.getNodeParameter(path, fallback, options);
		try {
			const identity = identityOf(this, run);
			const suspended = suspensionOf(this, run, identity.runIndex)?.items[itemIndex] ?? undefined;
			// Whatever goes wrong from here on, the task that the item waited for is told.
			if (suspended?.pending) report(this, member, suspended.pending.ids, suspended.pending.task);
			const signal = this.getExecutionCancelSignal();
			const input = await check(
				async () => ({
					baseUrl: checkBaseUrl(request.options.baseURL),
					own: await operation.check(read, { run, itemIndex, functions: this, suspended }),
				}),
				signal,
			);
			if (input instanceof TaskError) run.refuse(member);
			run.checked(member);

			const isLost = await isRunLost(this, run);
			if (input instanceof TaskError) throw input;
			if (isLost) return [];

			const { options } = request;
			const item: Item = {
				functions: this,
				api: connect(this, input.baseUrl, options as ConnectionOptions, signal),
				baseUrl: input.baseUrl,
				connection: options as ConnectionOptions,
				clock: systemClock,
				signal,
				run,
				member,
				identity,
				report: (ids, task) => {
					if (task && ids.externalTaskId) {
						run.sent.set(ids.externalTaskId, task);
						run.memory?.saw(ids.externalTaskId, task);
					}
					report(this, member, ids, task);
				},
			};
			throwIfStopped(signal);
			const { json, ...output } = await operation.perform(item, input.own);
			const { adopted, replacedTaskIds } = member;
			const warning = [...list(json.warning), ...(member.warnings ?? [])].join('. ') || undefined;
			const whole = { ...json, ...defined({ adopted, replacedTaskIds, warning }) };
			return [{ json: whole, ...output, pairedItem: { item: itemIndex } }];
		} catch (thrown) {
			if (thrown instanceof Stopped) {
				warn(this, 'Stopped before the video was finished', member);
				// Nobody reads the items of a stopped run; an error would make Retry On Fail run it again.
				return [];
			}
			const error = await withoutKey(
				this,
				withReplaced(withTask(explain(thrown, member), member), member),
			);
			// Before a retry n8n drops this error, and Stop may come before the retry.
			warn(this, error.message, member);
			member.failure = error;
			if (this.continueOnFail() || answersWithErrors(this.getNode(), member)) {
				return [failedItem(this, error)];
			}
			const whole = withRetryHint(this, withOthers(error, await run.fail(member)));
			throw nodeError(this, await withoutKey(this, whole), itemIndex);
		} finally {
			run.leave(member);
		}
	};
}

const suspensions = new WeakMap<object, Suspension>();

/** The same for all items of this try of the run. */
function suspensionOf(
	functions: ItemFunctions,
	run: Run,
	runIndex: number,
): Suspension | undefined {
	const taken = takeSuspension(contextOf(functions), runIndex);
	if (taken) suspensions.set(run.attempt, taken);
	return suspensions.get(run.attempt);
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}

function identityOf(functions: ItemFunctions, run: Run): SubmitIdentity {
	const itemIndex = functions.getItemIndex();
	run.identity ??= {
		batchKey: batchKeyOf(functions),
		nodeId: functions.getNode().id || functions.getNode().name,
		runIndex: Number(functions.evaluateExpression('{{ $runIndex }}', itemIndex)),
	};
	run.memory ??= taskMemoryOf(functions, run.identity.runIndex);
	return { ...run.identity, itemIndex, videoIndex: 0 };
}
