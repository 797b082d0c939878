import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repository, scripts } from '../../package.json';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { operations } from '../../nodes/KirinVideo/operations/operations';
import { ROOT, countWords, linksOf, readPage, sectionsOf } from './markdown-page';

function filesIn(folder: string, pattern: RegExp): string[] {
	return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => pattern.test(file))
		.map((file) => join(folder, file));
}

const pages = [
	...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
	...filesIn('docs', /\.md$/),
	'sandbox/README.md',
];

/** What the operations and settings were called before there was one table of them. */
const OLD_WORDS =
	/Task → Submit|Generate and Resume on Callback|Image to Video|Other Model|Continue On Fail|Additional Parameters \(JSON\)/;

function hasAnchor(path: string, anchor: string): boolean {
	return sectionsOf(readPage(path)).some((section) => section.anchor === anchor);
}

describe.each(pages)('%s', (path) => {
	const text = readPage(path);

	it('names only commands that are there', () => {
		const names = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
		expect(names.filter((name) => !(name in scripts))).toEqual([]);
	});

	it('links only files and sections that are there', () => {
		const broken = linksOf(text).filter((link) => {
			if (/^(https?|mailto):/.test(link)) return false;
			const [file = '', anchor] = link.split('#');
			const target = file === '' ? path : normalize(join(dirname(path), file));
			if (!existsSync(join(ROOT, target))) return true;
			return anchor !== undefined && !hasAnchor(target, anchor);
		});
		expect(broken).toEqual([]);
	});

	it('calls operations and settings by their names', () => {
		expect(OLD_WORDS.exec(text)?.[0]).toBeUndefined();
	});
});

describe('The README', () => {
	const readme = readPage('README.md');

	it('has at most 1,200 words', () => {
		expect(countWords(readme)).toBeLessThanOrEqual(1200);
	});

	it('links every page of docs/', () => {
		const linked = linksOf(readme).map((link) => link.split('#')[0]);
		expect(filesIn('docs', /\.md$/).filter((page) => !linked.includes(page))).toEqual([]);
	});
});

describe('The nodes and the credential', () => {
	const home = repository.url.replace(/^git\+|\.git$/g, '');
	const texts = ['nodes', 'credentials'].flatMap((folder) =>
		filesIn(folder, /\.(ts|json)$/).map((file) => readFileSync(join(ROOT, file), 'utf8')),
	);
	const descriptions = [new KirinVideo(), new KirinVideoTrigger()].map((node) =>
		JSON.stringify(node.description),
	);
	const links = [...texts, ...descriptions].flatMap((text) =>
		[...text.matchAll(/https:\/\/[^\s'"`<>\\]+/g)].map(([link]) => link),
	);
	const own = [...new Set(links.filter((link) => link.startsWith(home)))];

	it('lead to the credential and the pages', () => {
		expect(own).toEqual(
			expect.arrayContaining([
				`${home}#the-credential`,
				`${home}#readme`,
				`${home}/blob/main/docs/trigger.md`,
				`${home}/blob/main/docs/waiting.md`,
				`${home}/blob/main/docs/troubleshooting.md#n8n-is-behind-nat-or-a-firewall`,
				`${home}/blob/main/docs/costs-and-limits.md#a-limit-of-your-own`,
			]),
		);
	});

	it.each(own)('link what is there: %s', (link) => {
		const [, page = 'README.md', anchor] =
			/^(?:\/blob\/main\/([^#]+))?(?:#(.+))?$/.exec(link.slice(home.length)) ?? [];
		expect(existsSync(join(ROOT, page))).toBe(true);
		// GitHub's own anchor of the whole README.
		if (anchor !== undefined && anchor !== 'readme') expect(hasAnchor(page, anchor)).toBe(true);
	});
});

describe('The way of a prompt in CONTRIBUTING', () => {
	const section = sectionsOf(readPage('CONTRIBUTING.md')).find(
		({ anchor }) => anchor === 'one-prompt-from-the-editor-to-the-item',
	);
	const steps = (section?.text ?? '').split('\n').filter((line) => /^\d+\. /.test(line));

	it('names what is in its files', () => {
		const sources = linksOf(steps.join('\n'))
			.map((file) => readPage(file))
			.join('\n');
		const names = [...steps.join('\n').matchAll(/(?<!\[)`(\w+)`/g)].map(([, name = '']) => name);
		expect(names.length).toBeGreaterThan(4);
		expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
	});
});

describe('The form for bugs', () => {
	it('asks for the operations that there are', () => {
		const form = readPage('.github/ISSUE_TEMPLATE/bug.yml');
		const named = [...form.matchAll(/- (?:Video|Task) → (.+)$/gm)].map(([, name]) => name);
		expect(named).toEqual(operations.map(({ name }) => name));
	});
});
