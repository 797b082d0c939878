import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nextVersion, versionIn, withVersion } from '../../release/version';

describe('The next version', () => {
	it.each([
		['0.1.9', 'patch', '0.1.10'],
		['0.1.9', 'minor', '0.2.0'],
		['0.9.9', 'major', '1.0.0'],
		['0.1.0', '0.1.0', '0.1.0'],
		['0.9.0', '0.10.0', '0.10.0'],
	])('after %s, with %s, is %s', (current, wanted, next) => {
		expect(nextVersion(current, wanted)).toBe(next);
	});

	it.each([
		['', 'major, minor, patch or a version'],
		['huge', 'not "huge"'],
		['1.0', 'not "1.0"'],
		['v1.0.0', 'not "v1.0.0"'],
		['1.9.9', 'is lower than 1.10.0'],
	])('cannot be "%s" after 1.10.0', (wanted, reason) => {
		expect(() => nextVersion('1.10.0', wanted)).toThrow(reason);
	});

	it('cannot follow what is no version', () => {
		expect(() => nextVersion('one', 'minor')).toThrow('"one" is not a version');
	});
});

describe.each(['package.json', 'package-lock.json'])('In %s, a new version', (file) => {
	const before = readFileSync(join(__dirname, '../..', file), 'utf8');

	it('changes nothing else', () => {
		const after = withVersion(before, '99.0.0');

		expect(versionIn(after)).toBe('99.0.0');
		expect(withVersion(after, versionIn(before))).toBe(before);
	});
});

it('A lock file names the version twice', () => {
	const lock = {
		version: '1.0.0',
		packages: { '': { version: '1.0.0' }, a: { version: '7.0.0' } },
	};

	expect(JSON.parse(withVersion(JSON.stringify(lock), '1.1.0'))).toEqual({
		version: '1.1.0',
		packages: { '': { version: '1.1.0' }, a: { version: '7.0.0' } },
	});
});
