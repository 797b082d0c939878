import {
	catalogueModel,
	generateFromImage,
	generateFromText,
	modelById,
} from '../saved-parameters';
import type { INodeParameters } from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { inputOfModel, models } from '../../nodes/KirinVideo/request/models';
import {
	fieldsShown,
	optionsOffered,
	propertiesOffered,
	propertiesShown,
	withDefaults,
} from './editor';

const { description } = new KirinVideo();

/** Which of the models' own fields the editor shows, and which options it offers. */
function offered(parameters: INodeParameters) {
	const all = generateFromText(parameters);
	const fields = ['Prompt', 'Shots', 'Mode', 'Duration', 'Aspect Ratio', 'Sound'];
	const options = ['Negative Prompt', 'CFG Scale', 'Camera Control', 'Watermark'];
	return {
		fields: fieldsShown(description, all).filter((name) => fields.includes(name)),
		options: optionsOffered(description, all)
			.filter((name) => [...fields, ...options].includes(name))
			.sort(),
	};
}

const base = ['Prompt', 'Duration', 'Aspect Ratio'];
const withMode = ['Prompt', 'Mode', 'Duration', 'Aspect Ratio'];

describe('The editor shows', () => {
	it.each<[string, INodeParameters, string[], string[]]>([
		[
			'V2.5 Turbo',
			{ ...catalogueModel('kirin_v2_5_turbo_t2v') },
			withMode,
			['Negative Prompt', 'Watermark'],
		],
		[
			'V2 Master',
			{ ...catalogueModel('kirin_v2_master_t2v') },
			base,
			['Negative Prompt', 'Watermark'],
		],
		['V2.1 Master', { ...catalogueModel('kirin_v2_1_master_t2v') }, base, ['Watermark']],
		['V2.6', { ...catalogueModel('kirin_v2_6_t2v') }, withMode, ['Negative Prompt', 'Watermark']],
		[
			'V2.6 with the mode pro',
			{ ...catalogueModel('kirin_v2_6_t2v'), mode: 'pro' },
			[...withMode, 'Sound'],
			['Negative Prompt', 'Watermark'],
		],
		[
			'V2.6 with a mode from an expression',
			{ ...catalogueModel('kirin_v2_6_t2v'), mode: '={{ $json.mode }}' },
			[...withMode, 'Sound'],
			['Negative Prompt', 'Watermark'],
		],
		[
			'V1.6',
			{ ...catalogueModel('kirin_v1_6_t2v') },
			withMode,
			['CFG Scale', 'Negative Prompt', 'Watermark'],
		],
		[
			'V1',
			{ ...catalogueModel('kirin_v1_t2v') },
			withMode,
			['CFG Scale', 'Camera Control', 'Negative Prompt', 'Watermark'],
		],
		[
			'V1 with the mode pro',
			{ ...catalogueModel('kirin_v1_t2v'), mode: 'pro' },
			withMode,
			['CFG Scale', 'Negative Prompt', 'Watermark'],
		],
		[
			'V1 with 10 seconds',
			{ ...catalogueModel('kirin_v1_t2v'), duration: '10' },
			withMode,
			['CFG Scale', 'Negative Prompt', 'Watermark'],
		],
		[
			'V1 with a duration from an expression',
			{ ...catalogueModel('kirin_v1_t2v'), duration: '={{ $json.seconds }}' },
			withMode,
			['CFG Scale', 'Camera Control', 'Negative Prompt', 'Watermark'],
		],
		[
			'all that any model has, for a model from an expression',
			{ ...modelById('={{ $json.model }}'), mode: '={{ $json.mode }}' },
			['Prompt', 'Shots', ...withMode.slice(1), 'Sound'],
			['CFG Scale', 'Camera Control', 'Negative Prompt', 'Watermark'],
		],
		[
			'every parameter as an option, for another model',
			modelById('kirin_v9_t2v'),
			['Prompt'],
			[
				'Aspect Ratio',
				'CFG Scale',
				'Camera Control',
				'Duration',
				'Mode',
				'Negative Prompt',
				'Shots',
				'Sound',
				'Watermark',
			],
		],
	])('%s', (_, parameters, fields, options) => {
		expect(offered(parameters)).toEqual({ fields, options });
	});

	it('one prompt for each input, since n8n evaluates the value of each field of a name for each item', () => {
		const prompts = description.properties.filter(({ name }) => name === 'prompt');
		expect(prompts).toHaveLength(2);
	});

	it('no field twice, whatever the model', () => {
		const ids = [...models.map(({ id }) => id), '', 'kirin_v9_t2v', '={{ $json.model }}'];
		for (const id of ids) {
			for (const mode of ['std', 'pro']) {
				for (const input of ['text', 'image'] as const) {
					const all = input === 'text' ? generateFromText : generateFromImage;
					const parameters = all({ ...modelById(id, input), mode });
					const fields = fieldsShown(description, parameters);
					const options = optionsOffered(description, parameters);
					expect([id, fields]).toEqual([id, [...new Set(fields)]]);
					expect([id, options]).toEqual([id, [...new Set(options)]]);
				}
			}
		}
	});
});

describe('A condition on the model', () => {
	it('takes an ID that is almost one of the catalogue for another model', () => {
		const shown = (id: string, input: 'text' | 'image') => {
			const all = input === 'text' ? generateFromText : generateFromImage;
			const parameters = all(modelById(id, input));
			return [fieldsShown(description, parameters), optionsOffered(description, parameters)];
		};
		for (const model of models) {
			const { id } = model;
			const input = inputOfModel(model);
			for (const near of [`${id}0`, `${id}~`, id.slice(0, -1), `${id.slice(0, -1)}u`, `a${id}`]) {
				if (models.some((other) => other.id === near)) continue;
				expect([near, shown(near, input)]).toEqual([near, shown('kirin_v9', input)]);
			}
		}
	});
});

describe('The images that the editor asks for', () => {
	const labels = (parameters: INodeParameters) =>
		fieldsShown(description, generateFromImage(parameters)).filter((name) =>
			/Image(s)? Source$/.test(name),
		);
	const first = 'Image Source';
	const tail = 'Tail Image Source';

	it.each<[string, INodeParameters, string[]]>([
		['V2.5 Turbo', catalogueModel('kirin_v2_5_turbo_i2v'), [first]],
		['V2.5 Turbo, pro', { ...catalogueModel('kirin_v2_5_turbo_i2v'), mode: 'pro' }, [first, tail]],
		[
			'V2.5 Turbo with a mode from an expression',
			{ ...catalogueModel('kirin_v2_5_turbo_i2v'), mode: '={{ $json.mode }}' },
			[first, tail],
		],
		['V2.6, which takes a tail alone in any mode', catalogueModel('kirin_v2_6_i2v'), [first, tail]],
		['V3', catalogueModel('kirin_v3_i2v'), [first, tail]],
		['V2 Master', catalogueModel('kirin_v2_master_i2v'), [first]],
		['V2.1 Master', catalogueModel('kirin_v2_1_master_i2v'), [first]],
		['V1.6', catalogueModel('kirin_v1_6_i2v'), [first]],
		['V1.6, pro', { ...catalogueModel('kirin_v1_6_i2v'), mode: 'pro' }, [first, tail]],
		['V1', catalogueModel('kirin_v1_i2v'), [first, tail]],
		['V1 with 10 seconds', { ...catalogueModel('kirin_v1_i2v'), duration: '10' }, [first]],
		['V1.6 Multi-Image', catalogueModel('kirin_v1_6_multi_i2v'), ['Reference Images Source']],
		['another model', modelById('kirin_v9_i2v', 'image'), [first, tail]],
		[
			'a model from an expression',
			modelById('={{ $json.model }}', 'image'),
			[first, tail, 'Reference Images Source'],
		],
	])('for %s', (_, parameters, sources) => {
		expect(labels(parameters)).toEqual(sources);
	});

	it.each([
		['kirin_v2_5_turbo_i2v', false],
		['kirin_v3_i2v', true],
		['kirin_v9_i2v', true],
		['={{ $json.model }}', true],
	])('may be none at the beginning for %s: %j', (id, isOptional) => {
		const [source] = propertiesShown(description, generateFromImage(modelById(id, 'image'))).filter(
			({ displayName }) => displayName === first,
		);
		const values = source?.options?.map((option) => 'value' in option && option.value);
		expect(values?.includes('none')).toBe(isOptional);
	});

	it.each<[string, INodeParameters, string]>([
		['one image', { imageSource: 'url' }, 'Image URL'],
		[
			'reference images',
			{ ...catalogueModel('kirin_v1_6_multi_i2v'), referenceImagesSource: 'url' },
			'Reference Images URLs',
		],
	])('have an address where that is chosen, for %s', (_, parameters, label) => {
		expect(fieldsShown(description, generateFromImage(parameters))).toContain(label);
	});
});

describe('Shots', () => {
	const shown = (parameters: INodeParameters) =>
		propertiesShown(description, generateFromText(parameters)).find(
			({ displayName }) => displayName === 'Shots',
		);

	it('are a list for the models that have them, and for a model from an expression', () => {
		for (const parameters of [catalogueModel('kirin_v3_t2v'), modelById('={{ $json.model }}')]) {
			expect(shown(parameters)).toMatchObject({
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				options: [{ values: [{ name: 'prompt' }, { name: 'duration' }] }],
			});
		}
		expect(shown(catalogueModel('kirin_v2_6_t2v'))).toBeUndefined();
	});

	it('make the prompt optional, as n8n would not run a workflow without it', () => {
		const [prompt] = propertiesShown(
			description,
			generateFromText(catalogueModel('kirin_v3_t2v')),
		).filter(({ displayName }) => displayName === 'Prompt');
		expect(prompt).not.toHaveProperty('required');
	});
});

describe('The fields of a known model', () => {
	const v26 = generateFromText({ ...catalogueModel('kirin_v2_6_t2v'), mode: 'pro' });

	it('start where the reference says', () => {
		expect(withDefaults(description, v26)).toMatchObject({
			duration: '5',
			aspectRatio: '16:9',
			sound: false,
		});
	});

	it('say their limits and conditions', () => {
		const said = [
			...propertiesShown(description, v26),
			...propertiesOffered(description, { ...v26, ...catalogueModel('kirin_v1_t2v'), mode: 'std' }),
		].map(({ displayName, description: text }) => [displayName, text]);

		expect(Object.fromEntries(said)).toMatchObject({
			Prompt: 'What the video should show, in at most 2500 characters for most models',
			'Negative Prompt':
				'What the video should not show, in at most 2500 characters for most models',
			Sound: 'Whether the video has sound. Only with Mode pro.',
			'CFG Scale': 'How closely the video follows the prompt, as a number from 0 to 1',
			'Camera Control': expect.stringMatching(
				/JSON object.*For example \{.*Only with Mode std and Duration 5\.$/,
			) as string,
		});
	});
});

describe('The fields of another model', () => {
	const other = generateFromText(modelById('kirin_v9_t2v'));

	it('do not insist on a prompt', () => {
		const required = propertiesShown(description, other).filter((property) => property.required);
		expect(required.map(({ displayName }) => displayName)).not.toContain('Prompt');
	});

	it('take any text where known models have choices, and any number', () => {
		const byName = new Map(
			propertiesOffered(description, other).map((property) => [property.displayName, property]),
		);
		for (const name of ['Mode', 'Duration', 'Aspect Ratio']) {
			expect(byName.get(name)).toMatchObject({ type: 'string', default: '' });
		}
		expect(byName.get('CFG Scale')?.typeOptions).toEqual({ numberPrecision: 2 });
	});
});
