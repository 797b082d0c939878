import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRelease, type ReleaseOptions } from '../../release/make-release';

let folder: string;

function git(...args: string[]): string {
	const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
	if (status !== 0) throw new Error(stderr);
	return stdout.trim();
}

function write(file: string, content: string): void {
	writeFileSync(join(folder, file), content);
}

function read(file: string): string {
	return readFileSync(join(folder, file), 'utf8');
}

function commitChangelog(unreleased: string): void {
	write('CHANGELOG.md', `# Changelog\n\n## [Unreleased]\n\n${unreleased}`);
	git('add', '.');
	git('commit', '--quiet', '--message', 'Write the changelog');
}

function release(options: Partial<ReleaseOptions> = {}): string {
	return makeRelease({
		folder,
		wanted: 'minor',
		today: new Date('2026-11-21T12:00:00Z'),
		test: () => true,
		...options,
	});
}

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'kirin-video-release-'));
	git('init', '--quiet', '--initial-branch=main');
	for (const [key, value] of [
		['user.name', 'A maintainer'],
		['user.email', 'maintainer@example.com'],
		['commit.gpgsign', 'false'],
		['tag.gpgsign', 'false'],
		['core.hooksPath', '.no-hooks'],
		['core.autocrlf', 'false'],
	] as const) {
		git('config', key, value);
	}
	write('package.json', '{\n\t"name": "a",\n\t"version": "0.1.0"\n}\n');
	write('package-lock.json', '{\n\t"version": "0.1.0",\n\t"packages": {}\n}\n');
	commitChangelog('- A wait.\n');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('A release', () => {
	it('is a commit of the changelog and the version, and its tag', () => {
		expect(release()).toBe('v0.2.0');

		expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0');
		expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'HEAD'));
		expect(git('show', '--name-only', '--format=', 'HEAD').split('\n').sort()).toEqual([
			'CHANGELOG.md',
			'package-lock.json',
			'package.json',
		]);
		expect(read('CHANGELOG.md')).toContain('## [0.2.0] - 2026-11-21\n\n- A wait.\n');
		expect(read('package.json')).toContain('"version": "0.2.0"');
		expect(read('package-lock.json')).toContain('"version": "0.2.0"');
		expect(git('status', '--porcelain')).toBe('');
	});

	it('can be the first, with the version that is there', () => {
		expect(release({ wanted: '0.1.0' })).toBe('v0.1.0');
	});
});

describe('There is no release', () => {
	const refusals: Array<[string, string, () => Partial<ReleaseOptions> | void]> = [
		['of changes that are not committed', 'not committed', () => write('package.json', '{}')],
		['beside a file that git does not know', 'new-file', () => write('new-file', '')],
		[
			'from another branch',
			'this is feature',
			() => void git('checkout', '--quiet', '-b', 'feature'),
		],
		['from no branch', 'this is no branch', () => void git('checkout', '--quiet', '--detach')],
		['with a red test', 'Not all tests have passed', () => ({ test: () => false })],
		['of nothing', 'says nothing', () => commitChangelog('')],
		['without a word which', 'Say what to release', () => ({ wanted: '' })],
		['of a version that is out', 'v0.2.0 is there already', () => void git('tag', 'v0.2.0')],
	];

	it.each(refusals)('%s', (_, reason, prepare) => {
		const options = prepare() ?? {};
		const before = [git('rev-parse', 'HEAD'), git('tag'), git('status', '--porcelain')];

		expect(() => release(options)).toThrow(reason);
		expect([git('rev-parse', 'HEAD'), git('tag'), git('status', '--porcelain')]).toEqual(before);
	});

	it('that runs the tests in vain: what is quick is checked first', () => {
		const test = jest.fn(() => true);
		commitChangelog('');

		expect(() => release({ test })).toThrow();
		expect(test).not.toHaveBeenCalled();
	});
});
