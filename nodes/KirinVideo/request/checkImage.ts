import { inputError } from '../api/taskError';
import type { HeaderProblem, ImageHeader } from './imageHeader';
import type { ImageLimits } from './models';

/** An image against the limits of a model (reference: "Image to video"), before anything is sent. */

/** @throws TaskError that names the limit and the size */
export function checkImageSize(label: string, bytes: number, limits: ImageLimits): void {
	const { maxBytes, mayBeMaxBytes } = limits;
	if (bytes < maxBytes || (mayBeMaxBytes && bytes === maxBytes)) return;
	throw inputError(label, `must be ${sizeOf(limits)}, but is ${megabytes(bytes)}`);
}

/** "under 10 MB". */
export function sizeOf({ maxBytes, mayBeMaxBytes }: ImageLimits): string {
	return `${mayBeMaxBytes ? 'at most' : 'under'} ${megabytes(maxBytes)}`;
}

/**
 * @param header as far as it could be read from the whole file
 * @throws TaskError that names the limit and what the image has
 */
export function checkImageHeader(
	label: string,
	header: ImageHeader | HeaderProblem,
	{ formats, leastSide, mostRatio }: ImageLimits,
): void {
	const known = formats.join(' or ');
	if (typeof header === 'string') {
		throw inputError(label, `must be a ${known} image, but ${WHAT_IS_WRONG[header]}`);
	}
	const { format, width, height } = header;
	if (!formats.includes(format)) {
		throw inputError(label, `must be a ${known} image, but is a ${format}`);
	}
	const sides = `${width} × ${height} px`;
	if (Math.min(width, height) < leastSide) {
		throw inputError(label, `must have at least ${leastSide} px on each side, but has ${sides}`);
	}
	if (mostRatio === undefined) return;
	if (Math.max(width, height) > mostRatio * Math.min(width, height)) {
		throw inputError(
			label,
			`must have a ratio from 1:${mostRatio} to ${mostRatio}:1, but has ${sides}`,
		);
	}
}

const WHAT_IS_WRONG: Record<HeaderProblem, string> = {
	'unknown format': 'is a file of another kind',
	incomplete: 'is cut off before its width and height',
	damaged: 'its header is damaged',
};

/** 10 MB, 9.96 MB, and 10.000001 MB where rounding would hide what is wrong. */
function megabytes(bytes: number): string {
	return `${bytes / 1_000_000} MB`;
}
