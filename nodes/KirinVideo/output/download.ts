import type { IBinaryData, IExecuteSingleFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { type ConnectionOptions, connectionOptions, silence, timeoutMs } from '../api/client';
import { type Clock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import { isHttpUrl } from '../request/values';
import { downloadFailed } from '../task/errors';
import { type KnownIds, type Task, videosOf } from '../task/task';

/** The parts of a Node stream that are used here; the package may import nothing of Node's. */
interface ByteStream {
	on(event: 'data', listener: (chunk: { length: number }) => void): unknown;
	on(event: 'newListener', listener: (event: string) => void): unknown;
	pause(): unknown;
	resume(): unknown;
	destroy(error?: Error): unknown;
}

/** How long the host of a video may stay silent, before its first byte and between two. */
const DOWNLOAD_TIMEOUT_MS = 120_000;
const DOWNLOAD_TRIES = 3;
const RETRY_PAUSE_MS = 1_000;
const MAX_REDIRECTS = 5;

/** The part of n8n's contexts that files come in through. */
interface Functions {
	helpers: Pick<IExecuteSingleFunctions['helpers'], 'httpRequest' | 'prepareBinaryData'>;
}

export interface DownloadOptions {
	functions: Functions;
	connection: ConnectionOptions;
	clock: Clock;
	signal?: AbortSignal;
	/** A larger file is refused, before it is fetched where its size is announced. */
	maximumBytes: number;
	/** Gets the task once more, for an address that is still good. */
	refresh: () => Promise<Task>;
}

/**
 * Streams the video of a completed task into n8n's binary store. The API key is not sent: results lie
 * on another host.
 *
 * @throws TaskError that carries the task ID and the URL, so that the paid video is not lost
 * @throws Stopped when the signal aborts
 */
export async function download(
	task: Task,
	ids: KnownIds,
	options: DownloadOptions,
): Promise<IBinaryData> {
	let url = addressOf(task, ids);
	let problem = '';
	let isGone = false;
	for (let tries = 1; tries <= DOWNLOAD_TRIES; tries++) {
		if (tries > 1) await options.clock.sleep(RETRY_PAUSE_MS * (tries - 1), options.signal);
		const outcome = await fetchOnce(task.taskId, url, options);
		if ('file' in outcome) return outcome.file;
		problem = outcome.problem;
		isGone = outcome.expired === true;
		if (!outcome.lasting) continue;
		const fresh = outcome.expired ? await freshAddress(options) : undefined;
		if (!isHttpUrl(fresh) || fresh === url) break;
		url = fresh;
	}
	throw downloadFailed(task, ids, problem, isGone);
}

/** A task that cannot be asked for now does not hide why the download failed. */
async function freshAddress({ refresh }: DownloadOptions): Promise<string | undefined> {
	return await refresh().then(
		(task) => videosOf(task).video?.url,
		(error: unknown) => {
			if (error instanceof TaskError) return undefined;
			throw error;
		},
	);
}

function addressOf(task: Task, ids: KnownIds): string {
	const url = videosOf(task).video?.url;
	if (!url) throw downloadFailed(task, ids, 'the result has no video');
	if (!isHttpUrl(url)) throw downloadFailed(task, ids, 'its address is not an http or https URL');
	return url;
}

interface Problem {
	problem: string;
	/** Trying the same address again cannot help. */
	lasting: boolean;
	/** The address may have been good once. */
	expired?: boolean;
}

async function fetchOnce(
	taskId: string,
	url: string,
	{ functions, connection, signal, maximumBytes }: DownloadOptions,
): Promise<{ file: IBinaryData } | Problem> {
	throwIfStopped(signal);
	const tooLarge: Problem = {
		problem: `it is larger than the limit of ${Math.round(maximumBytes / MIB)} MiB`,
		lasting: true,
	};
	let received = 0;
	try {
		const response = await open(functions, url, connection, signal);
		if ('problem' in response) return response;
		const { stream, headers } = response;

		const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
		if (type && !type.startsWith('video/') && type !== 'application/octet-stream') {
			stream.destroy();
			return { problem: `its address gives ${type}, not a video`, lasting: false };
		}
		const announced = headers['content-encoding'] ? undefined : headers['content-length'];
		if (Number(announced) > maximumBytes) {
			stream.destroy();
			return tooLarge;
		}
		stream.on('data', (chunk) => {
			received += chunk.length;
			if (received > maximumBytes) stream.destroy(new Error('too large'));
		});
		// A listener sets the stream flowing before n8n reads it, so it is paused again at once. n8n then
		// pipes it into a file, or listens, to store it in the database: that alone would not set a
		// paused stream flowing.
		stream.pause();
		stream.on('newListener', (event) => event === 'data' && stream.resume());
		const mimeType = type.startsWith('video/') ? type : 'video/mp4';
		const file = await functions.helpers.prepareBinaryData(
			stream as never,
			`${taskId}.${EXTENSIONS[mimeType] ?? 'mp4'}`,
			mimeType,
		);
		throwIfStopped(signal);
		if (received > maximumBytes) return tooLarge;
		if (announced !== undefined && received !== Number(announced)) {
			return {
				problem: `${received} bytes arrived where ${announced} were announced`,
				lasting: false,
			};
		}
		if (received === 0) return { problem: 'the file is empty', lasting: false };
		return { file };
	} catch (error) {
		throwIfStopped(signal);
		if (received > maximumBytes) return tooLarge;
		const { reason, lasting } = silence(error);
		// Once bytes have come, n8n's refusal can only be about storing them.
		return received > 0 && lasting
			? { problem: `n8n could not store it after ${received} bytes`, lasting: false }
			: { problem: reason, lasting };
	}
}

const MIB = 1024 * 1024;

/** Statuses of an address that is no longer good: signed ones run out. */
const EXPIRED_STATUSES = [401, 403, 404, 410];

const EXTENSIONS: Record<string, string> = {
	'video/mp4': 'mp4',
	'video/webm': 'webm',
	'video/quicktime': 'mov',
};

type Opened = { stream: ByteStream; headers: Record<string, string | undefined> } | Problem;

/** Follows redirects itself: only to http and https, and with no credential in any case. */
async function open(
	functions: Functions,
	url: string,
	connection: ConnectionOptions,
	signal: AbortSignal | undefined,
): Promise<Opened> {
	for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
		const request: IHttpRequestOptions = {
			...connectionOptions(connection),
			method: 'GET',
			url,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: timeoutMs(connection, DOWNLOAD_TIMEOUT_MS),
			...(signal && { abortSignal: signal }),
		};
		const response = (await functions.helpers.httpRequest(request)) as {
			statusCode: number;
			headers: Record<string, string | undefined>;
			body: ByteStream;
		};
		const { statusCode, headers, body } = response;
		if (statusCode === 200) return { stream: body, headers };
		body.destroy();
		const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location;
		if (!isRedirect) {
			return {
				problem: `its address answers with HTTP ${statusCode}`,
				lasting: statusCode < 500 && ![408, 425, 429].includes(statusCode),
				expired: EXPIRED_STATUSES.includes(statusCode),
			};
		}
		const target = URL.canParse(headers.location ?? '', url)
			? new URL(headers.location ?? '', url).href
			: undefined;
		if (!isHttpUrl(target)) {
			return { problem: 'its address redirects to something that is not http', lasting: true };
		}
		url = target;
	}
	return { problem: `its address redirects more than ${MAX_REDIRECTS} times`, lasting: true };
}
