/** What the service asks of images (kirin-models.md, "Image limits"). */
import { httpUrl, isObject, rule, text, type Rule } from './params';

const LEAST_SIDE = 300;
const TEN_MB = 10_000_000;

export interface Size {
	width: number;
	height: number;
}

interface Limits {
	/** 1:2.5 to 2.5:1. */
	ratio: boolean;
	/** Pages say "under 10 MB" or "at most 10 MB". */
	mostBytes: number;
}

/** Limits A: jpg or png, under 10 MB, each side at least 300 px, ratio 1:2.5 to 2.5:1. */
export const imageA = imageWithin({ ratio: true, mostBytes: TEN_MB - 1 });
/** Limits B: limits A without the ratio. */
export const imageB = imageWithin({ ratio: false, mostBytes: TEN_MB - 1 });
/** Limits A and B of the pages that say "at most 10 MB". */
export const imageAAtMost = imageWithin({ ratio: true, mostBytes: TEN_MB });
export const imageBAtMost = imageWithin({ ratio: false, mostBytes: TEN_MB });

/** An image whose limits nobody has read: a URL or bare Base64 of anything. */
export const imageOfAnyKind: Rule = rule('an image: a URL or bare Base64', (value) =>
	problemOf(value, () => undefined),
);

/** An http(s) URL, which is not fetched, or bare Base64 of a jpg or png within the limits. */
function imageWithin({ ratio, mostBytes }: Limits): Rule {
	const says =
		`an image: a URL or bare Base64, jpg or png, ${mostBytes < TEN_MB ? 'under' : 'at most'} ` +
		`10 MB, sides of at least ${LEAST_SIDE} px${ratio ? ', ratio 1:2.5 to 2.5:1' : ''}`;
	return rule(says, (value) =>
		problemOf(value, (bytes) => {
			if (bytes.length > mostBytes) {
				return `must be ${mostBytes < TEN_MB ? 'under' : 'at most'} 10 MB`;
			}
			const size = sizeOf(bytes);
			if (size === undefined) return 'must be a jpg or png file';
			const { width, height } = size;
			if (Math.min(width, height) < LEAST_SIDE) {
				return `must have at least ${LEAST_SIDE} px on each side, has ${width} x ${height}`;
			}
			if (ratio && (width * 2 > height * 5 || height * 2 > width * 5)) {
				return `must have a ratio of 1:2.5 to 2.5:1, has ${width} x ${height}`;
			}
			return undefined;
		}),
	);
}

function problemOf(
	value: unknown,
	problemOfBytes: (bytes: Buffer) => string | undefined,
): string | undefined {
	const problem = text()(value);
	if (problem !== undefined) return problem;
	const given = value as string;
	if (isUrl(given)) return httpUrl(given);
	if (/^data:/i.test(given)) return 'must be bare Base64, without a data: prefix';
	const bytes = decode(given);
	return bytes === undefined ? 'must be an http or https URL, or Base64' : problemOfBytes(bytes);
}

/** All image parameters of a request that are given, with their names. */
function imagesOf(params: Record<string, unknown>): Array<[name: string, image: string]> {
	const lists = [
		['image_list', 'image'],
		['dynamic_masks', 'mask'],
	] as const;
	const found: Array<[string, unknown]> = ['image', 'image_tail', 'static_mask'].map((name) => [
		name,
		params[name],
	]);
	for (const [list, member] of lists) {
		const entries = Array.isArray(params[list]) ? (params[list] as unknown[]) : [];
		for (const entry of entries) found.push([list, isObject(entry) ? entry[member] : undefined]);
	}
	return found.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}

/** The first image that is a URL although another one is Base64: all of them must be then. */
export function urlBesideBase64(params: Record<string, unknown>): string | undefined {
	const images = imagesOf(params);
	if (images.every(([, image]) => isUrl(image))) return undefined;
	return images.find(([, image]) => isUrl(image))?.[0];
}

/** The size of an image that is sent along; nothing for a URL. */
export function sizeSent(params: Record<string, unknown>): Size | undefined {
	const bytes = decode(imagesOf(params)[0]?.[1] ?? '');
	return bytes && sizeOf(bytes);
}

function isUrl(image: string): boolean {
	return /^https?:/i.test(image);
}

/** Only Base64 as it is written for sure: whole groups of four, no line breaks. */
function decode(base64: string): Buffer | undefined {
	// One pattern for the whole text would overflow its stack at 10 MB.
	const digits = base64.replace(/={1,2}$/, '');
	if (base64.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(digits)) return undefined;
	return Buffer.from(base64, 'base64');
}

function sizeOf(bytes: Buffer): Size | undefined {
	const isPng = bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n';
	if (isPng) {
		if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
		return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
	}
	return bytes.toString('latin1', 0, 2) === '\xff\xd8' ? jpegSize(bytes, 2) : undefined;
}

/** Looks at the segment at `offset`, and at those behind it until one describes a frame. */
function jpegSize(bytes: Buffer, offset: number): Size | undefined {
	let at = offset;
	while (at + 9 <= bytes.length && bytes[at] === 0xff) {
		const kind = bytes.readUInt8(at + 1);
		if (kind === 0xff) {
			at += 1;
		} else if (kind >= 0xc0 && kind <= 0xcf && kind !== 0xc4 && kind !== 0xc8 && kind !== 0xcc) {
			return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
		} else {
			at += 2 + bytes.readUInt16BE(at + 2);
		}
	}
	return undefined;
}
