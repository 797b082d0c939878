/** What the service asks of an image: the rules of `image` and `image_tail` (kirin-api.md, "Image to video"). */
import { httpUrl, text, type Rule } from './params';

const LEAST_SIDE = 300;
const MOST_BYTES_EXCLUSIVE = 10_000_000;

export interface Size {
	width: number;
	height: number;
}

/** An http(s) URL, which is not fetched, or bare Base64 of a jpg or png within the limits. */
export const image: Rule = (value) => {
	const problem = text()(value);
	if (problem !== undefined) return problem;
	const given = value as string;
	if (/^https?:/i.test(given)) return httpUrl(given);
	if (/^data:/i.test(given)) return 'must be bare Base64, without a data: prefix';
	const bytes = decode(given);
	if (bytes === undefined) return 'must be an http or https URL, or Base64';
	if (bytes.length >= MOST_BYTES_EXCLUSIVE) return 'must be under 10 MB';
	const size = sizeOf(bytes);
	if (size === undefined) return 'must be a jpg or png file';
	const { width, height } = size;
	if (Math.min(width, height) < LEAST_SIDE) {
		return `must have at least ${LEAST_SIDE} px on each side, has ${width} x ${height}`;
	}
	if (width * 2 > height * 5 || height * 2 > width * 5) {
		return `must have a ratio of 1:2.5 to 2.5:1, has ${width} x ${height}`;
	}
	return undefined;
};

/** The size of an image that is sent along; nothing for a URL. */
export function sizeSent(value: unknown): Size | undefined {
	const bytes = typeof value === 'string' ? decode(value) : undefined;
	return bytes && sizeOf(bytes);
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
