import { dropOldest, record } from '../untrusted';

/**
 * Keeps the API key out of errors, items, logs and what n8n stores. Services quote what they refuse,
 * whole or cut, and encoded in whatever way the layer that quotes it uses.
 */

const MARK = '[API key]';

/** Shorter runs of key characters are left alone, because they may be part of a word or an ID. */
const LEAST_FRAGMENT = 8;

/** Runs of only letters or only digits are left alone up to this length, because they may be a word or a number. */
const LEAST_PLAIN_FRAGMENT = 12;

/** Every run of at least seven characters holds a whole block of four that begins at a multiple of four. */
const BLOCK = 4;

/** A key may be escaped by several layers, one after the other. */
const MAX_LAYERS = 3;

/** How many redacted texts keep their original, so that a paid video at an address with the key can be fetched. */
const MAX_ORIGINALS = 1_000;
const MAX_ORIGINAL_CHARACTERS = 4_096;

const ESCAPES =
	/%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,4});|&#(\d{1,5});|\\(["'\\/])|&(amp|lt|gt|quot|apos);/gi;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Blanks out keys in every spelling: as they are, in Base64 and Base64url at any alignment (so also
 * `Bearer …` in Base64), in hex, reversed, in any letter case, and each of these percent-encoded or
 * escaped for JSON or HTML; and fragments of them.
 */
export class Secrets {
	/** With what to search for; a key that is too short for that is only replaced. */
	private readonly keys = new Map<string, Search | undefined>();
	private readonly originals = new Map<string, string>();

	constructor(...keys: string[]) {
		keys.forEach((key) => this.add(key));
	}

	add(key: string): void {
		const bare = key.trim();
		if (bare === '' || this.keys.has(bare)) return;
		this.keys.set(bare, bare.length < LEAST_FRAGMENT ? undefined : searchFor(bare));
	}

	/** Redacts a text. Call it before the text is cut, because half a key may be too short to be recognised. */
	redact(text: string): string {
		let redacted = text;
		const searches: Blocks[] = [];
		for (const [key, search] of this.keys) {
			if (search) searches.push(search.blocks);
			else redacted = redacted.replaceAll(key, MARK);
		}
		if (searches.length === 0) return redacted;
		const ranges: Range[] = [];
		let layer: Layer | undefined = { text: redacted };
		for (let depth = 0; layer && depth <= MAX_LAYERS; depth++) {
			ranges.push(...rangesIn(layer, searches));
			layer = unescaped(layer);
		}
		return ranges.length === 0 ? redacted : blank(redacted, ranges);
	}

	/** Redacts every text in plain data, names of fields included. */
	clean<T>(value: T): T {
		return mapTexts(value, (text) => this.redact(text)) as T;
	}

	/** The same for answers; it remembers the originals for {@link reveal}. */
	receive<T>(value: T): T {
		return mapTexts(value, (text) => {
			const redacted = this.redact(text);
			if (redacted !== text && text.length <= MAX_ORIGINAL_CHARACTERS) {
				this.originals.set(redacted, text);
				dropOldest(this.originals, MAX_ORIGINALS);
			}
			return redacted;
		}) as T;
	}

	/** The original of a received text: only to be sent to where it came from, never to be shown. */
	reveal(text: string): string {
		return this.originals.get(text) ?? text;
	}
}

/** Whether a text was redacted. */
export function isRedacted(text: string): boolean {
	return text.includes(MARK) || text.includes(encodeURIComponent(MARK));
}

/** From and to, as `slice` takes them. */
type Range = [from: number, to: number];

/** A text with its escapes undone, and where each of its characters begins in the original. */
interface Layer {
	text: string;
	/** One more than there are characters: the last is the original's length. None for the original. */
	starts?: number[];
}

/** For each block of four characters, in lower case: where it stands in which form of a key. */
type Blocks = ReadonlyMap<string, ReadonlyArray<{ form: string; at: number }>>;

interface Search {
	key: string;
	blocks: Blocks;
}

/**
 * The items of a run have one key and thousands of contexts, so what was made last is used again. Held
 * weakly: the key goes with the last context that has read it.
 */
let latest: WeakRef<Search> | undefined;

function searchFor(key: string): Search {
	const known = latest?.deref();
	if (known?.key === key) return known;
	const blocks = new Map<string, Array<{ form: string; at: number }>>();
	for (const form of formsOf(key)) {
		for (let at = 0; at + BLOCK <= form.length; at++) {
			const block = form.slice(at, at + BLOCK);
			blocks.set(block, [...(blocks.get(block) ?? []), { form, at }]);
		}
	}
	const search = { key, blocks };
	latest = new WeakRef(search);
	return search;
}

function formsOf(key: string): Set<string> {
	const bytes = Buffer.from(key);
	const forms = [key, [...key].reverse().join(''), bytes.toString('hex')];
	for (const before of [0, 1, 2]) {
		const base64 = Buffer.concat([Buffer.alloc(before), bytes])
			.toString('base64')
			.replace(/=+$/, '');
		// The first characters belong to what stands before the key, and the last to what comes after it.
		const isLastWhole = (before + bytes.length) % 3 === 0;
		const core = base64.slice(before && before + 1, isLastWhole ? undefined : -1);
		forms.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
	}
	return new Set(forms.map(lowerCase));
}

/** Keeps the length, which `toLowerCase` does not for every language. */
function lowerCase(text: string): string {
	return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

function rangesIn({ text, starts }: Layer, searches: readonly Blocks[]): Range[] {
	const lower = lowerCase(text);
	const ranges: Range[] = [];
	for (let at = 0; at + BLOCK <= lower.length; at += BLOCK) {
		const block = lower.slice(at, at + BLOCK);
		for (const blocks of searches) {
			for (const place of blocks.get(block) ?? []) {
				const [from, to] = extend(lower, at, place.form, place.at);
				if (!tells(lower.slice(from, to))) continue;
				ranges.push(starts ? [starts[from] ?? 0, starts[to] ?? 0] : [from, to]);
			}
		}
	}
	return ranges;
}

function extend(text: string, at: number, form: string, inForm: number): Range {
	let before = 0;
	while (before < Math.min(at, inForm) && text[at - before - 1] === form[inForm - before - 1]) {
		before++;
	}
	let after = BLOCK;
	while (
		at + after < text.length &&
		inForm + after < form.length &&
		text[at + after] === form[inForm + after]
	) {
		after++;
	}
	return [at - before, at + after];
}

function tells(run: string): boolean {
	if (run.length < LEAST_FRAGMENT) return false;
	return run.length >= LEAST_PLAIN_FRAGMENT || (/[a-z]/.test(run) && /\d/.test(run));
}

function unescaped({ text, starts }: Layer): Layer | undefined {
	if (!/[%\\&]/.test(text)) return undefined;
	const originAt = (index: number) => (starts ? (starts[index] ?? 0) : index);
	const parts: string[] = [];
	const origins: number[] = [];
	let copied = 0;
	const copy = (end: number) => {
		parts.push(text.slice(copied, end));
		for (let index = copied; index < end; index++) origins.push(originAt(index));
	};
	for (const match of text.matchAll(ESCAPES)) {
		copy(match.index);
		parts.push(characterOf(match));
		origins.push(originAt(match.index));
		copied = match.index + match[0].length;
	}
	if (copied === 0) return undefined;
	copy(text.length);
	origins.push(originAt(text.length));
	return { text: parts.join(''), starts: origins };
}

function characterOf(match: RegExpMatchArray): string {
	const [, percent, unicode, hex, entityHex, entity, escaped, named] = match;
	const hexDigits = percent ?? unicode ?? hex ?? entityHex;
	if (hexDigits !== undefined) return String.fromCharCode(parseInt(hexDigits, 16));
	if (entity !== undefined) return String.fromCharCode(Number(entity));
	return escaped ?? ENTITIES[(named ?? '').toLowerCase()] ?? ' ';
}

function blank(text: string, ranges: Range[]): string {
	const sorted = ranges.sort(([a], [b]) => a - b);
	let result = '';
	let done = 0;
	for (const [from, to] of sorted) {
		if (to <= done) continue;
		// Runs that touch or overlap are one key.
		result += from > done || done === 0 ? text.slice(done, from) + MARK : '';
		done = to;
	}
	return result + text.slice(done);
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (typeof value === 'number') {
		const spelled = String(value);
		const changed = change(spelled);
		return changed === spelled ? value : changed;
	}
	if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, change));
	const object = record(value);
	if (!object) return value;
	return Object.fromEntries(
		Object.entries(object).map(([name, one]) => [change(name), mapTexts(one, change)]),
	);
}
