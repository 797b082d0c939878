/** Reads what an MP4 file says of its picture, with a library of its own: the tests' yardstick. */
import { readFile } from 'node:fs/promises';
import { BufferSource, Input, MP4 } from 'mediabunny';

export interface Mp4Facts {
	seconds: number;
	/** As displayed, in pixels. */
	width: number;
	height: number;
}

/** Throws when the bytes are no MP4 file or hold no picture. */
export async function readMp4(file: string | Uint8Array): Promise<Mp4Facts> {
	const bytes = typeof file === 'string' ? await readFile(file) : file;
	const input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
	const track = await input.getPrimaryVideoTrack();
	if (!track) throw new Error('the file has no video track');
	return {
		seconds: await input.computeDuration(),
		width: track.displayWidth,
		height: track.displayHeight,
	};
}
