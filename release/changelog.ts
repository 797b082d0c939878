/** CHANGELOG.md, in the form of Keep a Changelog: a section per version, the newest first. */

const UNRELEASED = 'Unreleased';

interface Section {
	/** Where the heading begins, and where what stands beneath it begins and ends. */
	heading: number;
	start: number;
	end: number;
}

function find(changelog: string, name: string): Section | undefined {
	for (const { 0: heading, 1: found, index } of changelog.matchAll(/^## \[(.+?)\].*$/gm)) {
		if (found !== name) continue;
		const start = index + heading.length;
		const next = changelog.slice(start).search(/^## /m);
		return { heading: index, start, end: next < 0 ? changelog.length : start + next };
	}
	return undefined;
}

/** What a version's section says; undefined where it has none, empty where it says nothing. */
export function notesOf(changelog: string, version: string): string | undefined {
	const section = find(changelog, version);
	if (!section) return undefined;
	const text = changelog.slice(section.start, section.end);
	// A heading such as "### Added" with nothing beneath it is a promise, not a note.
	const isEmpty = text.split('\n').every((line) => /^\s*(#.*)?$/.test(line));
	return isEmpty ? '' : text.trim();
}

/**
 * Makes a version of what is unreleased.
 * @param date as 2026-11-21
 * @throws where nothing is unreleased, or the version has a section already
 */
export function released(changelog: string, version: string, date: string): string {
	const unreleased = find(changelog, UNRELEASED);
	if (!unreleased) throw new Error('CHANGELOG.md has no section [Unreleased]');
	const notes = notesOf(changelog, UNRELEASED);
	if (!notes) throw new Error('CHANGELOG.md says nothing under [Unreleased]');
	if (find(changelog, version)) throw new Error(`CHANGELOG.md has a section [${version}] already`);
	const before = changelog.slice(0, unreleased.heading);
	const after = changelog.slice(unreleased.end).trim();
	const sections = [`## [${UNRELEASED}]`, `## [${version}] - ${date}`, notes, after];
	return `${before}${sections.filter(Boolean).join('\n\n')}\n`;
}
