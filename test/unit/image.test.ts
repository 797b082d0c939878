import * as fc from 'fast-check';
import { readImageHeader } from '../../nodes/KirinVideo/request/imageHeader';
import { frame, jpeg, png, segment } from './image-bytes';

const EXIF = segment(0xe1, 60_000);
const ICC = segment(0xe2, 3_000);
const TABLES = [...segment(0xdb, 65), ...segment(0xc4, 28), ...segment(0xcc, 4)];
const SCAN = segment(0xda, 10);
const END = [0xff, 0xd9];

const text = (words: string) => new TextEncoder().encode(words);

describe('The header of a PNG file', () => {
	it.each([
		[1, 1],
		[300, 750],
		[70_000, 65_536],
	])('tells %i x %i', (width, height) => {
		expect(readImageHeader(png(width, height))).toEqual({ format: 'png', width, height });
	});

	it('is not read from a chunk that is no IHDR', () => {
		const bytes = png(400, 400);
		bytes[13] = 0x58;
		expect(readImageHeader(bytes)).toBe('damaged');
	});

	it('may not have a side of no length', () => {
		expect(readImageHeader(png(0, 400))).toBe('damaged');
	});
});

describe('The header of a JPEG file', () => {
	const size = { format: 'jpg', width: 640, height: 480 };

	it.each([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])(
		'is found in a frame of the kind %i',
		(marker) => {
			expect(readImageHeader(jpeg(frame(640, 480, marker)))).toEqual(size);
		},
	);

	it.each<[string, number[][]]>([
		['EXIF data with a thumbnail', [EXIF]],
		['many segments', [segment(0xe0, 14), EXIF, EXIF, ICC, ...[TABLES]]],
		['a comment with nothing in it', [segment(0xfe, 0)]],
		['markers without a length', [[0xff, 0x01, 0xff, 0xd0, 0xff, 0xd7]]],
		['fill bytes', [segment(0xe0, 14), [0xff, 0xff, 0xff]]],
	])('is found behind %s', (_, before) => {
		expect(readImageHeader(jpeg(...before, frame(640, 480), SCAN, END))).toEqual(size);
	});

	it.each<[string, Uint8Array]>([
		['the image data come first', jpeg(SCAN, frame(640, 480))],
		['the file ends first', jpeg(segment(0xe0, 14), END)],
		['there is no marker', jpeg(segment(0xe0, 14), [1, 2, 3, 4])],
		['a marker is none', jpeg([0xff, 0x00, 0, 2], frame(640, 480))],
		['a length is none', jpeg([0xff, 0xe0, 0, 1], frame(640, 480))],
		['a side has no length', jpeg(frame(640, 0))],
	])('is damaged when %s', (_, bytes) => {
		expect(readImageHeader(bytes)).toBe('damaged');
	});
});

describe('A file', () => {
	it.each<[string, Uint8Array]>([
		['a GIF', text('GIF89a and so on')],
		['a WebP', text('RIFF0000WEBP')],
		['a page', text('<!doctype html>')],
		['a BMP', Uint8Array.of(0x42, 0x4d, 0, 0)],
		['a JPEG without its second marker', Uint8Array.of(0xff, 0xd8, 0x00)],
	])('that is %s has no format that we know', (_, bytes) => {
		expect(readImageHeader(bytes)).toBe('unknown format');
	});

	it.each([
		['PNG', png(640, 480), 24],
		['JPEG', jpeg(EXIF, TABLES, frame(640, 480)), EXIF.length + TABLES.length + 11],
	])('that is cut off before the sides of a %s is incomplete, wherever', (_, bytes, needed) => {
		for (let length = 0; length < needed; length += length < 100 ? 1 : 997) {
			expect(readImageHeader(bytes.subarray(0, length))).toBe('incomplete');
		}
		expect(readImageHeader(bytes.subarray(0, needed))).toMatchObject({ width: 640 });
	});

	it('is read where it lies within a larger buffer', () => {
		const whole = new Uint8Array(100);
		whole.set(png(640, 480), 30);
		expect(readImageHeader(whole.subarray(30))).toMatchObject({ width: 640, height: 480 });
	});

	it('of any bytes never makes the reader stumble or wait', () => {
		const start = fc.constantFrom([], [0xff, 0xd8, 0xff], [...png(1, 1).subarray(0, 8)]);
		fc.assert(
			fc.property(start, fc.uint8Array({ maxLength: 200 }), (signature, rest) => {
				const header = readImageHeader(Uint8Array.from([...signature, ...rest]));
				if (typeof header === 'string') return;
				expect(Math.min(header.width, header.height)).toBeGreaterThan(0);
			}),
		);
	});
});
