import type {
	INodeExecutionData,
	INodePropertyRouting,
	DeclarativeRestApiSettings,
} from 'n8n-workflow';
import { type ConnectionOptions, connect, readBaseUrl } from '../api/client';
import { Stopped, systemClock, throwIfStopped } from '../api/clock';
import { readSecrets } from '../api/credential';
import { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import { check, isRunLost } from '../batch/allOrNothing';
import { type Member, type Run, runOf } from '../batch/batch';
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
import { asItStands, stoppedError } from '../output/stopped';
import type { ReadParameter } from '../request/parameters';
import { show } from '../request/values';
import { type Suspension, takeSuspension, waitName } from '../suspend/savedState';
import { watcher } from '../suspend/watcher';
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
			const secrets = await readSecrets(this);
			const { adopted, replacedTaskIds } = member;
			const whole = { ...json, ...defined({ adopted, replacedTaskIds }) };
			return [{ json: secrets.clean(whole), ...output, pairedItem: { item: itemIndex } }];
		} catch (thrown) {
			if (thrown instanceof Stopped) {
				return await stop(this, run, member);
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

/**
 * The execution was stopped, or has run into its time-out. n8n stores it at once, and its Retry goes on
 * from what it has stored (tried with 2.41.1, in regular and in queue mode):
 * - after an error the node is on n8n's stack again, so Retry runs it again. Items would count as its
 *   result, and Retry would go on behind it with videos that are not there;
 * - with Retry On Fail n8n would pause and run the node again, and store an execution without the node,
 *   its error and its tasks meanwhile. So its tasks come out as items;
 * - after a Stop by hand n8n keeps neither: Retry starts the workflow over.
 *
 * Nothing is awaited here but the other items, which stop at the same moment: n8n does not wait for us.
 */
async function stop(
	functions: ItemFunctions,
	run: Run,
	member: Member,
): Promise<INodeExecutionData[]> {
	const { itemIndex } = member;
	const error = stoppedError(member);
	warn(functions, error.message, member);
	if (functions.getNode().retryOnFail) {
		return [{ json: asItStands(member, error), pairedItem: { item: itemIndex } }];
	}
	if (functions.continueOnFail() || answersWithErrors(functions.getNode(), member)) {
		return [failedItem(functions, error)];
	}
	// Without their addresses, which a service may have put the key into: to hide it, it would have to be read.
	const others = (await run.fail(member)).map((other) => ({ ...other, videoUrl: undefined }));
	throw nodeError(functions, withOthers(error, others), itemIndex);
}

const suspensions = new WeakMap<object, Suspension>();

/** The same for all items of this try of the run. */
function suspensionOf(
	functions: ItemFunctions,
	run: Run,
	runIndex: number,
): Suspension | undefined {
	const taken = takeSuspension(contextOf(functions), runIndex);
	if (taken) {
		suspensions.set(run.attempt, taken);
		// Not before: only now it is certain that n8n has resumed the execution.
		watcher.end(waitName(functions, taken));
	}
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
