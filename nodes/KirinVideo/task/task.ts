import { decimalText } from '../api/decimal';
import { defined, identifier, list, number, record, text } from '../api/untrusted';

/**
 * What the API said → {@link Task}. Every variant that pages and clients of the provider show is
 * read in this one place (reference: "Task", "Variants").
 */

export type TaskStatus = 'queued' | 'in_progress' | 'completed' | 'failed';

/** One piece of a result. */
export interface Content {
	/** `video`, `image`, … */
	type: string;
	url: string;
	/** Of images, as the API gives it. */
	size?: string;
}

/** One generation at the service, as last seen. */
export interface Task {
	taskId: string;
	externalTaskId?: string;
	status: TaskStatus;
	/** The service's own word, when it is one that we do not know. Read as in progress. */
	unknownStatus?: string;
	model?: string;
	/** 0 to 1, only while in progress, and not always. */
	progress?: number;
	/** Milliseconds since the epoch. */
	createdAt?: number;
	contents: Content[];
	/** Exact decimal string in USD. */
	cost?: string;
	discount?: number;
	/** Only of a failed task. */
	error?: TaskFailure;
	/** The task object exactly as the service sent it. */
	raw: Record<string, unknown>;
}

export interface TaskFailure {
	/** As a string, leading zeros kept. */
	code?: string;
	message?: string;
}

const STATUS_WORDS: ReadonlyArray<[status: TaskStatus, ...words: string[]]> = [
	['queued', 'pending', 'queued', 'in_queue', 'submitted'],
	['in_progress', 'in_progress', 'processing', 'running'],
	['completed', 'completed', 'success', 'succeeded', 'succeed', 'done'],
	['failed', 'failed', 'fail', 'error', 'cancelled', 'canceled'],
];

function statusOf(word: string): TaskStatus | undefined {
	return STATUS_WORDS.find(([, ...words]) => words.includes(word))?.[0];
}

/** @returns undefined when `body` is not a task: no object, or one without an ID. */
export function readTask(body: unknown): Task | undefined {
	const raw = unwrap(body);
	if (!raw) return undefined;
	// Errors carry a request ID too; only beside a status is it a task's.
	const requestId = text(raw.status) && raw.request_id;
	const taskId = identifier(raw.id, raw.task_id, requestId);
	if (taskId === undefined) return undefined;

	const failure = readFailure(raw.error);
	const word = text(raw.status)?.trim().toLowerCase();
	const known = word === undefined ? 'in_progress' : statusOf(word);
	// "completed" together with a non-empty error means failed.
	const status = known === 'completed' && failure ? 'failed' : (known ?? 'in_progress');
	const usage = record(raw.usage);

	return defined({
		taskId,
		externalTaskId: identifier(raw.external_task_id),
		status,
		unknownStatus: known === undefined ? word : undefined,
		model: text(raw.model),
		progress: fraction(raw.progress),
		createdAt: epochMs(raw.created_at),
		contents: readContents(raw.output ?? raw.outputs),
		cost: decimalText(usage?.cost),
		discount: number(usage?.discount),
		error: status === 'failed' ? (failure ?? {}) : undefined,
		raw,
	});
}

export function isSettled(task: Task): boolean {
	return task.status === 'completed' || task.status === 'failed';
}

/** A task as far as the caller knows it; before the answer to submit there is only our own ID. */
export interface KnownIds {
	taskId?: string;
	externalTaskId?: string;
}

/** Both IDs of a task that was asked for by one: what is not its task ID must be the external one. */
export function idsOf(task: Task, asked: KnownIds): KnownIds {
	const external = asked.taskId === task.taskId ? undefined : asked.taskId;
	return defined({
		taskId: task.taskId,
		externalTaskId: asked.externalTaskId ?? task.externalTaskId ?? external,
	});
}

/** Type without "_url" (variant `video_url`), in lower case. */
function readContents(output: unknown): Content[] {
	return list(output).flatMap((entry) => {
		const item = record(entry);
		if (!item) return [];
		if (item.content !== undefined) return readContents(item.content);
		const url = text(item.url);
		if (!url) return [];
		const type = (text(item.type) ?? 'video').toLowerCase().replace(/_url$/, '');
		return [defined({ type, url, size: text(item.size) })];
	});
}

/** The video and, when asked for, its watermarked twin: the second video unless its type says so. */
export function videosOf(task: Task): { video?: Content; watermarked?: Content } {
	const videos = task.contents.filter(({ type }) => type.includes('video'));
	const watermarked = videos.find(({ type }) => type.includes('watermark')) ?? videos[1];
	return { video: videos.find((content) => content !== watermarked), watermarked };
}

function readFailure(error: unknown): TaskFailure | undefined {
	if (typeof error === 'string') return text(error) ? { message: error } : undefined;
	const object = record(error);
	if (!object) return undefined;
	const failure = defined({
		code: identifier(object.code),
		message: text(object.error_message, object.message),
	});
	return failure.code || failure.message ? failure : undefined;
}

/** The task object, out of the envelope `{data: <task>, status: {…}}` if there is one. */
function unwrap(body: unknown): Record<string, unknown> | undefined {
	const outer = record(body);
	return outer && (record(outer.data) ?? outer);
}

function fraction(value: unknown): number | undefined {
	const read = number(value);
	return read === undefined ? undefined : Math.min(1, Math.max(0, read));
}

/** Below this a time stamp can only be meant in seconds: as milliseconds it lies in 1973. */
const LEAST_EPOCH_MS = 1e11;

function epochMs(value: unknown): number | undefined {
	const read = number(value) ?? Date.parse(text(value) ?? '');
	const date = new Date(Math.abs(read) < LEAST_EPOCH_MS ? read * 1000 : read);
	return Number.isNaN(date.getTime()) ? undefined : date.getTime();
}
