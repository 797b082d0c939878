import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerIn, PLACEHOLDER, setOwner } from '../../release/owner';
import { refusals } from '../../release/refusals';

const ROOT = join(__dirname, '..', '..');
const CODEX = 'nodes/KirinVideo/KirinVideo.node.json';
const OWNED = ['package.json', 'LICENSE', 'CHANGELOG.md', CODEX];

let folder: string;

function read(file: string): string {
	return readFileSync(join(folder, file), 'utf8');
}

const OWNER = {
	name: 'Ada Lovelace',
	email: 'ada@lovelace.dev',
	repository: 'https://github.com/ada/kirin',
};
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'kirin-video-release-'));
	for (const file of OWNED) cpSync(join(ROOT, file), join(folder, file), { recursive: true });
	execFileSync('git', ['init', '--quiet'], { cwd: folder });
	execFileSync('git', ['add', '.'], { cwd: folder });
	setOwner(folder, PLACEHOLDER); // also when the package has an owner by now
});

afterEach(() => rmSync(folder, { recursive: true }));

test('there is no release while the owner is a placeholder', () => {
	expect(refusals(folder)).toEqual(
		['name', 'email', 'repository'].map((detail) => expect.stringContaining(detail) as string),
	);
	setOwner(folder, { name: OWNER.name, email: OWNER.email });
	expect(refusals(folder)).toEqual([expect.stringContaining('repository')]);
	setOwner(folder, OWNER);
	expect(refusals(folder)).toEqual([]);
});

test('one command names the owner in every file', () => {
	setOwner(folder, OWNER);
	expect(ownerIn(folder)).toEqual(OWNER);
	expect(read('package.json')).toContain('"bugs": "https://github.com/ada/kirin/issues"');
	expect(read(CODEX)).toContain('https://github.com/ada/kirin#readme');
	expect(read('LICENSE')).toContain('Ada Lovelace');
	for (const file of OWNED) {
		for (const old of Object.values(PLACEHOLDER)) expect(read(file)).not.toContain(old);
	}
});

test.each([
	{ email: 'ada' },
	{ repository: 'ada/kirin' },
	{ repository: 'https://github.com/ada/kirin.git/tree' },
	{ name: '' },
])('an owner that cannot be right changes nothing: %j', (owner) => {
	expect(() => setOwner(folder, owner)).toThrow();
	expect(ownerIn(folder)).toEqual(PLACEHOLDER);
});

test('a tag is published only for the version that package.json and the changelog name', () => {
	setOwner(folder, OWNER);
	writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n');
	const { version } = JSON.parse(read('package.json')) as { version: string };
	expect(refusals(folder, `v${version}`)).toEqual([expect.stringContaining('CHANGELOG.md')]);
	writeFileSync(join(folder, 'CHANGELOG.md'), `# Changelog\n\n## [${version}] - 2026-11-21\n`);
	expect(refusals(folder, `v${version}`)).toEqual([]);
	expect(refusals(folder, 'v9.9.9')).toEqual([expect.stringContaining('v9.9.9')]);
});
