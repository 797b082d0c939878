/** Pages of the documentation as their readers see them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

export function readPage(path: string): string {
	return readFileSync(join(ROOT, path), 'utf8');
}

/** The headings with their anchors, as GitHub makes them, and the text up to the next heading. */
export function sectionsOf(text: string): Array<{ anchor: string; text: string }> {
	const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/^#/gm, ' '));
	return prose.split(/^(?=#+ )/m).flatMap((section) => {
		const [, heading] = /^#+ (.+)$/m.exec(section) ?? [];
		return heading === undefined ? [] : [{ anchor: anchorOf(heading), text: section }];
	});
}

function anchorOf(heading: string): string {
	return heading
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\- _]/gu, '')
		.replaceAll(' ', '-');
}

/** Where the links of a page lead, pictures included, such as `docs/waiting.md#the-choices`. */
export function linksOf(text: string): string[] {
	return [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
		([, link, source]) => link ?? source ?? '',
	);
}

/** How many words a reader sees: no markup, no targets of links. */
export function countWords(text: string): number {
	const seen = text
		.replace(/<!--[\s\S]*?-->|<[^>]+>/g, ' ')
		.replace(/\]\([^)]*\)/g, '] ')
		.split(/\s+/);
	return seen.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
