import {
	findModel,
	findModelByErrorCode,
	modelName,
	models,
	type ChoiceRule,
	type Model,
} from '../../nodes/KirinVideo/models';
import { modelFields, taskFields } from '../../nodes/KirinVideo/parameters';

function entryOf(id: string): Model {
	const model = findModel(id);
	if (!model) throw new Error(`The catalogue has no ${id}`);
	return model;
}

function optionsOf(rule: ChoiceRule | undefined) {
	return rule && { options: rule.choices.map(({ value }) => value), preset: rule.default };
}

const turbo = entryOf('kirin_v2_5_turbo_t2v');
const master = entryOf('kirin_v2_master_t2v');

describe('V2.5 Turbo, as its page says', () => {
	it('has these parameters and no others', () => {
		expect(Object.keys(turbo.parameters).sort()).toEqual([
			'aspect_ratio',
			'duration',
			'mode',
			'negative_prompt',
			'prompt',
			'watermark_info',
		]);
	});

	it('has the modes std and pro, std unless told', () => {
		expect(optionsOf(turbo.parameters.mode)).toEqual({ options: ['std', 'pro'], preset: 'std' });
	});

	it('takes 5 or 10 seconds, 5 unless told', () => {
		expect(optionsOf(turbo.parameters.duration)).toEqual({ options: ['5', '10'], preset: '5' });
	});

	it('has error codes that begin with 002011', () => {
		expect(turbo.errorCodePrefix).toBe('002011');
	});
});

describe('V2 Master, as its page says', () => {
	it('has these parameters and no others: there is no mode', () => {
		expect(Object.keys(master.parameters).sort()).toEqual([
			'aspect_ratio',
			'duration',
			'negative_prompt',
			'prompt',
			'watermark_info',
		]);
	});

	it('takes 5 or 10 seconds, 5 unless told', () => {
		expect(optionsOf(master.parameters.duration)).toEqual({ options: ['5', '10'], preset: '5' });
	});

	it('has error codes that begin with 002016', () => {
		expect(master.errorCodePrefix).toBe('002016');
	});
});

describe.each([
	['V2.5 Turbo', turbo],
	['V2 Master', master],
])('%s', (_, { parameters, documentationUrl }) => {
	it('needs a prompt of at most 2500 characters', () => {
		expect(parameters.prompt).toMatchObject({ required: true, maxCharacters: 2500 });
	});

	it('may have a negative prompt of at most 2500 characters', () => {
		expect(parameters.negative_prompt).toMatchObject({ required: false, maxCharacters: 2500 });
	});

	it('takes three aspect ratios, 16:9 unless told', () => {
		expect(optionsOf(parameters.aspect_ratio)).toEqual({
			options: ['16:9', '9:16', '1:1'],
			preset: '16:9',
		});
	});

	it('has a page at the provider', () => {
		expect(documentationUrl).toMatch(/^https:\/\/doc\.vtrix\.ai\/docs\/api\/vtrix\/kirin-v2/);
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

	it('has a field in the editor for every parameter of the seed pages but the model', () => {
		expect(Object.keys({ ...modelFields, ...taskFields }).sort()).toEqual([
			'aspect_ratio',
			'callback_url',
			'duration',
			'external_task_id',
			'mode',
			'negative_prompt',
			'prompt',
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
