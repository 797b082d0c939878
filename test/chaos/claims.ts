/** What executions say of their tasks, and the text in which a user would look for them. */
import { inspect } from 'node:util';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine';
import type { Claim, Evidence } from './evidence';
import { INPUT_FIELDS, NODE, WAIT_NODE } from './workflow';

/** What a user could find the tasks by. */
type Found = Pick<Evidence, 'claims' | 'outputs' | 'errors'>;

/** An execution that has ended, and where it stands among the others of its plan. */
export interface Ended {
	run: EngineRun;
	/** In order, from 0. */
	execution: number;
	lineage: number;
	account: number;
	/** The failed tasks that the service had when it began. */
	failedBefore: Set<string>;
}

export function claimsOf(executions: Ended[]): Found {
	const found = executions.map(claimsOfOne);
	return {
		claims: found.flatMap(({ claims }) => claims),
		outputs: found.flatMap(({ outputs }) => outputs),
		errors: found.flatMap(({ errors }) => errors),
	};
}

function claimsOfOne({ run: ended, execution, lineage, account, failedBefore }: Ended): Found {
	const claims: Claim[] = [];
	const outputs: string[] = [];
	const errors = new Set<unknown>([ended.error]);
	/** By run of the node under test. */
	const origins: Origins[] = [];

	for (const node of [NODE, WAIT_NODE]) {
		const isFirst = node === NODE;
		ended.taskData(node).forEach(({ data, error, source }, index) => {
			const run = isFirst ? index : (source[0]?.previousNodeRun ?? 0);
			const before = isFirst ? undefined : origins[run];
			const claim = ({ status, ...found }: FoundTask): Claim => {
				const isOld = isFirst && status === 'failed' && failedBefore.has(found.taskId);
				return { execution, lineage, account, run, ...found, ...(isOld && { isOldFailure: true }) };
			};
			errors.add(error);
			claims.push(...tasksOfError(error, before).map(claim));
			const latest: Origins = [];
			for (const [branch, items] of (data?.main ?? []).entries()) {
				for (const item of items ?? []) {
					const itemIndex = originOf(item, before);
					if (branch === 0) latest.push(itemIndex);
					outputs.push(ownText(item));
					claims.push(...tasksOf(item, itemIndex).map(claim));
				}
			}
			if (isFirst) origins[run] = latest;
		});
	}
	return { claims, outputs, errors: [...errors].map(readable) };
}

/** A task, the item that is said to be its, and how it stands. */
interface FoundTask extends Pick<Claim, 'item' | 'taskId' | 'where'> {
	status?: string;
}

/** The input items of the workflow behind the items of one output. */
type Origins = Array<number | undefined>;

/** n8n pairs an item with the one that it came from in the node before. */
function originOf(item: INodeExecutionData, before: Origins | undefined): number | undefined {
	const paired = [item.pairedItem ?? []].flat()[0];
	const index = typeof paired === 'object' ? paired.item : paired;
	return index === undefined || !before ? index : before[index];
}

/** The item without what came in with its input. */
function ownText({ json, binary, error }: INodeExecutionData): string {
	const own = Object.entries(json).filter(([field]) => !INPUT_FIELDS.includes(field));
	return JSON.stringify([Object.fromEntries(own), binary]) + readable(error);
}

function tasksOf({ json, binary }: INodeExecutionData, item: number | undefined): FoundTask[] {
	const { details, videoUrl } = json as { details?: IDataObject; videoUrl?: string };
	const inner = (json.data ?? json) as IDataObject;
	const ids = [inner.taskId, inner.id, inner.task_id, inner.request_id, details?.taskId];
	const status = (details?.status ?? inner.status) as string | undefined;
	const found: FoundTask[] = ids
		.filter((id): id is string => typeof id === 'string')
		.map((taskId) => ({
			item,
			taskId,
			where: 'error' in json ? 'the error' : 'the output',
			status,
		}));
	const video = videoUrl?.split('/').at(-2);
	if (video !== undefined) found.push({ item, taskId: video, where: 'the address' });
	const file = binary?.data?.fileName?.split('.')[0];
	if (file !== undefined) found.push({ item, taskId: file, where: 'the file' });
	return found;
}

interface ErrorContext {
	itemIndex?: number;
	data?: {
		taskId?: string;
		status?: string;
		otherTasks?: Array<{ item: number; taskId?: string }>;
	};
}

/** The failed item's own task, and those of the others. */
function tasksOfError(error: unknown, before: Origins | undefined): FoundTask[] {
	const { itemIndex, data } = (error as { context?: ErrorContext } | undefined)?.context ?? {};
	const own = { item: itemIndex, taskId: data?.taskId, status: data?.status };
	// Those of the others as they stood when they ended: they failed for reasons of their own.
	const others = (data?.otherTasks ?? []).map(({ item, taskId }) => ({ item, taskId }));
	return [own, ...others].flatMap(({ item, taskId, ...rest }) => {
		if (taskId === undefined) return [];
		const index = before && item !== undefined ? before[item] : item;
		return [{ ...rest, item: index, taskId, where: 'the error' }];
	});
}

/** What a person reads of an error, its details included. */
function readable(error: unknown): string {
	const {
		message = '',
		description = '',
		context,
	} = (error ?? {}) as Partial<Record<string, unknown>>;
	const details = JSON.stringify((context as ErrorContext | undefined)?.data ?? {});
	return `${String(message)}\n${String(description)}\n${details}`;
}

/** Stack, causes and what does not show otherwise. */
export function errorText(error: unknown): string {
	return inspect(error, {
		depth: 8,
		showHidden: true,
		maxStringLength: null,
		maxArrayLength: null,
	});
}
