import {
	type IDataObject,
	type IExecutePaginationFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodePropertyRouting,
	type NodeParameterValueType,
	type DeclarativeRestApiSettings,
} from 'n8n-workflow';
import { type Clock, Stopped, systemClock, throwIfStopped } from '../clock';
import type { ReadParameter } from '../parameters';
import {
	type OtherTask,
	TaskError,
	credentialError,
	unexpected,
	whatIsKnown,
} from '../task/errors';
import { show } from '../task/inputValues';
import { type Member, type Run, runOf } from '../task/run';
import type { SubmitIdentity } from '../task/submit';
import { type KnownIds, type Task, videosOf } from '../task/task';
import { defined } from '../task/untrusted';
import { answersWithErrors } from './agentTool';
import { type Suspension, type SuspendedItem, takeSuspension } from './callback/suspension';
import { type Api, type ConnectionOptions, connect, readBaseUrl } from '../transport';
import { nodeError, withoutKey } from './nodeError';

type Functions = IExecutePaginationFunctions;

/** What an operation works with, for one item. */
export interface Item {
	functions: Functions;
	api: Api;
	/** The address that `api` talks to. */
	baseUrl: string;
	connection: ConnectionOptions;
	clock: Clock;
	signal?: AbortSignal;
	run: Run;
	member: Member;
	identity: SubmitIdentity;
	/** Tells the run, and n8n's log, how far the task has come. */
	report(ids: KnownIds, task?: Task): void;
}

/** Where an item stands among those of its run. */
export interface Place {
	run: Run;
	itemIndex: number;
	functions: Functions;
	/** What the item goes on from, where its execution was waiting. */
	suspended?: SuspendedItem;
}

/** What an item becomes. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

/** One operation of the node, for one item. */
export interface Operation<Input> {
	/** Reads and checks all that the user gave; sends nothing. Throws TaskError. */
	check(read: ReadParameter, place: Place): Input | Promise<Input>;
	/** Does the work. Throws TaskError. */
	perform(item: Item, input: Input): Promise<Output>;
}

/**
 * The routing of an operation: n8n hands a pagination function the whole request cycle of one item,
 * and starts those of all items at once.
 */
export function perItem<Input>(operation: Operation<Input>): INodePropertyRouting {
	return { send: { paginate: true }, operations: { pagination: paginationOf(operation) } };
}

function paginationOf<Input>(operation: Operation<Input>) {
	return async function (
		this: Functions,
		request: DeclarativeRestApiSettings.ResultOptions,
	): Promise<INodeExecutionData[]> {
		const itemIndex = this.getItemIndex();
		const run = runOf(this.getExecuteData());
		const member = run.join(itemIndex);
		const read: ReadParameter = (path, fallback, options) =>
			this.getNodeParameter(path, fallback, options);
		try {
			const identity = identityOf(this);
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
					if (task && ids.externalTaskId) run.sent.set(ids.externalTaskId, task);
					report(this, member, ids, task);
				},
			};
			throwIfStopped(signal);
			const { json, ...output } = await operation.perform(item, input.own);
			const whole = { ...json, ...defined({ replacedTaskIds: member.replacedTaskIds }) };
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
			if (this.continueOnFail() || answersWithErrors(this.getNode())) {
				return [failedItem(this, error)];
			}
			const whole = withOthers(error, await run.fail(member));
			throw nodeError(this, await withoutKey(this, whole), itemIndex);
		} finally {
			run.leave(member);
		}
	};
}

const suspensions = new WeakMap<object, Suspension>();

/** The same for all items of this try of the run. */
function suspensionOf(functions: Functions, run: Run, runIndex: number): Suspension | undefined {
	const taken = takeSuspension(functions.getContext('node'), runIndex);
	if (taken) suspensions.set(run.attempt, taken);
	return suspensions.get(run.attempt);
}

/** Holds on to an input error until it is known whether the run begins at all. */
async function check<T>(
	read: () => Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | TaskError> {
	try {
		return await read();
	} catch (error) {
		throwIfStopped(signal);
		if (error instanceof TaskError) return error;
		return new TaskError(
			error instanceof Error ? error.message : String(error),
			'Nothing was submitted for this item, so nothing is billed. Correct the parameter and run again.',
		);
	}
}

function checkBaseUrl(value: unknown): string {
	const baseUrl = readBaseUrl(value);
	if (baseUrl === undefined) throw credentialError(show(value));
	return baseUrl;
}

/**
 * Without Continue On Fail a single bad item fails the run, and what the others produce is dropped by
 * n8n. So nothing is paid for then: no item begins before all have been checked.
 *
 * @returns true when this item must not begin: another item's error will end the run
 */
async function isRunLost(functions: Functions, run: Run): Promise<boolean> {
	// n8n prepares all items in one go; when this resumes, each of them has joined or failed to.
	await systemClock.sleep(0);
	if (!functions.continueOnFail()) {
		await run.allChecked();
		if (run.hasRefused()) return true;
	}
	const isAbsent = (itemIndex: number) => expressionFails(functions, itemIndex);
	run.absent ??= run.missing().filter(isAbsent).length;
	return !functions.continueOnFail() && run.absent > 0;
}

/** n8n evaluates every expression of an item before it calls us; one that throws ends the whole run. */
function expressionFails(functions: Functions, itemIndex: number): boolean {
	return expressionsIn(functions.getNode().parameters).some((expression) => {
		try {
			functions.evaluateExpression(expression, itemIndex);
			return false;
		} catch {
			return true;
		}
	});
}

function expressionsIn(value: INodeParameters | NodeParameterValueType): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value.slice(1)] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap((nested: NodeParameterValueType) => expressionsIn(nested));
}

function identityOf(functions: Functions): SubmitIdentity {
	return {
		instanceId: functions.getInstanceId(),
		workflowId: functions.getWorkflow().id ?? '',
		executionId: functions.getExecutionId(),
		nodeId: functions.getNode().id,
		runIndex: Number(functions.evaluateExpression('{{ $runIndex }}', functions.getItemIndex())),
		itemIndex: functions.getItemIndex(),
	};
}

function report(functions: Functions, member: Member, ids: KnownIds, task?: Task): void {
	const isNew = ids.taskId !== undefined && member.taskId !== ids.taskId;
	// A new create of the same item: it replaces the task that has failed.
	if (member.taskId !== undefined && ids.taskId === undefined) {
		member.replacedTaskIds = [...(member.replacedTaskIds ?? []), member.taskId];
	}
	// Both IDs at once: the ID of a failed task must not hide that of the create which replaces it.
	Object.assign(member, {
		taskId: ids.taskId,
		externalTaskId: ids.externalTaskId,
		status: task?.status ?? 'unknown',
		videoUrl: task && videosOf(task).video?.url,
	});
	// The log outlives a crash, which leaves no error and no item to find the task by.
	if (isNew) functions.logger.info(logLine(`Task ${member.status}`, member));
	if (task?.unknownStatus && member.unknownStatus !== task.unknownStatus) {
		member.unknownStatus = task.unknownStatus;
		functions.logger.warn(
			logLine(`Unknown status "${task.unknownStatus}", read as in progress`, member),
		);
	}
}

/** Where a task is at stake, or may be. */
function warn(functions: Functions, what: string, member: Member): void {
	if (member.externalTaskId ?? member.taskId) functions.logger.warn(logLine(what, member));
}

function logLine(what: string, { itemIndex, taskId, externalTaskId }: Member): string {
	const ids = [taskId && `task ${taskId}`, externalTaskId && `external task ID ${externalTaskId}`];
	return `Kirin Video: ${[what, `item ${itemIndex}`, ...ids].filter(Boolean).join(', ')}`;
}

function explain(thrown: unknown, member: Member): TaskError {
	if (thrown instanceof TaskError) return thrown;
	const ids: KnownIds = defined({
		taskId: member.taskId,
		externalTaskId: member.externalTaskId,
	});
	return unexpected(thrown instanceof Error ? thrown.message : String(thrown), ids);
}

/**
 * Errors about the input do not know that the item has a task already: after a wait, or from a try
 * before. One that has failed counts as replaced.
 */
function withTask(error: TaskError, member: Member): TaskError {
	const { taskId, externalTaskId, status } = member;
	if (taskId === undefined || error.details.taskId !== undefined) return error;
	if (status === 'failed') {
		member.replacedTaskIds = [...(member.replacedTaskIds ?? []), taskId];
		return error;
	}
	const ids = defined({ taskId, externalTaskId });
	return new TaskError(error.message, whatIsKnown(ids), { ...error.details, ...ids, status });
}

/** The create that replaces a failed task may fail itself: the failed one is told with it. */
function withReplaced(error: TaskError, { replacedTaskIds = [] }: Member): TaskError {
	if (replacedTaskIds.length === 0) return error;
	return new TaskError(error.message, `${error.description} ${tellReplaced(replacedTaskIds)}.`, {
		...error.details,
		replacedTaskIds,
	});
}

function tellReplaced(taskIds: string[]): string {
	return `Earlier tries of this item had created ${taskIds.join(', ')}, which failed`;
}

/**
 * n8n-core before 2.36 sends an item whose JSON has `details` to the error output only if it carries an
 * error as well. It is not enumerable, so that n8n's copy for the error output is without it: n8n puts
 * the message of an error that an item still carries then in the place of the item's JSON.
 */
function failedItem(functions: Functions, error: TaskError): INodeExecutionData {
	const itemIndex = functions.getItemIndex();
	const item = { json: errorJson(error), pairedItem: { item: itemIndex } };
	if (functions.getNode().onError !== 'continueErrorOutput') return item;
	return Object.defineProperty(item, 'error', { value: nodeError(functions, error, itemIndex) });
}

/**
 * The JSON of an item that failed under Continue On Fail. n8n sends an item to the error output when
 * it has no keys but these three, and adds the input item's own fields there.
 */
export function errorJson(error: TaskError): IDataObject {
	return {
		error: error.message,
		message: error.description,
		details: defined(error.details),
	};
}

/** n8n shows the first error of a run and drops what the other items have produced: it is told here. */
function withOthers(error: TaskError, others: Member[]): TaskError {
	if (others.length === 0) return error;
	return new TaskError(error.message, `${error.description} ${tellOthers(others)}`, {
		...error.details,
		otherTasks: others.map(tellTask),
	});
}

function tellOthers(others: Member[]): string {
	const lines = others.map((other) => {
		const { item, taskId, externalTaskId, status, videoUrl, replacedTaskIds } = tellTask(other);
		const id = taskId ?? `external task ID ${externalTaskId}`;
		const more = [status, videoUrl, replacedTaskIds && `replaces ${replacedTaskIds.join(', ')}`];
		return `item ${item}: ${id} (${more.filter(Boolean).join(', ')})`;
	});
	return `Tasks of the other items of this run, which n8n drops because this item failed: ${lines.join('; ')}. Task → Wait gets their results; Continue On Fail in the node's settings keeps them.`;
}

function tellTask(member: Member): OtherTask {
	const { itemIndex: item, taskId, externalTaskId, status, videoUrl, replacedTaskIds } = member;
	return defined({ item, taskId, externalTaskId, status, videoUrl, replacedTaskIds });
}
