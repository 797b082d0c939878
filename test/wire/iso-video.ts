/** Small files that are what they say they are, by their first bytes and to their last box. */

function box(type: string, content: Uint8Array): Buffer {
	const head = Buffer.alloc(8);
	head.writeUInt32BE(8 + content.length);
	head.write(type, 4, 'latin1');
	return Buffer.concat([head, content]);
}

/** An MP4 file with `bytes` bytes of media in it. */
export function mp4(bytes = 2_000): Buffer {
	return isoMedia('isom', bytes);
}

/** A QuickTime file. */
export function quickTime(bytes = 2_000): Buffer {
	return isoMedia('qt  ', bytes);
}

function isoMedia(brand: string, bytes: number): Buffer {
	const mvhd = box('mvhd', Buffer.alloc(100));
	return Buffer.concat([
		box('ftyp', Buffer.from(`${brand}\0\0\x02\0isomiso2mp41`, 'latin1')),
		box('moov', mvhd),
		box('mdat', Buffer.alloc(bytes, 'media ')),
	]);
}

/** The start of a WebM file, as its readers know it, with `bytes` bytes behind it. */
export function webm(bytes = 2_000): Buffer {
	const head = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex');
	return Buffer.concat([head, Buffer.alloc(bytes)]);
}
