import { modelById } from '../saved-parameters';
import * as fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { readNumber } from '../../nodes/KirinVideo/request/values';
import { buildRequest, createBody } from '../../nodes/KirinVideo/request/buildRequest';
import { PAGES, PROMPT_IDS } from '../sandbox/pages';
import { reading } from './item-parameters';

type Rule = (params: IDataObject) => boolean;

/** The rules across parameters. */
const TOGETHER: Record<string, Rule> = {
	kirin_v2_6_t2v: ({ sound, mode }) => sound !== 'on' || mode === 'pro',
	kirin_v1_t2v: ({ camera_control: camera, mode, duration }) =>
		camera === undefined || (mode === 'std' && duration === '5'),
};

/** The node sends what has a default, so that what was paid for can be read in the request. */
const ALWAYS = ['prompt', 'duration', 'aspect_ratio', 'mode'];

/** Parameters of every model, and two that no page has. */
const OF_ALL = ['external_task_id', 'callback_url', 'watermark_info', 'seed', 'style'];

const isObject = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown, least: number) => {
	if (typeof value !== 'string') return false;
	const characters = [...value].length;
	const survivesUtf8 = Buffer.from(value, 'utf8').toString('utf8') === value;
	return characters >= least && characters <= 2500 && survivesUtf8;
};

const ruleOf: Record<string, (value: unknown) => boolean> = {
	prompt: (value) => isText(value, 1),
	negative_prompt: (value) => isText(value, 1),
	duration: (value) => value === '5' || value === '10',
	aspect_ratio: (value) => value === '16:9' || value === '9:16' || value === '1:1',
	mode: (value) => value === 'std' || value === 'pro',
	watermark_info: (value) => {
		const entries = Object.entries(value as object);
		return (
			entries.length === 1 && entries[0]?.[0] === 'enabled' && typeof entries[0][1] === 'boolean'
		);
	},
	sound: (value) => value === 'on' || value === 'off',
	cfg_scale: (value) => typeof value === 'number' && value >= 0 && value <= 1,
	camera_control: (value) => isObject(value) && Object.keys(value as object).length > 0,
	callback_url: (value) => typeof value === 'string' && /^https?:$/.test(new URL(value).protocol),
	external_task_id: (value) =>
		typeof value === 'string' && value.length > 0 && encodeURIComponent(value).length > 0,
};

function breaches(body: IDataObject): string[] {
	const id = body.model as string;
	const [input, ...more] = body.input as Array<{ params: IDataObject }>;
	if (!input || more.length > 0) return ['not exactly one input'];
	const { params } = input;
	if (typeof params.external_task_id !== 'string') return ['no external task ID'];
	if (!PROMPT_IDS.includes(id)) return /^[\w.:/@-]{1,128}$/.test(id) ? [] : ['no model ID'];
	const own = Object.keys(PAGES[id]?.rows ?? {});
	const names = Object.keys(params);
	return [
		...ALWAYS.filter((name) => own.includes(name) && !names.includes(name)).map(
			(name) => `${name} is missing`,
		),
		...names
			.filter((name) => ![...own, ...OF_ALL].includes(name))
			.map((name) => `${name} is not of this model`),
		...names
			.filter((name) => ruleOf[name]?.(params[name]) === false)
			.map((name) => `${name} is bad`),
		...(TOGETHER[id]?.(params) === false ? ['a rule across parameters is broken'] : []),
	];
}

const anything = fc.anything({
	withDate: true,
	withMap: true,
	withNullPrototype: true,
	withObjectString: true,
	withSet: true,
	withSparseArray: true,
	withTypedArray: true,
});

/** Half good, half whatever an expression may come up with. */
function often(...good: unknown[]) {
	return fc.oneof(
		{ weight: 6, arbitrary: fc.constantFrom(...good) },
		{ weight: 1, arbitrary: anything },
	);
}

const texts = fc.oneof(
	{ weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
	{
		weight: 2,
		arbitrary: fc
			.tuple(fc.constantFrom('k', '🦄', '麒', '\ud83e'), fc.integer({ min: 2498, max: 2502 }))
			.map(([character, count]) => character.repeat(count)),
	},
	{ weight: 1, arbitrary: anything },
);

const items = fc.record(
	{
		model: often(...PROMPT_IDS, 'kirin_v3_t2v', modelById('happyhorse_1.0_t2v').model),
		prompt: texts,
		mode: often('std', 'pro'),
		duration: often('5', '10', 5, 10),
		aspectRatio: often('16:9', '9:16', '1:1'),
		sound: often(true, false, 'on', 'off'),
		'options.mode': often('ultra', 'pro'),
		'options.duration': often('7', 15),
		'options.sound': often(true, false),
		'options.cfgScale': often(0, 0.5, 1, '0.25'),
		'options.cameraControl': often({ type: 'simple' }, '{"type": "simple"}', '{}'),
		'options.additionalParameters': fc.oneof(
			{
				weight: 6,
				arbitrary: fc.constantFrom({ seed: 7 }, '{"style": "ink"}', { duration: '7' }, null),
			},
			{ weight: 1, arbitrary: fc.string() },
		),
		'options.negativePrompt': texts,
		'options.watermark': often(true, false, null),
		'options.callbackUrl': fc.oneof(fc.webUrl(), fc.string(), anything),
		'options.externalTaskId': fc.oneof(fc.uuid(), fc.string({ unit: 'binary' }), anything),
	},
	{ requiredKeys: ['prompt'] },
);

describe('Whatever an item holds', () => {
	it('it is refused in our own words, or what is sent obeys the page of its model', () => {
		let sent = 0;
		fc.assert(
			fc.property(items, (values) => {
				let body: IDataObject;
				try {
					const request = buildRequest(reading(values));
					body = createBody(request, request.externalTaskId ?? 'n8n-1');
				} catch (error) {
					expect(error).toBeInstanceOf(TaskError);
					return;
				}
				sent++;
				expect(breaches(body)).toEqual([]);
			}),
			{ numRuns: 3000 },
		);
		// A check that refuses everything would pass too.
		expect(sent).toBeGreaterThan(30);
	});

	it('a number is within its bounds or refused', () => {
		fc.assert(
			fc.property(fc.oneof(anything, fc.double(), fc.double().map(String)), (value) => {
				try {
					const read = readNumber(
						reading({ x: value }),
						{ path: 'x', label: 'X' },
						{ least: 1, most: 10, preset: 5 },
					);
					expect(read).toBeGreaterThanOrEqual(1);
					expect(read).toBeLessThanOrEqual(10);
				} catch (error) {
					expect(error).toBeInstanceOf(TaskError);
				}
			}),
		);
	});
});

describe('A number', () => {
	const bounds = { least: 1, most: 3600, preset: 5 };
	const field = { path: 'x', label: 'Interval (Seconds)' };

	it.each([
		[1, 1],
		[3600, 3600],
		['12.5', 12.5],
	])('may be %j', (value, read) => {
		expect(readNumber(reading({ x: value }), field, bounds)).toBe(read);
	});

	it('is the preset when the user added none', () => {
		expect(readNumber(reading({}), field, bounds)).toBe(5);
	});

	it.each([0.99, 3601, NaN, '', 'soon', null, undefined, true, [5], '5s'])(
		'may not be %j, and the refusal names the bounds',
		(value) => {
			expect(() => readNumber(reading({ x: value }), field, bounds)).toThrow(
				/^Interval \(Seconds\) must be a number from 1 to 3600, but is .+/,
			);
		},
	);
});
