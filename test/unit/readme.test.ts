import type { INodeProperties, INodePropertyCollection, INodeTypeDescription } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { NEWEST, OLDEST } from '../../demo/pinned-n8n';
import { readEngine2, readRecords } from '../../docs/compatibility';
import { generatedParts, withParts } from '../../docs/pages';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { operations } from '../../nodes/KirinVideo/operations/operations';
import { models } from '../../nodes/KirinVideo/request/models';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { readPage } from './markdown-page';

const node = new KirinVideo().description;
const trigger = new KirinVideoTrigger().description;

/** The cells of every table of a page. */
function cellsOf(page: string): string[][] {
	return readPage(page)
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
		.map((cells) => cells.map((cell) => cell.trim()));
}

/** The labels in the first column of every table of a page. */
function labelsOn(page: string): string[] {
	return cellsOf(page).flatMap(([label = '']) => label.split(',').map((one) => one.trim()));
}

/** The labels of everything that a user can set, whatever it stands in. */
function labelsIn(properties: INodeProperties[]): string[] {
	return properties.flatMap(({ displayName, type, options = [] }) => {
		switch (type) {
			case 'notice':
				return [];
			case 'collection':
				return labelsIn(options as INodeProperties[]);
			case 'fixedCollection':
				return (options as INodePropertyCollection[]).flatMap(({ values }) => labelsIn(values));
			default:
				return [displayName];
		}
	});
}

/** The page on fields as it would be with other properties of the node. */
function fieldsPageWith(properties: INodeTypeDescription['properties']): string {
	const parts = generatedParts({ node: { ...node, properties }, trigger })['docs/fields.md'] ?? {};
	return withParts(readPage('docs/fields.md'), parts);
}

describe('The documentation', () => {
	it.each(Object.entries(generatedParts({ node, trigger })))(
		'%s says what the code says (else run `npm run docs`)',
		(path, parts) => {
			const page = readPage(path);
			expect(withParts(page, parts)).toBe(page);
		},
	);

	it('has every operation in the README', () => {
		const readme = readPage('README.md');
		expect(operations.filter(({ name }) => !readme.includes(` → ${name}:** `))).toEqual([]);
	});

	it.each([
		['docs/fields.md', 'Kirin Video', node.properties],
		['docs/trigger.md', 'Kirin Video Trigger', trigger.properties],
	])('%s has every field of %s in a table', (page, _, properties) => {
		const labels = labelsIn(properties).filter(
			(label) => !['Resource', 'Operation'].includes(label),
		);
		expect(labels.length).toBeGreaterThan(1);
		expect(labels.filter((label) => !labelsOn(page).includes(label))).toEqual([]);
	});

	it('has every field of the credential in the README', () => {
		const labels = labelsIn(new KirinVideoApi().properties);
		const readme = readPage('README.md');
		expect(labels.filter((label) => !readme.includes(`**${label}:**`))).toEqual([]);
	});

	it('has every model of the catalogue', () => {
		const page = readPage('docs/models.md');
		expect(models.filter(({ id }) => !page.includes(`| \`${id}\` |`))).toEqual([]);
	});

	it('lists no model of the catalogue among those that are reached by ID only', () => {
		const [, byId = ''] = readPage('docs/models.md').split('## A model by its ID');
		expect(models.filter(({ id }) => byId.includes(`\`${id}\``))).toEqual([]);
	});

	it.each([
		['a field', node.properties, node.properties],
		[
			'an option',
			node.properties,
			node.properties.find(({ name }) => name === 'options')?.options as INodeProperties[],
		],
	])('is out of date as soon as %s is added', (_, properties, list) => {
		const seed: INodeProperties = { displayName: 'Seed', name: 'seed', type: 'number', default: 7 };
		list.push(seed);
		const updated = fieldsPageWith(properties);
		list.pop();

		expect(updated).toContain('| Seed ');
		expect(fieldsPageWith(properties)).not.toContain('| Seed ');
	});

	it('gives a new collection a section of its own', () => {
		const collection: INodeProperties = {
			displayName: 'Style',
			name: 'style',
			type: 'collection',
			default: {},
			options: [{ displayName: 'Grain', name: 'grain', type: 'boolean', default: false }],
		};
		expect(fieldsPageWith([...node.properties, collection])).toContain('## Style\n');
	});

	it('says each thing of a field once, and of no model that there is none', () => {
		const texts = cellsOf('docs/fields.md').flat();
		expect(texts.filter((text) => /\bFor \./.test(text))).toEqual([]);
		const sentences = texts.map((text) => text.split(/(?<=\.) /));
		const twice = sentences.filter((all) => new Set(all).size < all.length);
		expect(twice).toEqual([]);
		const [cfg = []] = cellsOf('docs/fields.md').filter(([label]) => label === 'CFG Scale');
		expect(cfg.join(' ').match(/How closely/g)).toHaveLength(1);
	});

	it('refuses a page without a place for a part', () => {
		expect(() => withParts('# Kirin', { operations: '' })).toThrow('no place for the operations');
	});

	it('tells of the versions of n8n that are pinned (else run `npm run test:compat -- --write`)', () => {
		const versions = [NEWEST.version, OLDEST.version];
		expect(readRecords().map(({ n8n }) => n8n)).toEqual(versions);
		// This one is written by `npm run test:engine-2 -- --write`.
		expect(readEngine2().n8n).toBe(NEWEST.version);
		for (const version of versions) expect(readPage('README.md')).toContain(version);
	});
});
