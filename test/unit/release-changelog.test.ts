import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notesOf, released } from '../../release/changelog';

const HEAD = '# Changelog\n\nAll notable changes.\n\n';
const OLD = '## [0.1.0] - 2026-11-01\n\n### Added\n\n- The node.\n';

describe('A release in the changelog', () => {
	it('takes over what is unreleased, and leaves the rest as it is', () => {
		const before = `${HEAD}## [Unreleased]\n\n### Fixed\n\n- A wait.\n\n${OLD}`;

		expect(released(before, '0.1.1', '2026-11-21')).toBe(
			`${HEAD}## [Unreleased]\n\n## [0.1.1] - 2026-11-21\n\n### Fixed\n\n- A wait.\n\n${OLD}`,
		);
	});

	it('can be the first', () => {
		const before = `${HEAD}## [Unreleased]\n\n### Added\n\n- The node.\n`;

		expect(released(before, '0.1.0', '2026-11-21')).toBe(
			`${HEAD}## [Unreleased]\n\n## [0.1.0] - 2026-11-21\n\n### Added\n\n- The node.\n`,
		);
	});

	it.each([
		['nothing', `${HEAD}## [Unreleased]\n\n${OLD}`],
		['headings only', `${HEAD}## [Unreleased]\n\n### Added\n\n### Fixed\n\n${OLD}`],
	])('is refused where %s is unreleased', (_, before) => {
		expect(() => released(before, '0.2.0', '2026-11-21')).toThrow('says nothing');
	});

	it('is refused without a place for what is unreleased', () => {
		expect(() => released(HEAD + OLD, '0.2.0', '2026-11-21')).toThrow('no section [Unreleased]');
	});

	it('is refused where the version has a section', () => {
		const before = `${HEAD}## [Unreleased]\n\n- A wait.\n\n${OLD}`;
		expect(() => released(before, '0.1.0', '2026-11-21')).toThrow('a section [0.1.0] already');
	});

	it('leaves what was released before word by word', () => {
		const before = `${HEAD}## [Unreleased]\n\n- A wait.\n\n${OLD}`;
		const after = released(before, '0.2.0', '2026-11-21');

		expect(notesOf(after, '0.2.0')).toBe('- A wait.');
		expect(notesOf(after, '0.1.0')).toBe(notesOf(before, '0.1.0'));
		expect(notesOf(after, 'Unreleased')).toBe('');
		expect(notesOf(after, '0.3.0')).toBeUndefined();
	});

	it('can be read in our own', () => {
		const ours = readFileSync(join(__dirname, '../../CHANGELOG.md'), 'utf8');
		expect(notesOf(ours, 'Unreleased')).toBeDefined();
	});
});
