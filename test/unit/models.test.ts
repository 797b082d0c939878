import {
	findModel,
	findModelByErrorCode,
	modelName,
	models,
	modelsFor,
	type Model,
} from '../../nodes/KirinVideo/request/models';
import { modelFields, taskFields } from '../../nodes/KirinVideo/request/parameters';
import { type ChoiceRule, type Rule, listConditions } from '../../nodes/KirinVideo/request/rules';

function entryOf(id: string): Model {
	const model = findModel(id);
	if (!model) throw new Error(`The catalogue has no ${id}`);
	return model;
}

function optionsOf(rule: ChoiceRule | undefined) {
	return rule && { options: rule.choices.map(({ value }) => value), preset: rule.default };
}

const common = ['prompt', 'duration', 'aspect_ratio', 'watermark_info'];
const negative = 'negative_prompt';

/** The seed pages and, for the other four, the reference's table. */
const pages: Array<[id: string, name: string, parameters: string[], page: string]> = [
	[
		'kirin_v2_5_turbo_t2v',
		'Kirin V2.5 Turbo',
		[...common, negative, 'mode'],
		'kirin-v2-5-turbo-t2v',
	],
	['kirin_v2_6_t2v', 'Kirin V2.6', [...common, negative, 'mode', 'sound'], 'kirin-v2-6-t2v'],
	['kirin_v2_1_master_t2v', 'Kirin V2.1 Master', common, 'kirin-v2-1-master-t2v'],
	['kirin_v2_master_t2v', 'Kirin V2 Master', [...common, negative], 'kirin-v2-master-t2v'],
	['kirin_v1_6_t2v', 'Kirin V1.6', [...common, negative, 'mode', 'cfg_scale'], 'kirin-v1-6-t2v'],
	[
		'kirin_v1_t2v',
		'Kirin V1',
		[...common, negative, 'mode', 'cfg_scale', 'camera_control'],
		'kirin-v1-t2v',
	],
];

describe.each(pages)('%s', (id, name, names, page) => {
	const { parameters, documentationUrl } = entryOf(id);

	it('has these parameters and no others', () => {
		expect(Object.keys(parameters).sort()).toEqual([...names].sort());
		expect(modelName(id)).toBe(name);
	});

	it('needs a prompt of at most 2500 characters, and no negative prompt', () => {
		expect(parameters.prompt).toMatchObject({ required: true, maxCharacters: 2500 });
		expect(parameters.negative_prompt ?? { required: false, maxCharacters: 2500 }).toMatchObject({
			required: false,
			maxCharacters: 2500,
		});
	});

	it('takes 5 or 10 seconds, 5 unless told, in three aspect ratios, 16:9 unless told', () => {
		expect(optionsOf(parameters.duration)).toEqual({ options: ['5', '10'], preset: '5' });
		expect(optionsOf(parameters.aspect_ratio)).toEqual({
			options: ['16:9', '9:16', '1:1'],
			preset: '16:9',
		});
	});

	it('has the modes std and pro, std unless told, or none', () => {
		const modes = names.includes('mode') ? { options: ['std', 'pro'], preset: 'std' } : undefined;
		expect(optionsOf(parameters.mode)).toEqual(modes);
	});

	it('has a page at the provider', () => {
		expect(documentationUrl).toBe(`https://doc.vtrix.ai/docs/api/vtrix/${page}`);
	});
});

describe('V2.5 Turbo for images, as the reference says', () => {
	const { parameters, images } = entryOf('kirin_v2_5_turbo_i2v');

	it('has an optional prompt and no aspect ratio', () => {
		expect(parameters.prompt).toMatchObject({ required: false, maxCharacters: 2500 });
		expect(parameters).not.toHaveProperty('aspect_ratio');
	});

	it('takes a jpg or png under 10 MB, of 300 px and more, from 1:2.5 to 2.5:1', () => {
		expect(images?.limits).toEqual({
			formats: ['jpg', 'png'],
			bytesBelow: 10_000_000,
			leastSide: 300,
			mostRatio: 2.5,
		});
	});

	it('takes an image to end with in mode pro only', () => {
		expect(images?.tailOnlyWith).toEqual({ mode: ['pro'] });
	});

	it('is the only one that takes images', () => {
		expect(modelsFor('image').map(({ id }) => id)).toEqual(['kirin_v2_5_turbo_i2v']);
		expect(modelsFor('text')).toHaveLength(models.length - 1);
	});
});

describe('Rules of single models', () => {
	it('V2.6 has sound with the mode pro only, off unless told', () => {
		expect(entryOf('kirin_v2_6_t2v').parameters.sound).toMatchObject({
			default: false,
			onlyWith: { mode: ['pro'] },
		});
	});

	it('V1 takes camera control with std and 5 seconds only', () => {
		expect(entryOf('kirin_v1_t2v').parameters.camera_control?.onlyWith).toEqual({
			mode: ['std'],
			duration: ['5'],
		});
	});

	it.each(['kirin_v1_6_t2v', 'kirin_v1_t2v'])('%s has a CFG scale from 0 to 1', (id) => {
		expect(entryOf(id).parameters.cfg_scale).toMatchObject({ least: 0, most: 1 });
	});

	it('only the seed pages tell the first digits of error codes', () => {
		const prefixes = models.flatMap(({ id, errorCodePrefix }) =>
			errorCodePrefix === undefined ? [] : [[id, errorCodePrefix]],
		);
		expect(Object.fromEntries(prefixes)).toEqual({
			kirin_v2_5_turbo_t2v: '002011',
			kirin_v2_master_t2v: '002016',
		});
	});
});

describe('The catalogue', () => {
	it('has every model once', () => {
		const ids = models.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('has a default among the options of every choice', () => {
		for (const { parameters } of models) {
			for (const rule of Object.values(parameters) as Array<{ kind: string }>) {
				if (rule.kind !== 'choice') continue;
				const { options, preset } = optionsOf(rule as ChoiceRule) ?? {};
				expect(options).toContain(preset);
			}
		}
	});

	it('makes rules across parameters of values that the same model has', () => {
		for (const { parameters } of models) {
			for (const rule of Object.values(parameters) as Rule[]) {
				for (const [name, values] of listConditions(rule.onlyWith)) {
					const { options } = optionsOf(parameters[name]) ?? {};
					expect(options).toEqual(expect.arrayContaining([...values]));
				}
			}
		}
	});

	it('has a field in the editor for every parameter of the pages but the model', () => {
		expect(Object.keys({ ...modelFields, ...taskFields }).sort()).toEqual([
			'aspect_ratio',
			'callback_url',
			'camera_control',
			'cfg_scale',
			'duration',
			'external_task_id',
			'mode',
			'negative_prompt',
			'prompt',
			'sound',
			'watermark_info',
		]);
	});

	it.each([
		['002011095', 'kirin_v2_5_turbo_t2v'],
		['002011099', 'kirin_v2_5_turbo_t2v'],
		['002016095', 'kirin_v2_master_t2v'],
		['002016099', 'kirin_v2_master_t2v'],
		['2016099', 'kirin_v2_master_t2v'],
	])('tells from the error code %s that the model was %s', (code, id) => {
		expect(findModelByErrorCode(code)?.id).toBe(id);
	});

	it.each(['002099095', 'TIMEOUT', '', '95'])('names no model for the code "%s"', (code) => {
		expect(findModelByErrorCode(code)).toBeUndefined();
	});

	it('names models for people, and an unknown one by its ID', () => {
		expect(modelName('kirin_v2_master_t2v')).toBe('Kirin V2 Master');
		expect(modelName('kirin_v9_t2v')).toBe('kirin_v9_t2v');
		expect(modelName(undefined)).toBe('unknown model');
	});
});
