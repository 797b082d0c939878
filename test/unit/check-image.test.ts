import type { ImageLimits } from '../../nodes/KirinVideo/request/models';
import { checkImageHeader, checkImageSize } from '../../nodes/KirinVideo/request/checkImage';

const limits: ImageLimits = { formats: ['png'], maxBytes: 1000, leastSide: 20, mostRatio: 1.5 };

describe('An image', () => {
	it.each([
		[20, 30],
		[30, 20],
		[4000, 4000],
	])('of %i × %i is within the limits', (width, height) => {
		expect(() => checkImageHeader('Image', { format: 'png', width, height }, limits)).not.toThrow();
	});

	it.each([
		[19, 20, 'Image must have at least 20 px on each side, but has 19 × 20 px'],
		[31, 20, 'Image must have a ratio from 1:1.5 to 1.5:1, but has 31 × 20 px'],
		[200, 301, 'Image must have a ratio from 1:1.5 to 1.5:1, but has 200 × 301 px'],
	])('of %i × %i is not', (width, height, message) => {
		expect(() => checkImageHeader('Image', { format: 'png', width, height }, limits)).toThrow(
			message,
		);
	});

	it('of a format that the model does not take is refused', () => {
		const header = { format: 'jpg' as const, width: 20, height: 20 };
		expect(() => checkImageHeader('Tail Image', header, limits)).toThrow(
			'Tail Image must be a png image, but is a jpg',
		);
	});

	it('has fewer bytes than the limit', () => {
		expect(() => checkImageSize('Image', 999, limits)).not.toThrow();
		expect(() => checkImageSize('Image', 1000, limits)).toThrow(
			'Image must be under 0.001 MB, but is 0.001 MB',
		);
	});

	it('may have as many where the page says so', () => {
		expect(() => checkImageSize('Image', 1000, { ...limits, mayBeMaxBytes: true })).not.toThrow();
		expect(() => checkImageSize('Image', 1001, { ...limits, mayBeMaxBytes: true })).toThrow(
			'Image must be at most 0.001 MB, but is 0.001001 MB',
		);
	});

	it('may have any ratio where there is no limit', () => {
		const anyRatio = { ...limits, mostRatio: undefined };
		const header = { format: 'png' as const, width: 20, height: 2000 };
		expect(() => checkImageHeader('Tail Image', header, anyRatio)).not.toThrow();
	});
});
