import type { IExecuteData } from 'n8n-workflow';
import { type Clock, systemClock } from '../api/clock';
import type { TaskError } from '../api/taskError';
import { RenderTimes } from '../task/observations';
import { type IdempotencyKey, TaskMemory } from '../task/idempotency';
import type { Host } from '../task/submit';
import { type KnownIds, type Task, videosOf } from '../task/task';
import { ConcurrencyLimiter } from './limiter';

/** One video of an item of a run, as far as its task has come. */
export interface BatchVideo extends KnownIds {
	itemIndex: number;
	/** Which video of the item, from 0. */
	videoIndex: number;
	/** `checking` until a create may have been sent, `refused` where the input is bad, then that of the task. */
	status: string;
	videoUrl?: string;
	/** Failed tasks of earlier attempts, which this item's own replaces. */
	replacedTaskIds?: string[];
	/** The task existed before this attempt: Retry, Retry On Fail or an own ID has found it. */
	adopted?: boolean;
	/** Warnings for the item's output. */
	warnings?: string[];
	/** A create of this video was sent, in this attempt or an earlier one of the same call. */
	mayHaveCreated?: boolean;
	/** An unknown status word, kept so that it is logged only once. */
	unknownStatus?: string;
	isChecked: boolean;
	/** What the item ended with. */
	failure?: TaskError;
	done: boolean;
}

/** An item that waits until something holds of the batch. */
interface Waiting {
	holds: () => boolean;
	resolve: () => void;
}

/**
 * The items that n8n gives to one run of the node. Each is worked on by itself; what concerns them all
 * is here: whether to begin at all, how many at once, and what to tell of the others when one fails.
 */
export class Batch {
	readonly host: Host = { hasAnswered: false };
	/** The part of the idempotency key that all items share. */
	idempotencyKey?: Omit<IdempotencyKey, 'itemIndex' | 'videoIndex'>;
	/** Of the creates of this batch. Kept over Retry On Fail, which runs the node again with the same execute data. */
	memory = new TaskMemory();
	/** A new object for each attempt of Retry On Fail: the key to what belongs to one attempt only. */
	attempt = {};
	/** How many items n8n will not bring because it cannot prepare them. */
	absent?: number;
	/** Tasks under way. */
	readonly limiter: ConcurrencyLimiter;
	/** Render times of the batch's tasks, from which the schedule of the others learns. */
	readonly renderTimes = new RenderTimes();
	/** Videos under way to n8n's store. */
	readonly downloads: ConcurrencyLimiter;
	/** Images in memory. */
	readonly images: ConcurrencyLimiter;
	private readonly holders = new Map<string, number>();
	/** By the item's index, then by that of the video. */
	private items = new Map<number, BatchVideo[]>();
	/** Of the previous attempt, with Retry On Fail. */
	private previous = new Map<number, BatchVideo[]>();
	private working = 0;
	private unchecked = 0;
	private isRefused = false;
	private firstFailure?: BatchVideo;
	private waiting: Waiting[] = [];
	/** How many videos have come to which point. */
	private arrived = new Map<string, number>();

	/** @param expected how many items n8n will probably bring */
	constructor(
		private readonly expected: number,
		clock: Clock,
	) {
		this.limiter = new ConcurrencyLimiter(clock);
		this.downloads = new ConcurrencyLimiter(clock);
		this.images = new ConcurrencyLimiter(clock);
	}

	/** @returns the item's first video */
	join(itemIndex: number): BatchVideo {
		// A new attempt of the same run. The error of the last one names what its items have done.
		if (this.items.has(itemIndex)) this.beginAgain();
		const batchVideo = newBatchVideo(itemIndex, 0);
		this.items.set(itemIndex, [batchVideo]);
		this.working++;
		this.unchecked++;
		return batchVideo;
	}

	/**
	 * Turns the item into several videos. Call it before its first one is `checked`, because others may wait
	 * for all of them from then on.
	 *
	 * @returns all of them
	 */
	joinVideos(first: BatchVideo, videos: number): BatchVideo[] {
		const all = this.siblingsOf(first);
		while (this.has(first) && all.length < videos) {
			all.push({ ...newBatchVideo(first.itemIndex, all.length), isChecked: true });
			this.working++;
		}
		return all;
	}

	/** All videos of this video's item; only itself where it belongs to a previous attempt. */
	siblingsOf(one: BatchVideo): BatchVideo[] {
		return this.has(one) ? this.videosAt(one.itemIndex) : [one];
	}

	/**
	 * Notes what is known of a video's task.
	 *
	 * @returns whether the video has a task that it did not have before
	 */
	saw(video: BatchVideo, { taskId, externalTaskId }: KnownIds, task?: Task): boolean {
		if (task && externalTaskId !== undefined) this.memory.saw(externalTaskId, task);
		const isNew = taskId !== undefined && video.taskId !== taskId;
		if (video.taskId !== undefined && taskId === undefined) {
			if (externalTaskId === video.externalTaskId) return false;
			// A new create of the same video: it replaces the task that has failed.
			video.replacedTaskIds = [...(video.replacedTaskIds ?? []), video.taskId];
		}
		// Both IDs at once: the ID of a failed task must not hide that of the create which replaces it.
		const status = task?.status ?? 'unknown';
		const videoUrl = task && videosOf(task).video?.url;
		Object.assign(video, { taskId, externalTaskId, status, videoUrl });
		return isNew;
	}

	/** Call when it is known whether the item's input is good. */
	checked(batchVideo: BatchVideo): void {
		if (batchVideo.isChecked || !this.has(batchVideo)) return;
		batchVideo.isChecked = true;
		this.unchecked--;
		this.letGo();
	}

	/** Resolves when `checked` was called for all items that have joined. */
	async allChecked(): Promise<void> {
		await this.until(() => this.unchecked === 0);
	}

	/** The videos of an item; none where n8n has not brought it. */
	videosAt(itemIndex: number): BatchVideo[] {
		return this.items.get(itemIndex) ?? [];
	}

	/** The same video in the previous attempt, with Retry On Fail. */
	previousOf({ itemIndex, videoIndex }: BatchVideo): BatchVideo | undefined {
		return this.previous.get(itemIndex)?.[videoIndex];
	}

	/** Call when the item's input is bad, so that the run will fail whatever the others do. */
	refuse(batchVideo: BatchVideo): void {
		batchVideo.status = 'refused';
		this.isRefused = true;
	}

	end(batchVideo: BatchVideo): void {
		if (batchVideo.done || !this.has(batchVideo)) return;
		batchVideo.done = true;
		this.checked(batchVideo);
		this.working--;
		this.letGo();
	}

	/**
	 * The video ends with an error. Resolves when all the others are done as well: n8n waits for them
	 * before it fails the node, with the error of the first one that has one.
	 *
	 * @returns the others that have, or may have, a task, if this is the error that n8n will show
	 */
	async fail(batchVideo: BatchVideo): Promise<BatchVideo[]> {
		if (!this.firstFailure || byOrder(batchVideo, this.firstFailure) < 0)
			this.firstFailure = batchVideo;
		this.end(batchVideo);
		await this.until(() => this.isOver());
		if (batchVideo !== this.firstFailure) return [];
		return [...this.items.values()]
			.flat()
			.filter(
				(other) =>
					other !== batchVideo &&
					(other.taskId !== undefined || other.externalTaskId !== undefined),
			);
	}

	/** Resolves when every video of the batch has come to the point of this name, or has ended before. */
	async passBarrier(name: string): Promise<void> {
		this.arrived.set(name, (this.arrived.get(name) ?? 0) + 1);
		this.letGo();
		await this.until(() => this.hasAll() && (this.arrived.get(name) ?? 0) >= this.working);
	}

	/** Resolves when something holds of the batch; all waiting for others is done here. */
	private async until(holds: () => boolean): Promise<void> {
		if (!holds()) await new Promise<void>((resolve) => this.waiting.push({ holds, resolve }));
	}

	/** Releases those whose condition holds. Called after each change. */
	private letGo(): void {
		const { waiting } = this;
		this.waiting = waiting.filter(({ holds, resolve }) => {
			if (!holds()) return true;
			resolve();
			return false;
		});
	}

	/** Whether a video has failed, so that the run will. */
	hasFailed(): boolean {
		return this.firstFailure !== undefined;
	}

	/**
	 * Reserves an external task ID for one item.
	 *
	 * @returns the index of the item that has it; `itemIndex` itself when it was free
	 */
	claim(externalTaskId: string, itemIndex: number): number {
		const holder = this.holders.get(externalTaskId) ?? itemIndex;
		this.holders.set(externalTaskId, holder);
		return holder;
	}

	/** Items that have not joined: n8n delays them by its Batching option, or failed to prepare them. */
	missing(): number[] {
		const all = Array.from({ length: this.expected }, (_, itemIndex) => itemIndex);
		return all.filter((itemIndex) => !this.items.has(itemIndex));
	}

	hasRefused(): boolean {
		return this.isRefused;
	}

	private isOver(): boolean {
		return this.hasAll() && this.working === 0;
	}

	private hasAll(): boolean {
		return this.items.size + (this.absent ?? 0) >= this.expected;
	}

	/** False for a video of a previous attempt. */
	private has(batchVideo: BatchVideo): boolean {
		return this.videosAt(batchVideo.itemIndex)[batchVideo.videoIndex] === batchVideo;
	}

	private beginAgain(): void {
		this.previous = this.items;
		this.items = new Map();
		this.working = 0;
		this.unchecked = 0;
		this.isRefused = false;
		this.firstFailure = undefined;
		this.absent = undefined;
		this.arrived = new Map();
		this.attempt = {};
	}
}

function newBatchVideo(itemIndex: number, videoIndex: number): BatchVideo {
	return { itemIndex, videoIndex, status: 'checking', isChecked: false, done: false };
}

/** Sorts in the order in which they come out. */
export function byOrder(a: BatchVideo, b: BatchVideo): number {
	return a.itemIndex - b.itemIndex || a.videoIndex - b.videoIndex;
}

const batches = new WeakMap<IExecuteData, Batch>();

/**
 * The run that an item belongs to. n8n makes one execute data for it and keeps it over retries. A tool
 * that an agent or MCP calls by itself is given the one of the node that calls, over and over: there
 * each call is a run of its own, with one item.
 *
 * @param nodeName the name of the node that runs
 */
export function batchOf(executeData: IExecuteData, nodeName: string): Batch {
	if (executeData.node.name !== nodeName) return new Batch(1, systemClock);
	let batch = batches.get(executeData);
	if (!batch) {
		const { node, data } = executeData;
		const input = data.main ?? Object.values(data)[0];
		batch = new Batch(node.executeOnce ? 1 : (input?.[0]?.length ?? 1), systemClock);
		batches.set(executeData, batch);
	}
	return batch;
}
