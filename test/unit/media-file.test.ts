import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
	wholenessCheckFor,
	mediaTypeOf,
	otherMediaTypeOf,
	otherThingIn,
} from '../../nodes/KirinVideo/output/mediaFile';

const MP4 = readFileSync(join(__dirname, '../../sandbox/videos/1x1-5s-plain.mp4'));
const latin = (text: string) => Buffer.from(text, 'latin1');

function problemOf(file: Buffer, cuts: number[] = []): string | undefined {
	const check = wholenessCheckFor(file.subarray(0, 64));
	const ends = [...new Set([...cuts, file.length])].sort((a, b) => a - b);
	ends.forEach((end, index) => check?.add(file.subarray(ends[index - 1] ?? 0, end)));
	return check?.problem();
}

describe('A file', () => {
	it.each([
		['mp4', MP4],
		['mov', latin('\0\0\0\x14ftypqt  ')],
		['mov', latin('\0\0\0\x08wide\0\0\0\0')],
		['3gp', latin('\0\0\0\x14ftyp3gp5')],
		['webm', latin('\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm')],
		['mkv', latin('\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska')],
		['avi', latin('RIFF\x10\0\0\0AVI LIST')],
		['flv', latin('FLV\x01\x05\0\0\0\x09')],
		['ogv', latin('OggS\0\x02')],
		['mpg', latin('\0\0\x01\xba\x44\0')],
		['ts', Buffer.concat([latin('G'), Buffer.alloc(187), latin('G')])],
	])('is told by its first bytes: %s', (extension, bytes) => {
		expect(mediaTypeOf(bytes)).toMatchObject({ extension });
	});

	it.each(['\0\0\0\x14ftypavif', '\x89PNG\r\n\x1a\n', 'GIF89a', '<html>', ''])(
		'that is no video is none: %j',
		(bytes) => {
			expect(mediaTypeOf(latin(bytes))).toBeUndefined();
		},
	);

	it.each([
		['png', '\x89PNG\r\n\x1a\n'],
		['jpg', '\xff\xd8\xff\xe0'],
		['gif', 'GIF89a'],
		['webp', 'RIFF\x10\0\0\0WEBPVP8 '],
		['wav', 'RIFF\x10\0\0\0WAVEfmt '],
		['m4a', '\0\0\0\x14ftypM4A '],
		['mp3', 'ID3\x04'],
		['mp3', '\xff\xfb\x90'],
	])('beside the video may be a picture or sound: %s', (extension, bytes) => {
		expect(mediaTypeOf(latin(bytes))).toBeUndefined();
		expect(otherMediaTypeOf(latin(bytes))).toMatchObject({ extension });
	});

	it.each([
		['an HTML page', ' <!doctype HTML><title>'],
		['an HTML page', '\uFEFF<html lang="en">'],
		['XML', '<?xml version="1.0"?><Error>'],
		['JSON', ' {"message": "no"}'],
		['a text', 'No such key'],
	])('in its place is %s', (what, text) => {
		expect(otherThingIn(Buffer.from(text))).toBe(what);
	});

	it('of unknown bytes is nothing in particular', () => {
		expect(otherThingIn(Buffer.from([1, 2, 3, 0, 255, 7, 8, 9, 1]))).toBeUndefined();
	});
});

describe('An MP4', () => {
	it('is whole, however its bytes arrive', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 1, max: MP4.length - 1 })), (cuts) => {
				expect(problemOf(MP4, cuts)).toBeUndefined();
			}),
		);
	});

	it('that breaks off anywhere is not', () => {
		fc.assert(
			fc.property(fc.integer({ min: 16, max: MP4.length - 1 }), (length) => {
				expect(problemOf(MP4.subarray(0, length))).toBe(
					`the file breaks off after ${length} bytes`,
				);
			}),
		);
	});

	it('may have a last box without an end, large boxes, and bytes behind the last one', () => {
		const head = latin('\0\0\0\x10ftypisomisom\0\0\0\x08moov');
		expect(problemOf(Buffer.concat([head, latin('\0\0\0\0mdat1234567')]))).toBeUndefined();
		const large = latin('\0\0\0\x01mdat\0\0\0\0\0\0\0\x14data');
		expect(problemOf(Buffer.concat([head, large]))).toBeUndefined();
		expect(problemOf(Buffer.concat([head, large.subarray(0, 18)]))).toMatch(/breaks off/);
		expect(problemOf(Buffer.concat([head, large, Buffer.alloc(20, 1)]))).toBeUndefined();
		expect(problemOf(Buffer.concat([head.subarray(0, 16), Buffer.alloc(20, 1)]))).toMatch(
			/damaged/,
		);
	});
});

describe('Another video', () => {
	it('that says how long it is must be as long', () => {
		const avi = latin('RIFF\x08\0\0\0AVI LIST');
		expect(problemOf(avi)).toBeUndefined();
		expect(problemOf(avi.subarray(0, 14))).toBe('the file breaks off after 14 of 16 bytes');
		expect(problemOf(latin('RIFF'))).toBeUndefined();
		const webm = latin('\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67\x40\x04data');
		expect(problemOf(webm)).toBeUndefined();
		expect(problemOf(webm.subarray(0, 17))).toMatch(/breaks off after 17 of 19 bytes/);
	});

	it('that does not say so is taken as it comes', () => {
		expect(problemOf(latin('\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67\xffdata'))).toBeUndefined();
		expect(problemOf(latin('\x1a\x45\xdf\xa3\x84webmother'))).toBeUndefined();
		expect(problemOf(latin('\x1a\x45\xdf\xa3\x00'))).toBeUndefined();
		expect(problemOf(latin('OggS\0\x02'))).toBeUndefined();
	});
});
