import { decimalText } from '../api/decimal';
import { cut, defined, excerpt, identifier, list, number, record, text } from '../api/untrusted';

/**
 * Reads a {@link Task} from an answer of the API. All variants that the provider's pages and clients show
 * are read in this one place (reference: "Task", "Variants").
 */

export type TaskStatus = 'queued' | 'in_progress' | 'completed' | 'failed';

/** One piece of a result. */
export interface Content {
	/** `video`, `image`, … */
	type: string;
	url: string;
	/** Of images, as the API gives it. */
	size?: string;
	/** Its own ID, for models that go on from a video. */
	id?: string;
	/** The ID that the maker of the video knows it by. */
	jobId?: string;
	/** Milliseconds since the epoch. */
	expiresAt?: number;
}

/** One generation at the service, as last seen. */
export interface Task {
	taskId: string;
	externalTaskId?: string;
	status: TaskStatus;
	/** The service's own word, when the node does not know it. */
	unknownStatus?: string;
	/** True when the service gives no status at all. */
	isStatusMissing?: boolean;
	model?: string;
	/** 0 to 1, only while in progress, and not always. */
	progress?: number;
	/** Milliseconds since the epoch. */
	createdAt?: number;
	contents: Content[];
	/** Milliseconds since the epoch, where it is told of all contents. */
	expiresAt?: number;
	/** Exact decimal string in USD. */
	cost?: string;
	discount?: number;
	/** Only of a failed task. */
	error?: TaskFailure;
	/** The task object exactly as the service sent it. */
	raw: Record<string, unknown>;
	/** Whether a copy with a watermark was asked for; not known of a task that existed before. */
	watermark?: boolean;
}

export interface TaskFailure {
	/** As a string, leading zeros kept. */
	code?: string;
	message?: string;
}

/**
 * One task on its way from submit to done. Submit, poll and download hand it on, and a suspended
 * execution stores it, so it is plain data.
 */
export interface TaskState {
	ids: KnownIds;
	/** As last seen; undefined until the service has answered. */
	task?: Task;
	/** When the item got its first slot, in milliseconds since the epoch. Maximum Wait and the elapsed time count from here. */
	since: number;
	/** Whether this attempt created the task; false for one that existed before. */
	isSubmitted: boolean;
	/** Status requests so far. */
	polls: number;
	/** When the task was found done, in milliseconds since the epoch; undefined where it was done before the wait. */
	finishedAt?: number;
}

/** The state of a task that the service has shown. */
export interface SeenState extends TaskState {
	task: Task;
}

const STATUS_WORDS: ReadonlyArray<[status: TaskStatus, ...words: string[]]> = [
	['queued', 'pending', 'queued', 'in_queue', 'submitted', 'waiting', 'created', 'accepted'],
	['in_progress', 'in_progress', 'processing', 'running', 'generating', 'started'],
	['completed', 'completed', 'complete', 'success', 'succeeded', 'succeed', 'done', 'finished'],
	[
		'failed',
		...['failed', 'fail', 'failure', 'error', 'cancelled', 'canceled', 'rejected', 'aborted'],
		...['expired', 'timeout', 'timed_out'],
	],
];

function statusOf(word: string): TaskStatus | undefined {
	const plain = word.replaceAll(/[\s-]+/g, '_');
	return STATUS_WORDS.find(([, ...words]) => words.includes(plain))?.[0];
}

/** How much of a status word, an ID or a code is kept, in characters; and of an error's message. */
const MAX_WORD_CHARACTERS = 64;
const MAX_ID_CHARACTERS = 256;
const MAX_CODE_CHARACTERS = 64;
const MAX_MESSAGE_CHARACTERS = 1_000;

/**
 * @param baseUrl of the API, for addresses of files that are relative to it
 * @returns undefined when `body` is not a task: no object, or one without an ID
 */
export function readTask(body: unknown, baseUrl?: string): Task | undefined {
	const layers = layersOf(body);
	const { raw, inner, outer } = layers;
	if (!raw) return undefined;
	const own = [...inner, raw];
	const taskId = taskIdIn(raw);
	if (taskId === undefined) return undefined;

	const failure =
		firstOf(own, ({ error }) => readFailure(error)) ??
		firstOf(own, ({ error_type }) => readFailure(error_type));
	const contents = firstOf(own, (layer) => nonEmpty(contentsOf(layer, baseUrl))) ?? [];
	const { word, known } = statusIn(own, outer);
	const status = decide(known, contents.length > 0, failure !== undefined);
	const usage = firstOf(own, (layer) => record(layer.usage));

	return defined({
		taskId,
		externalTaskId: firstOf(own, externalIdOf),
		status,
		unknownStatus: known === undefined && !isDone({ status }) ? word : undefined,
		isStatusMissing: word === undefined ? true : undefined,
		model: firstOf(own, ({ model }) => cut(text(model), MAX_ID_CHARACTERS)),
		progress: firstOf(own, ({ progress }) => fraction(progress)),
		createdAt: firstOf(own, ({ created_at }) => epochMs(created_at)),
		contents,
		expiresAt: firstOf(own, expiryOf),
		cost: cut(decimalText(usage?.cost), MAX_ID_CHARACTERS),
		discount: number(usage?.discount),
		error: status === 'failed' ? (failure ?? firstOf(own, failureElsewhere) ?? {}) : undefined,
		raw,
	});
}

/** The status counts. Where it is unknown, an output or an error does. */
function decide(known: TaskStatus | undefined, hasOutput: boolean, hasError: boolean): TaskStatus {
	// "completed" together with a non-empty error means failed.
	if ((known === 'completed' || known === undefined) && hasError) return 'failed';
	return known ?? (hasOutput ? 'completed' : 'in_progress');
}

/** Envelopes of gateways, one around the other, are not deeper than this. */
const MAX_LAYERS = 5;

interface Layers {
	/** The object with the task's ID. */
	raw?: Record<string, unknown>;
	/** What lies in it, innermost first. */
	inner: Array<Record<string, unknown>>;
	/** What lies around it, from the inside. */
	outer: Array<Record<string, unknown>>;
}

/**
 * Takes envelopes such as `{data: <task>, status: {…}}` apart. The task is the innermost object with an ID
 * and a status, or else with an ID.
 */
function layersOf(body: unknown): Layers {
	const layers: Array<Record<string, unknown>> = [];
	for (let next = record(body); next && layers.length < MAX_LAYERS; next = innerOf(next)) {
		layers.unshift(next);
	}
	const isWhole = (layer: Record<string, unknown>) =>
		identifier(layer.id, layer.task_id) !== undefined && statusWordOf(layer) !== undefined;
	const whole = layers.findIndex(isWhole);
	const at = whole === -1 ? layers.findIndex((layer) => taskIdIn(layer) !== undefined) : whole;
	if (at === -1) return { inner: [], outer: [] };
	return { raw: layers[at], inner: layers.slice(0, at), outer: layers.slice(at + 1) };
}

function innerOf(layer: Record<string, unknown>): Record<string, unknown> | undefined {
	const { data, task, result } = layer;
	const [first, ...more] = list(data);
	const only = more.length === 0 ? record(first) : undefined;
	// In a task, the result may have an ID of its own.
	return only ?? record(task) ?? (taskIdIn(layer) === undefined ? record(result) : undefined);
}

function taskIdIn(layer: Record<string, unknown>): string | undefined {
	// Errors carry a request ID too; only beside a status is it a task's.
	const requestId = statusWordOf(layer) !== undefined && layer.request_id;
	return cut(identifier(layer.id, layer.task_id, requestId)?.trim(), MAX_ID_CHARACTERS);
}

function externalIdOf(layer: Record<string, unknown>): string | undefined {
	return cut(
		identifier(layer.external_task_id, record(layer.task_info)?.external_task_id),
		MAX_ID_CHARACTERS,
	);
}

/** All IDs that an answer gives its task. */
export function idsNamedBy({ taskId, externalTaskId, raw }: Task): string[] {
	const all = [taskId, externalTaskId, raw.id, raw.task_id, raw.request_id];
	return all.flatMap((id) => identifier(id)?.trim() ?? []);
}

/** The same task in a later answer, with what only the first state knows. */
export function withWatermarkOf(seen: Task, { watermark }: Pick<Task, 'watermark'> = {}): Task {
	return watermark === undefined ? seen : { ...seen, watermark };
}

/** The state once its task was seen again; where it is done now, and was not before, it has ended. */
export function seenAgain<State extends SeenState>(state: State, seen: Task, now: number): State {
	const task = withWatermarkOf(seen, state.task);
	const hasEnded = isDone(task) && !isDone(state.task);
	return { ...state, task, ...(hasEnded && { finishedAt: now }) };
}

function statusWordOf(layer: Record<string, unknown>): string | undefined {
	const word = text(layer.status, layer.task_status, layer.state);
	return cut(word?.trim().toLowerCase(), MAX_WORD_CHARACTERS);
}

/** A number is a status that we do not know. */
function statusIn(
	own: Array<Record<string, unknown>>,
	outer: Array<Record<string, unknown>>,
): { word?: string; known?: TaskStatus } {
	const word = firstOf(own, statusWordOf);
	if (word !== undefined) return { word, known: statusOf(word) };
	const code = firstOf(own, ({ status, task_status: other }) => number(status) ?? number(other));
	if (code !== undefined) return { word: String(code) };
	// Around the task, "success" is what the call was, and not the task.
	const around = firstOf(outer, statusWordOf);
	const known = around === undefined ? undefined : statusOf(around);
	return known === 'completed' ? {} : { word: around, known };
}

function firstOf<T>(
	layers: Array<Record<string, unknown>>,
	read: (layer: Record<string, unknown>) => T | undefined,
): T | undefined {
	for (const layer of layers) {
		const value = read(layer);
		if (value !== undefined) return value;
	}
	return undefined;
}

function nonEmpty<T>(values: T[]): T[] | undefined {
	return values.length > 0 ? values : undefined;
}

export function isDone({ status }: Pick<Task, 'status'>): boolean {
	return status === 'completed' || status === 'failed';
}

/** The known IDs of a task; before the answer to submit there is only our own. */
export interface KnownIds {
	taskId?: string;
	externalTaskId?: string;
}

/** The ID to get a task by. */
export function idOf({ taskId, externalTaskId }: KnownIds): string {
	return taskId ?? externalTaskId ?? '';
}

/** Both IDs of a task that was requested by one: an ID that is not its task ID must be the external one. */
export function idsOf(task: Task, asked: KnownIds): KnownIds {
	const external = asked.taskId === task.taskId ? undefined : asked.taskId;
	return defined({
		taskId: task.taskId,
		externalTaskId: asked.externalTaskId ?? task.externalTaskId ?? external,
	});
}

/** Where a task's results lie; the vendor's own name is `task_result`. */
function contentsOf(layer: Record<string, unknown>, baseUrl: string | undefined): Content[] {
	const { output, outputs, task_result: vendor, result, videos } = layer;
	for (const place of [output, outputs, vendor, result, videos]) {
		const found = readContents(place, baseUrl, 0);
		if (found.length > 0) return found;
	}
	// Beside them may lie what the task was made from, or the address of a page.
	const { video_url, videoUrl, watermark_url } = layer;
	return flatAddresses({ video_url, videoUrl, watermark_url }, baseUrl);
}

/** An address stands alone, in `url`, or under a name that says what it is. */
const ADDRESS_NAMES = {
	url: undefined,
	video_url: 'video',
	videoUrl: 'video',
	video: 'video',
	watermark_url: 'video_watermark',
	watermarked_url: 'video_watermark',
	image_url: 'image',
	image: 'image',
	audio_url: 'audio',
	download_url: undefined,
	file_url: undefined,
	uri: undefined,
} satisfies Record<string, string | undefined>;

/** Where the contents of an output lie in it. */
const CONTENT_NAMES = [
	...['content', 'contents', 'output', 'outputs', 'result', 'results', 'videos', 'video'],
	...['video_urls', 'urls', 'images'],
];

/** No result has more pieces, or deeper nesting. */
const MAX_CONTENTS = 100;
const MAX_CONTENT_DEPTH = 5;

function readContents(output: unknown, baseUrl: string | undefined, depth: number): Content[] {
	if (depth > MAX_CONTENT_DEPTH) return [];
	const found: Content[] = [];
	for (const entry of list(output).slice(0, MAX_CONTENTS)) {
		if (found.length >= MAX_CONTENTS) break;
		found.push(...readContent(entry, baseUrl, depth));
	}
	return found.slice(0, MAX_CONTENTS);
}

function readContent(entry: unknown, baseUrl: string | undefined, depth: number): Content[] {
	if (Array.isArray(entry)) return readContents(entry, baseUrl, depth + 1);
	if (typeof entry === 'string') {
		const url = looksLikeAddress(entry) && addressIn(entry, baseUrl);
		return url ? [{ type: 'video', url }] : [];
	}
	const item = record(entry);
	if (!item) return [];
	for (const name of CONTENT_NAMES) {
		if (typeof item[name] !== 'object') continue;
		const found = readContents(item[name], baseUrl, depth + 1);
		if (found.length > 0) return found;
	}
	return flatAddresses(item, baseUrl);
}

/** What kinds of files may stand in the place of the word "video". */
const VIDEO_FILES = ['mp4', 'm4v', 'mov', 'webm', 'mkv', 'avi'];

/** Type without "_url" (variant `video_url`), in lower case. */
function flatAddresses(item: Record<string, unknown>, baseUrl: string | undefined): Content[] {
	const word = text(item.type)?.trim().toLowerCase().replace(/_url$/, '');
	const ownType = word !== undefined && VIDEO_FILES.includes(word) ? 'video' : word;
	const seen = new Set<string>();
	return Object.entries(ADDRESS_NAMES).flatMap(([name, named]) => {
		const url = addressIn(item[name], baseUrl);
		// `url` and `video_url` may say the same.
		if (url === undefined || seen.has(url)) return [];
		seen.add(url);
		const type = excerpt(
			(named === 'video' && ownType) || (named ?? ownType ?? 'video'),
			MAX_WORD_CHARACTERS,
		);
		return [
			defined({
				type,
				url,
				size: cut(text(item.size), MAX_WORD_CHARACTERS),
				id: cut(identifier(item.id), MAX_ID_CHARACTERS),
				jobId: cut(identifier(item.jobId, item.job_id), MAX_ID_CHARACTERS),
				expiresAt: expiryOf(item),
			}),
		];
	});
}

/** No page names it so far; where it stands in an answer, it can have no other meaning. */
function expiryOf({ expires_at, expiresAt }: Record<string, unknown>): number | undefined {
	return epochMs(expires_at) ?? epochMs(expiresAt);
}

function looksLikeAddress(value: string): boolean {
	return /^\s*(https?:\/\/|\/)/i.test(value.slice(0, 100));
}

/** Browsers and servers take no longer addresses. */
const MAX_ADDRESS_CHARACTERS = 8_192;

/** An absolute address stays as it is; a relative one counts from the API's base URL. */
function addressIn(value: unknown, baseUrl: string | undefined): string | undefined {
	const address = text(value)?.trim();
	if (address !== undefined && address.length > MAX_ADDRESS_CHARACTERS) return undefined;
	if (address === undefined || baseUrl === undefined || URL.canParse(address)) return address;
	return URL.canParse(address, `${baseUrl}/`) ? new URL(address, `${baseUrl}/`).href : address;
}

/**
 * The video and, where one was asked for, its copy with a watermark. The copy is recognised by its type or
 * its address, or as the second of two where one was asked for.
 */
export function videosOf(task: Task): { video?: Content; watermarked?: Content } {
	const videos = task.contents.filter(({ type }) => type.includes('video'));
	const marked = videos.filter(hasWatermark);
	// If all match, the word is part of a path that they share, and identifies nothing.
	const ofMark = marked.length < videos.length ? marked[0] : undefined;
	const watermarked = ofMark ?? (task.watermark ? videos[1] : undefined);
	return { video: videos.find((content) => content !== watermarked), watermarked };
}

/** The files of a task: the video, then all others in the order in which the service gives them. */
export function fileAt(task: Task, index: number): Content | undefined {
	const { video } = videosOf(task);
	return index === 0 ? video : task.contents.filter((content) => content !== video)[index - 1];
}

function hasWatermark({ type, url }: Content): boolean {
	const words = `${type} ${url.split('?')[0]}`.toLowerCase();
	return /watermark/.test(words) && !/(no|non|without|un)[-_.]?watermark/.test(words);
}

/** Words and codes that mean that there is no error. */
const SAYS_NOTHING = /^(0+|200|ok|okay|success|succeeded|succeed|none|null|no[ _]error|-)?\.?$/i;

/** @returns undefined for what says nothing, such as `{code: 0, message: ""}` */
function readFailure(error: unknown): TaskFailure | undefined {
	if (typeof error === 'string') return failureIn(undefined, error);
	const object = record(Array.isArray(error) ? error[0] : error);
	if (!object) return undefined;
	const { code, error_code: other, error_message: own, message, msg, detail, reason } = object;
	return failureIn(identifier(code, other), text(own, message, msg, detail, reason));
}

function failureIn(code: string | undefined, message: string | undefined): TaskFailure | undefined {
	const failure: TaskFailure = defined({
		code: cut(telling(code), MAX_CODE_CHARACTERS),
		message: cut(telling(message), MAX_MESSAGE_CHARACTERS),
	});
	return failure.code || failure.message ? failure : undefined;
}

function telling(value: string | undefined): string | undefined {
	const start = value?.slice(0, 2 * MAX_MESSAGE_CHARACTERS + 2);
	return start === undefined || SAYS_NOTHING.test(start.trim()) ? undefined : start;
}

/** The error of a failed task in places other than `error`. */
function failureElsewhere(layer: Record<string, unknown>): TaskFailure | undefined {
	const { error_message, fail_reason, status_msg, reason, message } = layer;
	return (
		readFailure(layer.provider_error) ??
		failureIn(
			identifier(layer.error_code),
			text(layer.task_status_msg, error_message, fail_reason, status_msg, reason, message),
		)
	);
}

/** 0 to 1, from that or from percents: whatever is above 1. */
function fraction(value: unknown): number | undefined {
	const read = number(typeof value === 'string' ? value.replace(/\s*%\s*$/, '') : value);
	if (read === undefined) return undefined;
	const isPercent = read > 1 || (typeof value === 'string' && value.includes('%'));
	const share = isPercent ? read / 100 : read;
	return Math.min(1, Math.max(0, share));
}

/** Below this a time stamp can only be meant in seconds: as milliseconds it lies in 1973. */
const LEAST_EPOCH_MS = 1e11;

/** From seconds, milliseconds or a date as text. */
export function epochMs(value: unknown): number | undefined {
	const read = number(value) ?? Date.parse(text(value) ?? '');
	const date = new Date(Math.abs(read) < LEAST_EPOCH_MS ? read * 1000 : read);
	return Number.isNaN(date.getTime()) ? undefined : date.getTime();
}
