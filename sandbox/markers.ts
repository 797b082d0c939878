/** Markers: `[sandbox: …]` in a prompt says what becomes of that task. README.md has the table. */
import { FAULT_TARGETS, NAMED_KINDS, type Fault, type FaultKind, type FaultTarget } from './faults';
import { Refusal } from './refusal';

/** Progress as it rises with time: evenly, fast at first, or not reported at all. */
export const PROGRESS_SHAPES = ['linear', 'eased', 'none'] as const;
export type ProgressShape = (typeof PROGRESS_SHAPES)[number];

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
	/** The status that the result's URLs answer with. */
	expired?: 403 | 404;
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
			wishes.expired = first === undefined || first === '403' ? 403 : 404;
			if (first !== undefined && first !== String(wishes.expired)) unknown(words);
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
