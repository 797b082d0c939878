/**
 * What the header of an image file says. Only the header is read: enough to tell a file that the
 * service would refuse, without an image library.
 */

export interface ImageHeader {
	format: 'jpg' | 'png';
	/** In pixels, as stored: an EXIF rotation swaps the sides, which no limit here tells apart. */
	width: number;
	height: number;
}

/** Why there is no header; `incomplete` when more bytes may bring it. */
export type HeaderProblem = 'unknown format' | 'incomplete' | 'damaged';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A start of image, and the first byte of the marker that follows. */
const JPEG_SIGNATURE = [0xff, 0xd8, 0xff];

/** @param bytes the file, or its beginning */
export function readImageHeader(bytes: Uint8Array): ImageHeader | HeaderProblem {
	if (startsWith(bytes, PNG_SIGNATURE)) return readPng(bytes);
	if (startsWith(bytes, JPEG_SIGNATURE)) return readJpeg(bytes);
	const mayBecome = [PNG_SIGNATURE, JPEG_SIGNATURE].some((signature) =>
		startsWith(bytes, signature.slice(0, bytes.length)),
	);
	return mayBecome ? 'incomplete' : 'unknown format';
}

function startsWith(bytes: Uint8Array, signature: number[]): boolean {
	return signature.every((byte, index) => bytes[index] === byte);
}

/** Length and type of the chunk that comes first in every PNG file. */
const IHDR = [0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];

function readPng(bytes: Uint8Array): ImageHeader | HeaderProblem {
	const start = PNG_SIGNATURE.length + IHDR.length;
	if (bytes.length < start + 8) return 'incomplete';
	if (!startsWith(bytes.subarray(PNG_SIGNATURE.length), IHDR)) return 'damaged';
	const view = viewOf(bytes);
	return header('png', view.getUint32(start), view.getUint32(start + 4));
}

/**
 * Goes from segment to segment up to the frame header, past EXIF data with its thumbnail, colour
 * profiles and tables.
 */
function readJpeg(bytes: Uint8Array): ImageHeader | HeaderProblem {
	const view = viewOf(bytes);
	for (let at = 2; ;) {
		while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
		if (at + 1 >= bytes.length) return 'incomplete';
		if (bytes[at] !== 0xff) return 'damaged';
		const marker = view.getUint8(at + 1);
		at += 2;
		if (standsAlone(marker)) continue;
		// Image data, or the end, before any frame header.
		if (marker === END_OF_IMAGE || marker === START_OF_SCAN || marker === 0) return 'damaged';
		if (at + 2 > bytes.length) return 'incomplete';
		const length = view.getUint16(at);
		if (length < 2) return 'damaged';
		if (isFrameHeader(marker)) {
			if (at + 7 > bytes.length) return 'incomplete';
			return header('jpg', view.getUint16(at + 5), view.getUint16(at + 3));
		}
		at += length;
	}
}

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;

/** TEM and the restart markers have no length and no content. */
function standsAlone(marker: number): boolean {
	return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/** SOF0 to SOF15: baseline, progressive, lossless… Three codes among them mean other things. */
function isFrameHeader(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function header(
	format: ImageHeader['format'],
	width: number,
	height: number,
): ImageHeader | HeaderProblem {
	return width > 0 && height > 0 ? { format, width, height } : 'damaged';
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
	return new DataView(buffer, byteOffset, byteLength);
}
