import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { withTables } from '../../docs/readme-tables';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { NEWEST, OLDEST } from '../../demo/pinned-n8n';
import { readRecords } from '../../docs/compatibility';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const node = new KirinVideo().description;
const trigger = new KirinVideoTrigger().description;

/** The labels in the first column of every table. */
const firstCells = readme
	.split('\n')
	.filter((line) => line.startsWith('|'))
	.flatMap((line) => line.split('|')[1]?.split(',') ?? [])
	.map((cell) => cell.trim());

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

function operationNames({ properties }: INodeTypeDescription): string[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options }) => (options as INodePropertyOptions[]).map(({ name }) => name));
}

describe('The README', () => {
	it('says what the editor says (else run `npm run docs`)', () => {
		expect(withTables(readme, { node, trigger })).toBe(readme);
	});

	it('has every operation in a table', () => {
		expect(operationNames(node).filter((name) => !readme.includes(`| **${name}** `))).toEqual([]);
	});

	it.each([
		['Kirin Video', node.properties],
		['Kirin Video Trigger', trigger.properties],
		['the credential', new KirinVideoApi().properties],
	])('has every field of %s in a table', (_, properties) => {
		const labels = labelsIn(properties).filter(
			(label) => !['Resource', 'Operation'].includes(label),
		);
		expect(labels.length).toBeGreaterThan(1);
		expect(labels.filter((label) => !firstCells.includes(label))).toEqual([]);
	});

	it.each([
		['a field', node.properties],
		['an option', node.properties.find(({ name }) => name === 'options')?.options],
	])('is out of date as soon as %s is added', (_, properties) => {
		const seed: INodeProperties = { displayName: 'Seed', name: 'seed', type: 'number', default: 7 };
		const list = properties as INodeProperties[];
		list.push(seed);
		const updated = withTables(readme, { node, trigger });
		list.pop();

		expect(updated).not.toBe(readme);
		expect(updated).toContain('| Seed ');
	});

	it('has a place for every table', () => {
		const collection: INodeProperties = {
			displayName: 'Style',
			name: 'style',
			type: 'collection',
			default: {},
			options: [{ displayName: 'Grain', name: 'grain', type: 'boolean', default: false }],
		};
		const more = { ...node, properties: [...node.properties, collection] };
		expect(() => withTables(readme, { node: more, trigger })).toThrow('no place for the style');
		expect(() => withTables('# Kirin', { node, trigger })).toThrow('no place for the operations');
	});

	it('tells of the versions of n8n that are pinned (else run `npm run test:compat -- --write`)', () => {
		expect(readRecords().map(({ n8n }) => n8n)).toEqual([NEWEST.version, OLDEST.version]);
	});
});
