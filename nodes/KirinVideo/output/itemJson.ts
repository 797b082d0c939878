import type { IDataObject } from 'n8n-workflow';
import { defined, record, text } from '../api/untrusted';
import { isAgentTool } from '../batch/item';
import type { TaskRequest } from '../request/buildRequest';
import type { Estimate } from '../task/estimate';
import { type KnownIds, type Task, isDone, videosOf } from '../task/task';

export type OutputFormat = 'simplified' | 'raw';

/** What the node knows besides the task itself. */
export interface Observed extends KnownIds {
	/** When the item got its slot, in milliseconds since the epoch; else the service's `created_at` counts. */
	startedAt?: number;
	/** Milliseconds since the epoch; only where the node saw the task end. */
	finishedAt?: number;
	polls?: number;
}

/** @param functions of the node; as a tool it leaves the details out, because a model pays for each word that it reads */
export function taskJson(
	task: Task,
	format: OutputFormat,
	seen: Observed,
	functions: Parameters<typeof isAgentTool>[0],
): IDataObject {
	if (format === 'raw') return task.raw as IDataObject;
	const json = simplify(task, seen);
	if (isAgentTool(functions)) delete json.details;
	return json;
}

/**
 * A task as the JSON of an item: what workflows use comes first, and the rest is in `details`.
 *
 * `cost` stays the exact decimal string that the service gave, in USD. `elapsedSeconds` runs from the
 * submit to the status request that found the task done.
 */
export function simplify(task: Task, seen: Observed = {}): IDataObject {
	const { video, watermarked } = videosOf(task);
	const { createdAt } = task;
	const startedAt = seen.startedAt ?? createdAt;
	const elapsedMs =
		startedAt !== undefined && seen.finishedAt !== undefined
			? Math.max(0, seen.finishedAt - startedAt)
			: undefined;
	// The addresses of the video and its watermarked copy have keys of their own.
	const isMore = task.contents.some((content) => content !== video && content !== watermarked);
	return defined({
		videoUrl: video?.url,
		status: task.status,
		cost: task.cost,
		taskId: task.taskId,
		externalTaskId: seen.externalTaskId ?? task.externalTaskId,
		progress: isDone(task) ? undefined : task.progress,
		error: task.error && { ...task.error },
		watermarkUrl: watermarked?.url,
		contents:
			task.status === 'completed' && isMore
				? task.contents.map((one) => defined({ ...one, expiresAt: iso(one.expiresAt) }))
				: undefined,
		details: whereAny({
			model: task.model,
			discount: task.discount,
			contentId: video?.id,
			jobId: video?.jobId,
			expiresAt: iso(video?.expiresAt ?? task.expiresAt),
			createdAt: iso(createdAt),
			finishedAt: iso(seen.finishedAt),
			elapsedSeconds: elapsedMs === undefined ? undefined : Math.round(elapsedMs / 100) / 10,
			polls: seen.polls,
		}),
	});
}

/** An estimate as the JSON of an item, also where no price is known. */
export function simplifyEstimate(
	{ cost, currency, discount, sampleCount, reason, ...more }: Estimate,
	{ model, params }: TaskRequest,
): IDataObject {
	const { originalModel, billingModel, updatedAt, hash } = more;
	const details: IDataObject = { originalModel, billingModel, updatedAt: iso(updatedAt), hash };
	return defined({
		known: cost !== undefined,
		cost,
		currency: cost === undefined ? undefined : currency,
		discount,
		sampleCount,
		reason,
		model: model.id,
		mode: params.mode,
		duration: params.duration,
		details: whereAny(details),
	});
}

/** Adds to the warning of an item, if it has one; in raw output that is the service's, of whatever type. */
export function withWarnings(json: IDataObject, more: string[]): IDataObject {
	if (more.length === 0) return json;
	const { warning } = json;
	const own = warning == null ? [] : [text(warning) ?? JSON.stringify(warning)];
	const whole = [...own, ...more].reduce(
		(all, one) => `${all}${/[.?]$/.test(all) ? '' : '.'} ${one}`,
	);
	return { ...json, warning: whole };
}

/** Tells which failed tasks that of the item has replaced. */
export function withReplacedTasks(json: IDataObject, replacedTaskIds?: string[]): IDataObject {
	if (!replacedTaskIds) return json;
	return { ...json, details: { ...record(json.details), replacedTaskIds } };
}

/** `object` without the keys that are undefined; undefined where none is left. */
function whereAny(object: IDataObject): IDataObject | undefined {
	const known = defined(object);
	return Object.keys(known).length > 0 ? known : undefined;
}

function iso(epochMs: number | undefined): string | undefined {
	return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
