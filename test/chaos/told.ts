/** What executions say of their tasks, and the text in which a user would look for them. */
import { inspect } from 'node:util';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine';
import type { Claim, Evidence } from './evidence';
import { INPUT_FIELDS, NODE, WAIT_NODE } from './workflow';

type Told = Pick<Evidence, 'claims' | 'outputs' | 'errors'>;

export function toldBy(runs: EngineRun[]): Told {
	const told = runs.map(toldByOne);
	return {
		claims: told.flatMap(({ claims }) => claims),
		outputs: told.flatMap(({ outputs }) => outputs),
		errors: told.flatMap(({ errors }) => errors),
	};
}

function toldByOne(run: EngineRun): Told {
	const claims: Claim[] = [];
	const outputs: string[] = [];
	const errors = new Set<unknown>([run.error]);
	let origins: Origins | undefined;

	for (const node of [NODE, WAIT_NODE]) {
		const latest: Origins = [];
		for (const { data, error } of run.taskData(node)) {
			errors.add(error);
			claims.push(...claimsOfError(error, origins));
			for (const [branch, items] of (data?.main ?? []).entries()) {
				for (const item of items ?? []) {
					const index = originOf(item, origins);
					if (branch === 0) latest.push(index);
					outputs.push(ownText(item));
					claims.push(...claimsOf(item, index));
				}
			}
		}
		origins = latest;
	}
	return { claims, outputs, errors: [...errors].map(readable) };
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

function claimsOf({ json, binary }: INodeExecutionData, item: number | undefined): Claim[] {
	const { details, videoUrl } = json as { details?: IDataObject; videoUrl?: string };
	const inner = (json.data ?? json) as IDataObject;
	const ids = [inner.taskId, inner.id, inner.task_id, inner.request_id, details?.taskId];
	const found: Claim[] = ids
		.filter((id): id is string => typeof id === 'string')
		.map((taskId) => ({ item, taskId, where: details ? 'the error' : 'the output' }));
	const video = videoUrl?.split('/').at(-2);
	if (video !== undefined) found.push({ item, taskId: video, where: 'the address' });
	const file = binary?.data?.fileName?.split('.')[0];
	if (file !== undefined) found.push({ item, taskId: file, where: 'the file' });
	return found;
}

interface ErrorContext {
	itemIndex?: number;
	data?: { taskId?: string; otherTasks?: Array<{ item: number; taskId?: string }> };
}

/** The failed item's own task, and those of the others. */
function claimsOfError(error: unknown, before: Origins | undefined): Claim[] {
	const { itemIndex, data } = (error as { context?: ErrorContext } | undefined)?.context ?? {};
	const own = { item: itemIndex, taskId: data?.taskId };
	return [own, ...(data?.otherTasks ?? [])].flatMap(({ item, taskId }) => {
		if (taskId === undefined) return [];
		const index = before && item !== undefined ? before[item] : item;
		return [{ item: index, taskId, where: 'the error' }];
	});
}

/** What a person reads of an error. */
function readable(error: unknown): string {
	const { message = '', description = '' } = (error ?? {}) as Partial<Record<string, unknown>>;
	return `${String(message)}\n${String(description)}`;
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
