/** One task: what is fixed when it is created, and how it looks at a moment in time. */
import { randomBytes } from 'node:crypto';
import type { Wishes } from './markers';
import { aspectRatio, priceOf, secondsOf, videoSeconds } from './models';
import { Refusal } from './refusal';
import type { SandboxSettings } from './settings';
import type { Submission } from './submission';
import type { Variant } from './variant';

export interface SandboxTask {
	id: string;
	/** The ID is sent as a JSON number. */
	numericId: boolean;
	/** The ID of the same task at the vendor. */
	vendorId: string;
	/** The API key that created it. */
	apiKey: string;
	externalTaskId?: string;
	model: string;
	params: Record<string, unknown>;
	prompt: string;
	/** On the sandbox's clock, in ms. */
	createdAt: number;
	/** On the sandbox's clock, in ms; Infinity for a task that is never done. */
	endsAt: number;
	/** Until then, get answers 404. */
	visibleAt: number;
	outcome: 'completed' | 'failed';
	error?: { code: string; message: string };
	errorField?: 'message';
	/** What the task costs when it completes, in USD; a failed task costs nothing. */
	cost: string;
	discount: number;
	jobId: string;
	aspectRatio: string;
	/** What was asked for, in seconds. */
	duration: number;
	/** The length of the test video that stands for it. */
	seconds: '5' | '10';
	/** The names of the results: plain ones first, then the one with the watermark when it was asked for. */
	files: string[];
	/** What was accepted although no page says so, or pages disagree: `duration: must be …`. */
	unverified: string[];
	callbackUrl?: string;
	wishes: Wishes;
}

export type Phase = 'queued' | 'running' | 'completed' | 'failed';

/** What a look at the task shows. */
export interface TaskView {
	phase: Phase;
	/** The moment, in ms. */
	at: number;
	progress?: number;
	urls: string[];
}

/** The seeds' error codes by their last three digits. */
const ERROR_KINDS: Record<string, string> = {
	'095': 'Internal generation error',
	'096': 'Result parsing error',
	'097': 'HTTP error response',
	'098': 'Status check error',
	'099': 'Task creation error',
	// Six digits: kirin-endpoints.md 6
	'110001': 'The input image may be sensitive',
	'190000': 'An input file could not be downloaded',
};

/** The first part of a render that counts as waiting in the queue. */
export const QUEUED_SHARE = 0.1;
/** A task in progress never claims to be done. */
const MOST_PROGRESS = 0.99;

/** The task of an account (its API key) for a checked submission. Throws a Refusal on a bad `fail` marker. */
export function makeTask(
	submission: Submission,
	wishes: Wishes,
	settings: SandboxSettings,
	now: number,
	apiKey: string,
	variant: Variant,
): SandboxTask {
	const { model, params, prompt, externalTaskId, unverified } = submission;
	const renderMs = ((wishes.renderSeconds ?? settings.renderSeconds) * 1000) / settings.speed;
	const watermark = params.watermark_info as { enabled: boolean } | undefined;
	const numericId = variant.numericIds === true;
	return {
		id: numericId ? newNumericId(now) : newTaskId(now),
		numericId,
		vendorId: newNumericId(now),
		apiKey,
		...(externalTaskId !== undefined ? { externalTaskId } : {}),
		model: model.id,
		params,
		prompt,
		createdAt: now,
		endsAt: wishes.never ? Infinity : now + renderMs,
		visibleAt: now + (wishes.visibleAfterMs ?? settings.visibleAfterMs ?? 0),
		outcome: wishes.fail ? 'failed' : 'completed',
		...(wishes.fail ? { error: failure(wishes.fail, model.errorPrefix) } : {}),
		...(model.errorField ? { errorField: model.errorField } : {}),
		cost: priceOf(model, params),
		discount: model.discount,
		jobId: randomBytes(8).toString('hex'),
		aspectRatio: aspectRatio(params),
		duration: secondsOf(params),
		seconds: videoSeconds(params),
		files: [...plainFiles(wishes.outputs ?? 1), ...(watermark?.enabled ? ['watermark.mp4'] : [])],
		unverified,
		...(typeof params.callback_url === 'string' ? { callbackUrl: params.callback_url } : {}),
		wishes,
	};
}

function plainFiles(count: number): string[] {
	return Array.from({ length: count }, (_, index) =>
		index === 0 ? 'video.mp4' : `video-${index + 1}.mp4`,
	);
}

function failure(wish: { code?: string; message?: string }, prefix: string) {
	const { code: digits = '095' } = wish;
	if (!/^(\d{3}|\d{6}|\d{9})$/.test(digits)) {
		const message = `fail wants a code of 9, 6 or 3 digits, not ${digits}`;
		throw new Refusal(400, 'UNKNOWN_MARKER', message);
	}
	const code = digits.length === 3 ? prefix + digits : digits;
	const known = ERROR_KINDS[code] ?? ERROR_KINDS[code.slice(-3)];
	return { code, message: wish.message ?? known ?? 'Unknown error' };
}

/** How the task looks at a time on the sandbox's clock; `filesUrl` is where results lie. */
export function viewTask(
	task: SandboxTask,
	now: number,
	settings: SandboxSettings,
	filesUrl: string,
): TaskView {
	if (now >= task.endsAt) {
		const shown = task.outcome === 'completed' && !task.wishes.noOutput;
		const urls = shown ? task.files.map((file) => `${filesUrl}/results/${task.id}/${file}`) : [];
		return { phase: task.outcome, at: now, urls };
	}
	// a task that is never done creeps on for ever, as one of an ordinary length would begin.
	const done = Number.isFinite(task.endsAt)
		? (now - task.createdAt) / (task.endsAt - task.createdAt)
		: creep(now - task.createdAt, settings);
	const shape = task.wishes.progress ?? settings.progress;
	const queued = done < QUEUED_SHARE;
	if (shape === 'none' || (queued && settings.variant.statusWords?.queued !== undefined)) {
		return { phase: queued ? 'queued' : 'running', at: now, urls: [] };
	}
	const risen = shape === 'eased' ? 1 - (1 - done) ** 2 : done;
	const progress = Math.min(MOST_PROGRESS, Math.floor(risen * 100) / 100);
	const phase = queued ? 'queued' : 'running';
	return { phase, at: now, progress: Math.max(0, progress), urls: [] };
}

function creep(elapsedMs: number, settings: SandboxSettings): number {
	const renderMs = Math.max(1, (settings.renderSeconds * 1000) / settings.speed);
	return elapsedMs / (elapsedMs + renderMs);
}

const BASE32_HEX = '0123456789abcdefghijklmnopqrstuv';
const PROCESS_BYTES = randomBytes(5);
let counter = randomBytes(3).readUIntBE(0, 3);

/** 20 characters like `d5u5obte8783ap44qtj0`: seconds, five random bytes and a counter. */
function newTaskId(now: number): string {
	counter = (counter + 1) % 2 ** 24;
	const bytes = Buffer.alloc(12);
	bytes.writeUInt32BE(Math.floor(now / 1000) >>> 0, 0);
	PROCESS_BYTES.copy(bytes, 4);
	bytes.writeUIntBE(counter, 9, 3);
	let bits = BigInt(`0x${bytes.toString('hex')}`) << 4n;
	let id = '';
	for (let index = 0; index < 20; index++) {
		id = BASE32_HEX.charAt(Number(bits & 31n)) + id;
		bits >>= 5n;
	}
	return id;
}

/** Digits of a number beyond 2^53, odd, so that a float cannot hold it. */
function newNumericId(now: number): string {
	counter = (counter + 1) % 2 ** 24;
	return String((BigInt(Math.floor(now)) << 21n) | BigInt((counter % 2 ** 20) << 1) | 1n);
}
