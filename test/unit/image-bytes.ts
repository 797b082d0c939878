/** Image files that hold just what their readers look at, and no picture. */

const u16 = (value: number) => [(value >> 8) & 0xff, value & 0xff];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 0xffff)];
const ascii = (text: string) => Array.from(text, (character) => character.charCodeAt(0));

/** @param length of the whole file, filled up with zeros */
export function png(width: number, height: number, length = 0): Uint8Array {
	const start = [
		...[0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a],
		...[...u32(13), ...ascii('IHDR'), ...u32(width), ...u32(height), 8, 2, 0, 0, 0],
		...[0, 0, 0, 0],
	];
	const bytes = new Uint8Array(Math.max(length, start.length));
	bytes.set(start);
	return bytes;
}

/** A segment of a JPEG file with so many bytes of content, which look like a frame header. */
export function segment(marker: number, length: number): number[] {
	const lure = [0xff, 0xc0, 0, 17, 8, 0, 1, 0, 1];
	return [
		...[0xff, marker, ...u16(length + 2)],
		...Array.from({ length }, (_, index) => lure[index % lure.length] ?? 0),
	];
}

/** A frame header; `0xc0` is that of a baseline JPEG, `0xc2` that of a progressive one. */
export function frame(width: number, height: number, marker = 0xc0): number[] {
	return [
		0xff,
		marker,
		...u16(17),
		8,
		...u16(height),
		...u16(width),
		3,
		...Array<number>(9).fill(1),
	];
}

export function jpeg(...parts: number[][]): Uint8Array {
	return Uint8Array.from([0xff, 0xd8, ...parts.flat()]);
}
