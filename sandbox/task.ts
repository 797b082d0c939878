/** One task: what is fixed when it is created, and how it looks at a moment in time. */
import { randomBytes } from 'node:crypto';
import type { Wishes } from './markers';
import { aspectRatio, priceOf, videoSeconds } from './models';
import { Refusal } from './refusal';
import type { SandboxSettings } from './settings';
import type { Submission } from './submission';

export interface SandboxTask {
	id: string;
	externalTaskId?: string;
	model: string;
	params: Record<string, unknown>;
	prompt: string;
	/** On the sandbox's clock, in ms. */
	createdAt: number;
	/** On the sandbox's clock, in ms; Infinity for a task that never settles. */
	settlesAt: number;
	/** Until then, get answers 404. */
	visibleAt: number;
	outcome: 'completed' | 'failed';
	error?: { code: string; message: string };
	/** What the task costs when it completes, in USD; a failed task costs nothing. */
	cost: string;
	discount: number;
	jobId: string;
	aspectRatio: string;
	seconds: '5' | '10';
	/** Plain first, then the one with the watermark when it was asked for. */
	files: Array<'video.mp4' | 'watermark.mp4'>;
	callbackUrl?: string;
	wishes: Wishes;
}

export type Phase = 'queued' | 'running' | 'completed' | 'failed';

/** What a look at the task shows. */
export interface TaskView {
	phase: Phase;
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
};

/** The first part of a render that counts as waiting in the queue. */
export const QUEUED_SHARE = 0.1;
/** A task in progress never claims to be done. */
const MOST_PROGRESS = 0.99;

/** The task for a checked submission. Throws a Refusal on a bad `fail` marker. */
export function makeTask(
	submission: Submission,
	wishes: Wishes,
	settings: SandboxSettings,
	now: number,
): SandboxTask {
	const { model, params, prompt, externalTaskId } = submission;
	const renderMs = ((wishes.renderSeconds ?? settings.renderSeconds) * 1000) / settings.speed;
	const watermark = params.watermark_info as { enabled: boolean } | undefined;
	return {
		id: newTaskId(now),
		...(externalTaskId !== undefined ? { externalTaskId } : {}),
		model: model.id,
		params,
		prompt,
		createdAt: now,
		settlesAt: wishes.never ? Infinity : now + renderMs,
		visibleAt: now + (wishes.visibleAfterMs ?? settings.visibleAfterMs ?? 0),
		outcome: wishes.fail ? 'failed' : 'completed',
		...(wishes.fail ? { error: failure(wishes.fail, model.errorPrefix) } : {}),
		cost: priceOf(model, params),
		discount: model.discount,
		jobId: randomBytes(8).toString('hex'),
		aspectRatio: aspectRatio(params),
		seconds: videoSeconds(params),
		files: watermark?.enabled ? ['video.mp4', 'watermark.mp4'] : ['video.mp4'],
		...(typeof params.callback_url === 'string' ? { callbackUrl: params.callback_url } : {}),
		wishes,
	};
}

function failure(wish: { code?: string; message?: string }, prefix: string) {
	const { code: digits = '095' } = wish;
	if (!/^(\d{3}|\d{9})$/.test(digits)) {
		throw new Refusal(400, 'UNKNOWN_MARKER', `fail wants a code of 9 or 3 digits, not ${digits}`);
	}
	const code = digits.length === 3 ? prefix + digits : digits;
	return { code, message: wish.message ?? ERROR_KINDS[code.slice(-3)] ?? 'Unknown error' };
}

/** How the task looks at a time on the sandbox's clock; `filesUrl` is where results lie. */
export function viewTask(
	task: SandboxTask,
	now: number,
	settings: SandboxSettings,
	filesUrl: string,
): TaskView {
	if (now >= task.settlesAt) {
		const shown = task.outcome === 'completed' && !task.wishes.noOutput;
		const urls = shown ? task.files.map((file) => `${filesUrl}/results/${task.id}/${file}`) : [];
		return { phase: task.outcome, urls };
	}
	// A task that never settles creeps on for ever, as one of an ordinary length would begin.
	const done = Number.isFinite(task.settlesAt)
		? (now - task.createdAt) / (task.settlesAt - task.createdAt)
		: creep(now - task.createdAt, settings);
	const shape = task.wishes.progress ?? settings.progress;
	const queued = done < QUEUED_SHARE;
	if (shape === 'none' || (queued && settings.variant.statusWords?.queued !== undefined)) {
		return { phase: queued ? 'queued' : 'running', urls: [] };
	}
	const risen = shape === 'eased' ? 1 - (1 - done) ** 2 : done;
	const progress = Math.min(MOST_PROGRESS, Math.floor(risen * 100) / 100);
	return { phase: queued ? 'queued' : 'running', progress: Math.max(0, progress), urls: [] };
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
