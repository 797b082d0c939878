import { isAtLeast } from '../compat/is-at-least';

describe('A version is at least', () => {
	it.each([
		['2.0.2', '2.0.2'],
		['2.10.0', '2.9.1'],
		['2.36.0', '2.35.9'],
		['3.0.0', '2.41.1'],
	])('%s: %s', (version, least) => {
		expect(isAtLeast(version, least)).toBe(true);
	});

	it.each([
		['2.0.2', '2.36.0'],
		['2.9.1', '2.10.0'],
		['1.99.9', '2.0.0'],
		['2.14.0', '2.14.1'],
	])('not %s: %s', (version, least) => {
		expect(isAtLeast(version, least)).toBe(false);
	});
});
