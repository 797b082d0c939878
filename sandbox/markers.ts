/** Markers: `[sandbox: …]` in a prompt says what becomes of that task. README.md has the table. */
import { FAULT_TARGETS, NAMED_KINDS, type Fault, type FaultKind, type FaultTarget } from './faults';
import { Refusal } from './refusal';
import { isVariant, type Variant } from './variant';

/** Progress as it rises with time: evenly, fast at first, or not reported at all. */
export const PROGRESS_SHAPES = ['linear', 'eased', 'none'] as const;
export type ProgressShape = (typeof PROGRESS_SHAPES)[number];

/** What a result answers that is not there yet, or no longer. */
export const LATE_STATUSES = [404, 202] as const;
export const EXPIRED_STATUSES = [403, 404, 410] as const;

export interface Lateness {
	ms: number;
	/** 404 unless told. */
	status?: (typeof LATE_STATUSES)[number];
}

export interface Expiry {
	ms: number;
	/** 403 unless told. */
	status?: (typeof EXPIRED_STATUSES)[number];
}

/** What a create is answered whose external task ID is in use. */
export interface Duplicate {
	/** 400 unless told. */
	status?: number;
	code?: string;
	/** `{id}` in it stands for the external task ID. */
	message?: string;
	/** In place of a body in the variant's form. */
	body?: unknown;
	/** 200 with the task that exists. */
	existing?: boolean;
}

/** What the markers of one prompt ask for. */
export interface Wishes {
	/** Before the speed. */
	renderSeconds?: number;
	never?: true;
	/** A full error code, its last three digits, or nothing for an internal generation error. */
	fail?: { code?: string; message?: string };
	noOutput?: true;
	progress?: ProgressShape;
	runningWord?: string;
	/** The status that the result's URLs answer with from the start. */
	expired?: (typeof EXPIRED_STATUSES)[number];
	late?: Lateness;
	expires?: Expiry;
	lagMs?: number;
	/** How many videos the task has, beside one with a watermark. */
	outputs?: number;
	duplicate?: Duplicate;
	variant?: Variant;
	videoBytes?: number;
	visibleAfterMs?: number;
	noPrice?: true;
	faults: Fault[];
}

const MARKER = /\[sandbox:([^\]]*)\]/g;

/** Reads all markers of a text, later ones winning. Throws a Refusal on one it does not know. */
export function readMarkers(text: string): Wishes {
	const wishes: Wishes = { faults: [] };
	for (const [, inside = ''] of text.matchAll(MARKER)) {
		for (const directive of inside.split(';')) {
			const words = directive.trim().split(/\s+/);
			if (words[0] !== '') readDirective(words, wishes);
		}
	}
	return wishes;
}

function readDirective(words: string[], wishes: Wishes): void {
	const [name = '', ...rest] = words;
	const [first] = rest;
	switch (name) {
		case 'render':
			wishes.renderSeconds = readMs(first, words) / 1000;
			return;
		case 'never':
			wishes.never = true;
			return;
		case 'fail':
			wishes.fail = {
				...(first !== undefined ? { code: first } : {}),
				...(rest.length > 1 ? { message: rest.slice(1).join(' ') } : {}),
			};
			return;
		case 'no-output':
			wishes.noOutput = true;
			return;
		case 'no-progress':
			wishes.progress = 'none';
			return;
		case 'progress':
			wishes.progress = PROGRESS_SHAPES.find((shape) => shape === first) ?? unknown(words);
			return;
		case 'status':
			wishes.runningWord = first ?? unknown(words);
			return;
		case 'expired':
			wishes.expired = readStatus(first, EXPIRED_STATUSES, words).status ?? 403;
			return;
		case 'expires':
			wishes.expires = {
				ms: readMs(first, words),
				...readStatus(rest[1], EXPIRED_STATUSES, words),
			};
			return;
		case 'late':
			wishes.late = { ms: readMs(first, words), ...readStatus(rest[1], LATE_STATUSES, words) };
			return;
		case 'lag':
			wishes.lagMs = readMs(first, words);
			return;
		case 'outputs':
			wishes.outputs = /^[1-9]$/.test(first ?? '') ? Number(first) : unknown(words);
			return;
		case 'duplicate':
			wishes.duplicate = readDuplicate(rest, words);
			return;
		case 'variant':
			wishes.variant = readVariant(rest, words);
			return;
		case 'size':
			wishes.videoBytes = parseBytes(first ?? '') ?? unknown(words);
			return;
		case 'hidden':
			wishes.visibleAfterMs = readMs(first, words);
			return;
		case 'no-price':
			wishes.noPrice = true;
			return;
		default:
			wishes.faults.push(readFault(words));
	}
}

function readStatus<Status extends number>(
	text: string | undefined,
	statuses: readonly Status[],
	words: string[],
): { status?: Status } {
	if (text === undefined) return {};
	return { status: statuses.find((status) => String(status) === text) ?? unknown(words) };
}

/** `existing`, or a status and what the refusal says: `409 任务已存在`. */
function readDuplicate([first, ...message]: string[], words: string[]): Duplicate {
	if (first === 'existing') return { existing: true };
	if (!/^[2-5]\d\d$/.test(first ?? '')) unknown(words);
	return {
		status: Number(first),
		...(message.length > 0 ? { message: message.join(' '), code: 'REQUEST_REFUSED' } : {}),
	};
}

/** `envelope idField=task_id statusWords.completed=done`: members of a variant, true unless told. */
function readVariant(rest: string[], words: string[]): Variant {
	const variant: Record<string, unknown> = {};
	for (const member of rest) {
		const [path = '', text = 'true'] = member.split('=', 2);
		const [name = '', inner] = path.split('.', 2);
		const value = text === 'true' ? true : text === 'false' ? false : text;
		if (inner === undefined) variant[name] = value;
		else variant[name] = { ...(variant[name] as object | undefined), [inner]: value };
	}
	return isVariant(variant) ? variant : unknown(words);
}

/** `create-after 503 times 2 retry-after 1`: a target, a kind, and pairs of a word and a value. */
function readFault(words: string[]): Fault {
	const [, target, point] = /^([a-z]+)(?:-(before|after))?$/.exec(words[0] ?? '') ?? unknown(words);
	if (!FAULT_TARGETS.includes(target as FaultTarget)) unknown(words);
	const rest = words.slice(1);
	const fault: Fault = {
		on: target as FaultTarget,
		kind: readKind(rest, words),
		...(point !== undefined ? { point: point as 'before' | 'after' } : {}),
	};
	while (rest.length > 0) {
		const option = rest.shift();
		const value = rest.shift();
		if (option === 'for') fault.delayMs = readMs(value, words);
		else if (option === 'retry-after') {
			if (typeof fault.kind === 'string' || 'location' in fault.kind) unknown(words);
			const retryAfter = value === 'date' ? value : readNumber(value, words);
			fault.kind = { ...fault.kind, retryAfter };
		} else if (option === 'times' || option === 'skip' || option === 'probability') {
			fault[option] = readNumber(value, words);
		} else unknown(words);
	}
	return fault;
}

/** Takes the words of the kind off the front of the list. */
function readKind(rest: string[], words: string[]): FaultKind {
	const kind = rest.shift() ?? unknown(words);
	if (/^[1-5]\d\d$/.test(kind)) return { status: Number(kind) };
	if (kind === 'redirect') {
		const location = rest.shift() ?? unknown(words);
		const status = /^3\d\d$/.test(rest[0] ?? '') ? Number(rest.shift()) : undefined;
		return { location, ...(status !== undefined ? { status } : {}) };
	}
	return NAMED_KINDS.find((named) => named === kind) ?? unknown(words);
}

function readNumber(text: string | undefined, words: string[]): number {
	return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : unknown(words);
}

/** `500ms`, `8s`, `2min` or a bare number of seconds, in ms. */
function readMs(text: string | undefined, words: string[]): number {
	const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|min)?$/.exec(text ?? '') ?? unknown(words);
	return Number(amount) * { ms: 1, s: 1000, min: 60_000 }[unit as 'ms' | 's' | 'min'];
}

/** `5MiB`, `400MB`, `1000` or `1000B` in bytes; nothing for any other text. */
export function parseBytes(text: string): number | undefined {
	const [, amount, unit = 'B'] = /^(\d+(?:\.\d+)?)(B|kB|KiB|MB|MiB|GB|GiB)?$/.exec(text) ?? [];
	if (amount === undefined) return undefined;
	const factors: Record<string, number> = {
		B: 1,
		kB: 1e3,
		KiB: 2 ** 10,
		MB: 1e6,
		MiB: 2 ** 20,
		GB: 1e9,
		GiB: 2 ** 30,
	};
	return Math.round(Number(amount) * (factors[unit] ?? 1));
}

/** A marker that is misspelt must not pass for one that works. */
function unknown(words: string[]): never {
	throw new Refusal(400, 'UNKNOWN_MARKER', `the sandbox knows no marker "${words.join(' ')}"`);
}
