/** The files that results point to: the small test videos, or a file of any size made on the fly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';

export interface Media {
	/** In bytes. */
	size: number;
	/** The bytes from `start` up to and without `end`. */
	read(start: number, end: number): Readable;
}

const CHUNK_BYTES = 64 * 1024;
const padding = Buffer.alloc(CHUNK_BYTES);
const loaded = new Map<string, Buffer>();

/** The test video for an aspect ratio (`16:9`), a duration in seconds and a kind. */
export function testVideo(ratio: string, seconds: string, kind: 'plain' | 'watermark'): Media {
	return padded(loadVideo(ratio, seconds, kind));
}

/**
 * A file of exactly that size: the test video with a `free` box behind it, which players skip;
 * when the size has no room for the video, a file type box and a `free` box, playable by none.
 */
export function sizedVideo(
	ratio: string,
	seconds: string,
	kind: 'plain' | 'watermark',
	bytes: number,
): Media {
	const video = loadVideo(ratio, seconds, kind);
	const front = bytes >= video.length + 16 ? video : video.subarray(0, video.readUInt32BE(0));
	return padded(Buffer.concat([front, freeBoxHeader(bytes - front.length)]), bytes);
}

function loadVideo(ratio: string, seconds: string, kind: string): Buffer {
	const name = `${ratio.replace(':', 'x')}-${seconds}s-${kind}.mp4`;
	const video = loaded.get(name) ?? readFileSync(join(__dirname, 'videos', name));
	loaded.set(name, video);
	return video;
}

/** The header of a box of that size in all; above 32 bits the size stands behind the name. */
function freeBoxHeader(bytes: number): Buffer {
	const long = bytes > 0xffffffff;
	const header = Buffer.alloc(long ? 16 : 8);
	header.writeUInt32BE(long ? 1 : bytes, 0);
	header.write('free', 4, 'latin1');
	if (long) header.writeBigUInt64BE(BigInt(bytes), 8);
	return header;
}

function padded(front: Buffer, size = front.length): Media {
	return { size, read: (start, end) => Readable.from(slices(front, start, end)) };
}

function* slices(front: Buffer, start: number, end: number): Generator<Buffer> {
	let at = start;
	while (at < end) {
		const most = Math.min(CHUNK_BYTES, end - at);
		const slice =
			at < front.length ? front.subarray(at, Math.min(at + most, front.length)) : padding;
		const chunk = slice.subarray(0, Math.min(most, slice.length));
		yield chunk;
		at += chunk.length;
	}
}
