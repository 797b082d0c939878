import type { IBinaryData, IExecuteSingleFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { type ConnectionOptions, connectionOptions, timeoutMs } from '../api/client';
import { noAnswerFrom } from '../api/noAnswer';
import { type Clock, throwIfStopped } from '../api/clock';
import { type CredentialFunctions, readSecrets, secretsOf } from '../api/credential/credential';
import { type Limited, TimedOut, within } from '../api/deadline';
import { isRedacted } from '../api/credential/secrets';
import { repeat } from '../api/retry';
import { TaskError } from '../api/taskError';
import { excerpt } from '../api/untrusted';
import { isHttpUrl } from '../request/values';
import { downloadFailed } from '../task/errors';
import { type KnownIds, type Task, fileAt } from '../task/task';
import {
	LEAST_HEAD_BYTES,
	type MediaType,
	wholenessCheckFor,
	mediaTypeOf,
	otherMediaTypeOf,
	otherThingIn,
} from './mediaFile';

/** The parts of a Node stream that are used here; the package may import nothing of Node's. */
interface ByteStream {
	on(event: 'data', listener: (chunk: Buffer) => void): unknown;
	on(event: 'newListener', listener: (event: string) => void): unknown;
	on(event: 'error' | 'end', listener: (error?: Error) => void): unknown;
	off(event: string, listener: (...args: never[]) => void): unknown;
	pause(): unknown;
	resume(): unknown;
	unshift(chunk: Buffer): unknown;
	destroy(error?: Error): unknown;
}

/** The longest time without a byte from the host of a video, in milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 120_000;
/** A slower host counts as one that sends nothing. In bytes per millisecond. */
const LEAST_BYTES_PER_MS = 0.5;
/** How long one attempt may take in all: half an hour, and a second for each MiB that the user allows. */
const DOWNLOAD_TOTAL_MS = 30 * 60_000;
const TOTAL_MS_PER_BYTE = 1_000 / (1024 * 1024);
const MAX_ATTEMPTS = 3;
const RETRY_PAUSE_MS = 1_000;
const MAX_REDIRECTS = 5;

/** A new file is not everywhere at once, so for this long it is requested again. In milliseconds. */
const NOT_YET_FOR_MS = 60_000;
const MAX_NOT_YET_PAUSE_MS = 15_000;

/** The part of n8n's contexts that files come in through. */
interface Functions extends CredentialFunctions {
	helpers: Pick<IExecuteSingleFunctions['helpers'], 'httpRequest' | 'prepareBinaryData'>;
}

export interface DownloadOptions {
	functions: Functions;
	connection: ConnectionOptions;
	clock: Clock;
	signal?: AbortSignal;
	/** Which file of the task: 0, or nothing, is the video, the others follow. */
	index?: number;
	/** Of the video's file, without its extension; that of the task unless given. */
	name?: string;
	/** A larger file is refused, before it is fetched where its size is announced. */
	maximumBytes: number;
	/** Whether the task has just ended: then a file that is not there may come yet. */
	isFresh?: boolean;
	/** Gets the task once more, for an address that is still good. */
	refresh: () => Promise<Task>;
}

/**
 * Streams the video of a completed task, or another of its files, into n8n's binary store. The API key is
 * not sent: results lie on another host.
 *
 * @throws TaskError that carries the task ID and the URL, so that the paid video is not lost
 * @throws Stopped when the signal aborts
 */
export async function download(
	task: Task,
	ids: KnownIds,
	options: DownloadOptions,
): Promise<IBinaryData> {
	const { clock, signal, isFresh, index = 0 } = options;
	const patientUntil = clock.now() + NOT_YET_FOR_MS;
	let url = await usableAddress(addressOf(task, ids, index), options);
	let attempts = 0;
	let renewals = 0;
	let waits = 0;
	const pauseAfter = async ({ expired, notYet, permanent }: Problem) => {
		const fresh = expired ? await freshAddress(options) : undefined;
		const isNew = isHttpUrl(fresh) && fresh !== url;
		if (isNew) url = fresh;
		const mayCome = notYet === 'always' || (notYet === 'fresh' && isFresh);
		// A service that signs each address anew always gives a new one, also of a file that is not there yet.
		if (isNew && (renewals++ === 0 || !mayCome)) return ++attempts < MAX_ATTEMPTS ? 0 : undefined;
		if (mayCome) {
			const pause = Math.min(RETRY_PAUSE_MS * 2 ** waits++, MAX_NOT_YET_PAUSE_MS);
			return clock.now() + pause <= patientUntil ? pause : undefined;
		}
		return permanent || ++attempts >= MAX_ATTEMPTS ? undefined : RETRY_PAUSE_MS * attempts;
	};
	const outcome = await repeat(
		async () => await fetchOnce(task.taskId, url, options),
		pauseAfter,
		async (ms) => await clock.sleep(ms, signal),
	);
	if ('value' in outcome) return outcome.value;
	const { problem, expired: isGone = false } = outcome;
	throw downloadFailed(task, ids, problem, { index, isGone });
}

/** An address with a redacted key, for example one that was saved with a suspended execution, is of no use. */
async function usableAddress(url: string, options: DownloadOptions): Promise<string> {
	if (!isRedacted(secretsOf(options.functions).reveal(url))) return url;
	return (await freshAddress(options)) ?? url;
}

/** If the task cannot be got now, the error of the download stays the error. */
async function freshAddress({ refresh, index = 0 }: DownloadOptions): Promise<string | undefined> {
	return await refresh().then(
		(task) => fileAt(task, index)?.url,
		(error: unknown) => {
			if (error instanceof TaskError) return undefined;
			throw error;
		},
	);
}

function addressOf(task: Task, ids: KnownIds, index: number): string {
	const url = fileAt(task, index)?.url;
	const failed = (problem: string) => downloadFailed(task, ids, problem, { index });
	if (!url) throw failed('the result has no video');
	if (!isHttpUrl(url)) throw failed('its address is not an http or https URL');
	return url;
}

interface Problem {
	problem: string;
	/** Another attempt at the same address cannot help. */
	permanent: boolean;
	/** The address may have been good once. */
	expired?: boolean;
	/** The file may come yet, in any case or where the task has just ended. */
	notYet?: 'always' | 'fresh';
}

async function fetchOnce(
	taskId: string,
	url: string,
	options: DownloadOptions,
): Promise<{ value: IBinaryData } | Problem> {
	const { functions, connection, signal, maximumBytes } = options;
	const idleMs = timeoutMs(connection, DOWNLOAD_TIMEOUT_MS);
	const progress = { received: 0 };
	try {
		return await within(idleMs, signal, async (limited) => {
			const response = await open(functions, url, connection, limited.signal);
			if ('problem' in response) return response;
			return await store(taskId, response, { ...options, idleMs, limited, progress });
		});
	} catch (error) {
		throwIfStopped(signal);
		const { received } = progress;
		if (received > maximumBytes) return tooLarge(maximumBytes);
		if (error instanceof TooSlow) return { problem: error.message, permanent: false };
		if (error instanceof TimedOut) {
			const after = received > 0 ? `went silent after ${received} bytes` : 'gave no answer in time';
			return { problem: `its host ${after}`, permanent: false };
		}
		const { reason, permanent } = noAnswerFrom(error);
		// Once bytes have come, n8n's refusal can only be about storing them.
		return received > 0 && permanent
			? { problem: `n8n could not store it after ${received} bytes`, permanent: false }
			: { problem: reason, permanent };
	}
}

interface Storing extends DownloadOptions {
	idleMs: number;
	limited: Limited;
	/** Bytes, without any encoding. */
	progress: { received: number };
}

class TooSlow extends Error {
	constructor(received: number) {
		super(`only ${received} bytes arrived in the longest time that a download may take`);
	}
}

/** Hands the stream to n8n, and watches what goes through it. */
async function store(
	taskId: string,
	{ stream, headers, discard }: Opened,
	{ functions, clock, signal, index = 0, name, maximumBytes, idleMs, limited, progress }: Storing,
): Promise<{ value: IBinaryData } | Problem> {
	if (Number(headers['content-length']) > maximumBytes) {
		discard();
		return tooLarge(maximumBytes);
	}
	const head = await headOf(stream);
	if (head.length === 0) return { problem: 'the file is empty', permanent: false };
	const label = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	const further = index > 0 ? otherMediaTypeOf(head) : undefined;
	const type = mediaTypeOf(head) ?? further ?? typeByLabel(label, head);
	if (!type) {
		discard();
		// The trigger has not read the key by then.
		const redacted = (await readSecrets(functions)).redact(label);
		const other = otherThingIn(head) ?? (excerpt(redacted, MAX_LABEL_CHARACTERS) || 'something');
		const wanted = index > 0 ? 'a video, an image or sound' : 'a video';
		return { problem: `its address gives ${other}, not ${wanted}`, permanent: false };
	}

	const wholeness = wholenessCheckFor(head);
	const latest = clock.now() + DOWNLOAD_TOTAL_MS + maximumBytes * TOTAL_MS_PER_BYTE;
	let sinceRestart = 0;
	let failure: Error | undefined;
	stream.on('data', (chunk) => {
		progress.received += chunk.length;
		sinceRestart += chunk.length;
		wholeness?.add(chunk);
		if (progress.received > maximumBytes) failure ??= new Error('too large');
		else if (clock.now() > latest) failure ??= new TooSlow(progress.received);
		if (failure) stream.destroy(failure);
		if (sinceRestart < idleMs * LEAST_BYTES_PER_MS) return;
		sinceRestart = 0;
		limited.restart();
	});
	// The stream is paused since its head was read. n8n pipes it into a file, or listens, to store it in the
	// database: that alone would not set a paused stream flowing.
	stream.on('newListener', (event) => event === 'data' && stream.resume());
	const file = await functions.helpers.prepareBinaryData(
		stream as never,
		`${name ?? fileName(taskId)}${index > 0 ? `_${index}` : ''}.${type.extension}`,
		type.mimeType,
	);
	throwIfStopped(signal);
	if (failure) throw failure;
	const problem = wholeness?.problem();
	return problem === undefined ? { value: file } : { problem, permanent: false };
}

function tooLarge(maximumBytes: number): Problem {
	return { problem: `it is larger than the limit of ${maximumBytes / MIB} MiB`, permanent: true };
}

const MIB = 1024 * 1024;

/** How much of a host's label is shown, in characters. */
const MAX_LABEL_CHARACTERS = 60;

/** The host's label counts for kinds of video that the node cannot recognise by their first bytes. */
function typeByLabel(label: string, head: Buffer): MediaType | undefined {
	const [, subtype] = /^video\/([a-z0-9][a-z0-9.+-]{0,40})$/.exec(label) ?? [];
	const isKnown = ['mp4', 'webm', 'quicktime', 'x-matroska', 'x-msvideo'].includes(
		subtype ?? 'mp4',
	);
	if (subtype === undefined || isKnown || otherThingIn(head) !== undefined) return undefined;
	return { mimeType: label, extension: subtype.replace(/^x-/, '').replaceAll(/[^a-z0-9]/g, '') };
}

/** A task ID as the name of a file: the service may have put anything into it. */
function fileName(taskId: string): string {
	return taskId.slice(0, 100).replaceAll(/[^\w-]/g, '_');
}

/**
 * The first bytes of a stream, which is paused then and gives them again.
 *
 * @returns nothing for an empty stream; where fewer bytes come than tell anything, those
 */
async function headOf(stream: ByteStream): Promise<Buffer> {
	return await new Promise((resolve, reject) => {
		let head = Buffer.alloc(0);
		const stopListening = () => {
			stream.off('data', onData);
			stream.off('end', onEnd);
			stream.off('error', reject);
		};
		const onData = (chunk: Buffer) => {
			head = Buffer.concat([head, chunk]);
			if (head.length < LEAST_HEAD_BYTES) return;
			stream.pause();
			stopListening();
			stream.unshift(head);
			resolve(head);
		};
		const onEnd = () => {
			stopListening();
			resolve(head);
		};
		stream.on('end', onEnd);
		stream.on('error', reject);
		stream.on('data', onData);
	});
}

/** Statuses of an expired address. */
const EXPIRED_STATUSES = [401, 403, 404, 410];

/** What stores and CDNs answer for a file that has not reached them yet; some say 403 for any missing file. */
const NOT_YET_STATUSES: Record<number, Problem['notYet']> = {
	202: 'always',
	403: 'fresh',
	404: 'fresh',
	409: 'fresh',
	423: 'fresh',
};

interface Opened {
	stream: ByteStream;
	headers: Record<string, string | undefined>;
	/** Ends the connection. To destroy the stream is not enough where n8n has wrapped it (2.41). */
	discard: () => void;
}

/** Follows redirects itself: only to http and https, and with no credential in any case. */
async function open(
	functions: Functions,
	address: string,
	connection: ConnectionOptions,
	signal: AbortSignal,
): Promise<Opened | Problem> {
	let url = secretsOf(functions).reveal(address);
	for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
		const own = new AbortController();
		signal.addEventListener('abort', () => own.abort(), { once: true });
		const request: IHttpRequestOptions = {
			...connectionOptions(connection),
			method: 'GET',
			url,
			// An encoding hides how long the file is, and gains nothing on a video.
			headers: { 'Accept-Encoding': 'identity' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: timeoutMs(connection, DOWNLOAD_TIMEOUT_MS),
			abortSignal: own.signal,
		};
		const response = (await functions.helpers.httpRequest(request)) as {
			statusCode: number;
			headers: Record<string, string | undefined>;
			body: ByteStream;
		};
		const { statusCode, headers, body } = response;
		// After an abort n8n's client emits the error again; without a listener that would end the process.
		body.on('error', () => undefined);
		const discard = () => {
			own.abort();
			body.destroy();
		};
		if (statusCode === 200 || statusCode === 203) return { stream: body, headers, discard };
		discard();
		const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location;
		if (!isRedirect) {
			return {
				problem: `its address answers with HTTP ${statusCode}`,
				permanent: statusCode >= 300 && statusCode < 500 && ![408, 425, 429].includes(statusCode),
				expired: EXPIRED_STATUSES.includes(statusCode),
				notYet: NOT_YET_STATUSES[statusCode],
			};
		}
		const target = URL.canParse(headers.location ?? '', url)
			? new URL(headers.location ?? '', url).href
			: undefined;
		if (!isHttpUrl(target)) {
			return { problem: 'its address redirects to something that is not http', permanent: true };
		}
		url = target;
	}
	return { problem: `its address redirects more than ${MAX_REDIRECTS} times`, permanent: true };
}
