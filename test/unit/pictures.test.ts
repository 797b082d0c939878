import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
	INodeParameterResourceLocator,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { readShown } from '../e2e/editor/pictures';
import { propertiesShown } from './editor';
import { exampleIn, NOTE } from './example-files';

const root = join(__dirname, '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const { description } = new KirinVideo();

/** What the editor shows for a value. */
function nameOf({ type, options }: INodeProperties, value: unknown): unknown {
	if (type === 'boolean') return value ? 'on' : 'off';
	if (type === 'resourceLocator') return (value as INodeParameterResourceLocator).cachedResultName;
	const choices = (options ?? []) as INodePropertyOptions[];
	return choices.find((choice) => choice.value === value)?.name ?? value;
}

describe('The pictures in the README (made anew by `npm run docs:pictures`)', () => {
	it.each(Object.keys(readShown()))('"%s" is there, light and dark', (name) => {
		for (const theme of ['light', 'dark']) {
			const path = `docs/images/${name}-${theme}.png`;
			expect(existsSync(join(root, path))).toBe(true);
			expect(readme).toContain(path);
		}
	});

	it('show the fields that the node has, and what the first example says in them', () => {
		const example = exampleIn('first-video.json').nodes.find(({ name }) => name === 'Kirin Video');
		const parameters = example?.parameters ?? {};
		const properties = propertiesShown(description, parameters);
		const fields = properties
			.filter(({ type }) => !['collection', 'notice', 'hidden'].includes(type))
			.map((property) => [
				property.displayName,
				nameOf(property, parameters[property.name] ?? property.default),
			]);

		expect(readShown().generate).toEqual({ fields });
	});

	it('show the nodes of the batch example', () => {
		const { nodes } = exampleIn('batch-to-drive-and-slack.json');
		const names = nodes.filter(({ type }) => type !== NOTE).map(({ name }) => name);

		expect(readShown().batch).toEqual({ nodes: names });
	});
});
