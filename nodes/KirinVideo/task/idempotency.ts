import { createHash } from 'node:crypto';
import type { TaskRequest } from '../request/buildRequest';
import type { Task } from './task';

/** Which external task ID the create of a video has, and what is known of the creates that were sent. */

/** What tells one video's submit from every other: derived external task IDs are made from it. */
export interface IdempotencyKey {
	/** The idempotency key of the batch: the same as long as the user means the same videos. */
	batchKey: string;
	/** Of the node in its workflow; a renamed node keeps it. */
	nodeId: string;
	/** Each round of a loop is a run of its own. */
	runIndex: number;
	itemIndex: number;
	/** Which video of the item, from 0. */
	videoIndex: number;
}

/**
 * Derives the external task ID of a video. Retry On Fail and Retry give the same ID, and so find the task of
 * the try before; only a failed or vanished task leads to the next one. The request is part of the ID: a
 * corrected prompt is another video. What is not the video (callback URL, time-outs, output) is not.
 *
 * @param taskNumber which task of this video it is: 1, and one more for each that has failed or whose video is gone
 * @returns 36 characters of `[0-9a-z-]`
 */
export function deriveExternalTaskId(
	key: IdempotencyKey,
	request: TaskRequest,
	taskNumber: number,
): string {
	const params = { ...request.params };
	delete params.callback_url;
	const { batchKey, nodeId, runIndex, itemIndex, videoIndex } = key;
	const ofKey = [batchKey, nodeId, runIndex, itemIndex, videoIndex];
	return hashedId('n8n', [...ofKey, taskNumber, request.model.id, params]);
}

/**
 * The user's own ID for the first task. The ones that follow a failed task, and those of the item's other
 * videos, are hashes, which no user gives by chance; with a number behind the own ID they could be the own
 * ID of another item.
 */
export function externalTaskIdOf(
	key: IdempotencyKey,
	request: TaskRequest,
	taskNumber: number,
): string {
	const own = request.externalTaskId;
	if (own === undefined) return deriveExternalTaskId(key, request, taskNumber);
	const { videoIndex } = key;
	if (videoIndex > 0) return hashedId('own', [own, taskNumber, videoIndex]);
	return taskNumber === 1 ? own : hashedId('own', [own, taskNumber]);
}

function hashedId(prefix: string, parts: unknown[]): string {
	const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
	return `${prefix}-${hash.slice(0, 32)}`;
}

/** By external task ID: the ID of the task, or null until the service has given it, or once it has failed. */
export type StoredTasks = Record<string, string | null>;

/** How many tasks are stored with an execution, so that it stays small. */
const MAX_STORED_TASKS = 2_000;

/**
 * What is known of the creates that one run of the node has sent: over Retry On Fail in this process, with
 * the tasks as last seen; over Retry and a wait in what the execution stores, of the first of them.
 */
export class TaskMemory {
	private readonly seen = new Map<string, Task | undefined>();

	/** How many more can be stored. */
	private room: number;

	constructor(private readonly stored: StoredTasks = {}) {
		this.room = MAX_STORED_TASKS - Object.keys(stored).length;
	}

	/** Whether a create with this external task ID has been sent. */
	has(externalTaskId: string): boolean {
		return this.seen.has(externalTaskId) || Object.hasOwn(this.stored, externalTaskId);
	}

	/** The task as this process has last seen it. */
	lastSeen(externalTaskId: string): Task | undefined {
		return this.seen.get(externalTaskId);
	}

	/** The task that the service has named, unless it has failed. */
	taskIdOf(externalTaskId: string): string | undefined {
		const isStored = Object.hasOwn(this.stored, externalTaskId);
		return (isStored && this.stored[externalTaskId]) || undefined;
	}

	sending(externalTaskId: string): void {
		this.seen.set(externalTaskId, undefined);
		this.store(externalTaskId, this.taskIdOf(externalTaskId) ?? null);
	}

	saw(externalTaskId: string, task: Task): void {
		this.seen.set(externalTaskId, task);
		// Nobody pays for a failed task, and its ID is not used again.
		this.store(externalTaskId, task.status === 'failed' ? null : task.taskId);
	}

	private store(externalTaskId: string, taskId: string | null): void {
		const isNew = !Object.hasOwn(this.stored, externalTaskId);
		if (isNew && this.room-- <= 0) return;
		this.stored[externalTaskId] = taskId;
	}
}
