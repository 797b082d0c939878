/**
 * What a file is, and whether it is whole, by its own bytes: labels of hosts are often wrong, and the
 * length is not to be had once the HTTP client has undone an encoding. Works on a stream in bounded memory.
 */

export interface MediaType {
	mimeType: string;
	/** Without the point. */
	extension: string;
}

/** As many bytes of the beginning tell what most files are. */
export const LEAST_HEAD_BYTES = 16;

type Kind = MediaType & { is: (head: Buffer) => boolean };

const latin = (head: Buffer, from: number, to: number) => head.toString('latin1', from, to);

/** The first boxes of an ISO media file; older QuickTime files begin with others than `ftyp`. */
const FIRST_BOXES = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip', 'pnot', 'styp', 'uuid'];

const isIsoMedia = (head: Buffer) => FIRST_BOXES.includes(latin(head, 4, 8));
const isEbml = (head: Buffer) => head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3;

const KINDS: Kind[] = [
	{
		mimeType: 'video/quicktime',
		extension: 'mov',
		is: (head) =>
			isIsoMedia(head) && (latin(head, 4, 8) !== 'ftyp' || latin(head, 8, 12) === 'qt  '),
	},
	{
		mimeType: 'video/3gpp',
		extension: '3gp',
		is: (head) => isIsoMedia(head) && /^3g/.test(latin(head, 8, 12)),
	},
	{ mimeType: 'video/mp4', extension: 'mp4', is: isIsoMedia },
	{
		mimeType: 'video/x-matroska',
		extension: 'mkv',
		is: (head) => isEbml(head) && latin(head, 0, 64).includes('matroska'),
	},
	{ mimeType: 'video/webm', extension: 'webm', is: isEbml },
	{
		mimeType: 'video/x-msvideo',
		extension: 'avi',
		is: (head) => latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'AVI ',
	},
	{ mimeType: 'video/x-flv', extension: 'flv', is: (head) => latin(head, 0, 4) === 'FLV\x01' },
	{ mimeType: 'video/ogg', extension: 'ogv', is: (head) => latin(head, 0, 4) === 'OggS' },
	{
		mimeType: 'video/mp2t',
		extension: 'ts',
		is: (head) => head[0] === 0x47 && head.length > 188 && head[188] === 0x47,
	},
	{
		mimeType: 'video/mpeg',
		extension: 'mpg',
		is: (head) => head.length >= 4 && [0x1ba, 0x1b3].includes(head.readUInt32BE(0)),
	},
];

/** What a service may give beside a video. */
const OTHER_KINDS: Kind[] = [
	{ mimeType: 'image/png', extension: 'png', is: (head) => latin(head, 0, 4) === '\x89PNG' },
	{ mimeType: 'image/jpeg', extension: 'jpg', is: (head) => latin(head, 0, 3) === '\xff\xd8\xff' },
	{ mimeType: 'image/gif', extension: 'gif', is: (head) => latin(head, 0, 4) === 'GIF8' },
	{
		mimeType: 'image/webp',
		extension: 'webp',
		is: (head) => latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'WEBP',
	},
	{
		mimeType: 'audio/wav',
		extension: 'wav',
		is: (head) => latin(head, 0, 4) === 'RIFF' && latin(head, 8, 12) === 'WAVE',
	},
	{ mimeType: 'audio/mp4', extension: 'm4a', is: (head) => latin(head, 4, 11) === 'ftypM4A' },
	{
		mimeType: 'audio/mpeg',
		extension: 'mp3',
		is: (head) => latin(head, 0, 3) === 'ID3' || /^\xff[\xe2-\xfb]/.test(latin(head, 0, 2)),
	},
];

/** ISO media files of pictures and sound begin alike, but for their brand. */
const OTHER_BRANDS = /^(avif|avis|heic|heix|heim|heis|hevc|mif1|msf1|M4A |M4B |M4P )$/;

/**
 * The type of a video, by the first bytes of its file.
 *
 * @returns undefined when it is none that is known
 */
export function mediaTypeOf(head: Buffer): MediaType | undefined {
	if (latin(head, 4, 8) === 'ftyp' && OTHER_BRANDS.test(latin(head, 8, 12))) return undefined;
	return KINDS.find(({ is }) => is(head));
}

/** The type of a picture or of sound, in the same way. */
export function otherMediaTypeOf(head: Buffer): MediaType | undefined {
	return OTHER_KINDS.find(({ is }) => is(head));
}

/**
 * What was sent in the place of a video.
 *
 * @returns undefined for bytes that say nothing
 */
export function otherThingIn(head: Buffer): string | undefined {
	const start = head
		.toString('utf8')
		.replace(/^\uFEFF/, '')
		.trimStart();
	if (/^<(!doctype html|html|head|body)\b/i.test(start)) return 'an HTML page';
	if (start.startsWith('<')) return 'XML';
	if (/^[{[]/.test(start) && isText(start)) return 'JSON';
	return start !== '' && isText(start) ? 'a text' : undefined;
}

function isText(start: string): boolean {
	// Half a character may stand at the end of what was read.
	return !/[^\P{Cc}\t-\r]|\uFFFD/u.test(start.slice(0, -4));
}

/** Follows the bytes of a file, to tell at its end whether it is whole. */
interface WholenessCheck {
	add(chunk: Uint8Array): void;
	/** @returns what is wrong with the file; undefined when nothing is known to be */
	problem(): string | undefined;
}

/**
 * @param head the beginning of the file, which `add` is given again
 * @returns undefined for a kind of file that does not tell whether it is whole
 */
export function wholenessCheckFor(head: Buffer): WholenessCheck | undefined {
	if (isIsoMedia(head)) return new IsoBoxes();
	if (isEbml(head)) return new Announced(ebmlLength(head));
	if (latin(head, 0, 4) !== 'RIFF') return undefined;
	return new Announced(head.length < 8 ? undefined : head.readUInt32LE(4) + 8);
}

/** A file that says at its beginning how long it is. */
class Announced implements WholenessCheck {
	private received = 0;

	constructor(private readonly bytes: number | undefined) {}

	add(chunk: Uint8Array): void {
		this.received += chunk.length;
	}

	problem(): string | undefined {
		return this.bytes !== undefined && this.received < this.bytes
			? `the file breaks off after ${this.received} of ${this.bytes} bytes`
			: undefined;
	}
}

/** The boxes of an ISO media file, one behind the other: each begins with its size and its name. */
class IsoBoxes implements WholenessCheck {
	private received = 0;
	/** Of the box's header, as far as it has come. */
	private header = Buffer.alloc(0);
	/** Bytes that are left of the box. */
	private left = 0;
	private hasMovie = false;
	private hasMedia = false;
	/** The last box goes on to the end of the file, or what follows are no boxes. */
	private isOpen = false;
	private isDamaged = false;

	add(chunk: Uint8Array): void {
		this.received += chunk.length;
		let at = 0;
		while (at < chunk.length && !this.isOpen && !this.isDamaged) {
			if (this.left > 0) {
				const skipped = Math.min(this.left, chunk.length - at);
				this.left -= skipped;
				at += skipped;
				continue;
			}
			const wanted = this.headerBytes() - this.header.length;
			this.header = Buffer.concat([this.header, chunk.subarray(at, at + wanted)]);
			at = Math.min(chunk.length, at + wanted);
			if (this.header.length === this.headerBytes()) this.open();
		}
	}

	/** A size of 1 stands for one of 64 bits behind the name. */
	private headerBytes(): number {
		return this.header.length >= 8 && this.header.readUInt32BE(0) === 1 ? 16 : 8;
	}

	private open(): void {
		const { header } = this;
		const name = latin(header, 4, 8);
		const short = header.readUInt32BE(0);
		const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
		this.header = Buffer.alloc(0);
		if (size === 0) this.isOpen = true;
		// Some programs leave bytes behind the last box. Before the movie's own, they are damage.
		else if (size < header.length || !/^[\x20-\x7e\xa9]{4}$/.test(name)) {
			if (this.hasMovie) this.isOpen = true;
			else this.isDamaged = true;
		} else this.left = size - header.length;
		this.hasMovie ||= name === 'moov';
		this.hasMedia ||= name === 'mdat';
	}

	problem(): string | undefined {
		if (this.isDamaged) return 'the file is damaged';
		const isWhole = this.hasMovie && this.hasMedia && this.left === 0;
		return isWhole ? undefined : `the file breaks off after ${this.received} bytes`;
	}
}

/** Header and segment of a Matroska or WebM file, each with its length; undefined where a length is open. */
function ebmlLength(head: Buffer): number | undefined {
	const header = variableInteger(head, 4);
	if (!header) return undefined;
	const segment = header.end + header.value;
	if (segment + 4 > head.length || head.readUInt32BE(segment) !== 0x18538067) return undefined;
	const body = variableInteger(head, segment + 4);
	return body && body.end + body.value;
}

function variableInteger(head: Buffer, at: number): { value: number; end: number } | undefined {
	const first = head[at] ?? 0;
	const length = Math.clz32(first) - 23;
	if (first === 0 || at + length > head.length) return undefined;
	let value = first & (0xff >> length);
	let isUnknown = value === 0xff >> length;
	for (let index = at + 1; index < at + length; index++) {
		value = value * 256 + (head[index] ?? 0);
		isUnknown &&= head[index] === 0xff;
	}
	return isUnknown ? undefined : { value, end: at + length };
}
