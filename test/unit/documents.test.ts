import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../../package.json';

const ROOT = join(__dirname, '../..');

const documents = readdirSync(ROOT)
	.filter((file) => file.endsWith('.md'))
	.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const);

describe.each(documents)('%s', (_, text) => {
	it('names only commands that are there', () => {
		const names = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
		expect(names.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('links only files that are there', () => {
		const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => link);
		expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
	});

	it('links only sections that are there', () => {
		const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\w\- ]/g, '')
				.replaceAll(' ', '-'),
		);
		const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
		expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
	});
});
