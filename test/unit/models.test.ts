import {
	type ParameterName,
	type Model,
	findModel,
	findModelByErrorCode,
	modelName,
	models,
} from '../../nodes/KirinVideo/request/models';
import { parameterFields, taskFields } from '../../nodes/KirinVideo/request/parameters';
import {
	type ChoiceRule,
	type Rule,
	listConditions,
	loosen,
	summaryOf,
} from '../../nodes/KirinVideo/request/rules';
import { type Page, type Row, PAGES } from '../sandbox/pages';

/** What models have in the API that the node makes from other fields, or has no field for. */
const MADE_OR_MISSING = [
	'multi_shot',
	'shot_type',
	'image',
	'image_tail',
	'image_list',
	'static_mask',
];

function valuesOf(rule: Rule | undefined): string[] | undefined {
	if (rule?.kind === 'switch') return ['on', 'off'];
	return rule?.kind === 'choice' ? rule.choices.map(({ value }) => value) : undefined;
}

/** Whether a rule says exactly what a row of the page says. */
function expectRow(rule: Rule | undefined, row: Row, isRequired: boolean): void {
	if ('options' in row) {
		expect(valuesOf(rule)).toEqual(row.options);
		expect(rule).not.toHaveProperty('isOpen');
	} else if ('most' in row) {
		expect(rule).toMatchObject({ kind: 'text', maxCharacters: row.most, required: isRequired });
	} else if ('from' in row) {
		expect(rule).toMatchObject({ kind: 'number', least: row.from, most: row.to });
	} else {
		expect(rule).toBeDefined();
	}
}

/** Whether a rule limits nothing. */
function isWithoutLimits(rule: Rule): boolean {
	if (rule.kind === 'choice') return rule.isOpen === true;
	if (rule.kind === 'switch' || rule.kind === 'watermark') return rule.onlyWith === undefined;
	return JSON.stringify({ ...rule, replacedBy: undefined }) === JSON.stringify(openOf(rule));
}

function openOf(rule: Rule): Rule {
	return rule.kind === 'text' ? { kind: 'text', required: false } : loosen(rule);
}

describe('Every model is in the catalogue, and no other', () => {
	it('as the pages have them', () => {
		expect(models.map(({ id }) => id).sort()).toEqual(Object.keys(PAGES).sort());
	});
});

describe.each(models.map((model) => [model.id, model, PAGES[model.id] as Page] as const))(
	'%s',
	(_, { id, parameters, images, documentationUrl, notVerified }, page) => {
		const rows = Object.entries(page.rows).filter(([name]) => !MADE_OR_MISSING.includes(name));

		it('has what its page says, as it says it', () => {
			for (const [name, row] of rows) {
				expectRow(parameters[name as ParameterName], row, page.required.includes(name));
			}
		});

		it('has nothing else but what its page was not read for, and that without limits', () => {
			const others = Object.entries(parameters).filter(
				([name]) => !Object.hasOwn(page.rows, name) && name !== 'watermark_info',
			);
			expect(others.filter(([, rule]) => !isWithoutLimits(rule))).toEqual([]);
			if (page.read === 'all parameters') expect(others).toEqual([]);
			for (const name of page.absent ?? []) expect(parameters).not.toHaveProperty(name);
		});

		it('says so where something is not verified', () => {
			const isInDoubt = Object.values(parameters).some(
				(rule) => rule.kind === 'choice' && rule.isOpen,
			);
			expect(notVerified !== undefined).toBe(isInDoubt || page.doubtful !== undefined);
		});

		it('takes images of the limits that its page has', () => {
			for (const [name, row] of Object.entries(page.rows)) {
				if (!('image' in row)) continue;
				const { limits } = images?.[name as 'image' | 'image_tail'] ?? {};
				expect(limits).toEqual({
					formats: ['jpg', 'png'],
					maxBytes: 10_000_000,
					leastSide: 300,
					...(row.image.startsWith('A') && { mostRatio: 2.5 }),
					...(row.image.endsWith('at most 10 MB') && { mayBeMaxBytes: true }),
				});
			}
			expect(images !== undefined).toBe(id.endsWith('i2v'));
		});

		it('has a page at the provider', () => {
			const page = `https://doc\\.vtrix\\.ai/(docs|domestic)/api/vtrix/${id.replaceAll('_', '-')}`;
			expect(documentationUrl).toMatch(new RegExp(`^${page}$`));
		});
	},
);

describe('The tables of models', () => {
	it.each<[Rule, string]>([
		[{ kind: 'text', required: true, maxCharacters: 9 }, '1 to 9 characters'],
		[{ kind: 'text', required: true }, 'required'],
		[{ kind: 'text', required: false }, 'yes'],
		[{ kind: 'choice', choices: [{ name: 'Pro', value: 'pro' }], default: 'pro' }, 'pro'],
		[(findModel('kirin_v3_t2v') as Model).parameters.duration as Rule, '3 to 15'],
		[{ kind: 'shots' }, 'yes'],
		[{ kind: 'shots', maxShots: 6 }, 'at most 6'],
		[{ kind: 'number', least: 0, most: 1, suggestion: 1 }, '0 to 1'],
		[{ kind: 'wholeNumber', least: 0, most: 9, suggestion: 1 }, 'a whole number from 0 to 9'],
		[{ kind: 'switch', onlyWith: { mode: ['pro'] } }, 'only with Mode pro'],
		[{ kind: 'anyText' }, 'yes'],
	])('say of %j: %s', (rule, words) => {
		expect(summaryOf(rule)).toBe(words);
	});
});

describe('Rules of single models', () => {
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
			for (const rule of Object.values(parameters)) {
				if (rule.kind === 'choice') expect(valuesOf(rule)).toContain(rule.default);
			}
		}
	});

	it('makes rules across parameters of values that the same model has', () => {
		for (const { parameters, images } of models) {
			const { besideImage, alone } = images?.image_tail ?? {};
			const conditions = [
				...Object.values(parameters).map((rule) => rule.onlyWith),
				besideImage,
				alone,
			];
			for (const [name, values] of conditions.flatMap(listConditions)) {
				const { choices } = parameters[name] as ChoiceRule;
				expect(choices.map(({ value }) => value)).toEqual(expect.arrayContaining([...values]));
			}
		}
	});

	it('has a field in the editor for every parameter of the pages but the model', () => {
		expect(Object.keys({ ...parameterFields, ...taskFields }).sort()).toEqual([
			'aspect_ratio',
			'callback_url',
			'camera_control',
			'cfg_scale',
			'duration',
			'external_task_id',
			'mode',
			'multi_prompt',
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
