import { modelById } from '../saved-parameters';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { countCharacters } from '../../nodes/KirinVideo/request/values';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import { paramsSent, reading, refusalOf } from './item-parameters';
import { MASTER, TURBO } from './scripted-api';

const circular: Record<string, unknown> = {};
circular.itself = circular;

const texts = [
	['Prompt', 'prompt'],
	['Negative Prompt', 'options.negativePrompt'],
] as const;

// Each model has the rules of its page (models.test.ts), so what a rule does is tried with one of them.
const model = TURBO;

describe('Texts', () => {
	describe.each(texts)('%s', (label, path) => {
		it.each([
			['letters', 'k'],
			['emoji outside the basic plane', '🦄'],
			['Chinese', '麒'],
		])('may have 2500 characters: %s', (_, character) => {
			const text = character.repeat(2500);
			expect(Object.values(paramsSent({ model, [path]: text }))).toContain(text);
		});

		it.each([
			['letters', 'k'],
			['emoji', '🦄'],
		])('may not have 2501: %s', (_, character) => {
			const { message } = refusalOf({ model, [path]: character.repeat(2501) });
			expect(message).toMatch(new RegExp(`^${label} must have .*2500 characters, but has 2501$`));
		});

		it.each([
			['a list', ['A kirin'], 'a list (["A kirin"])'],
			['an object', { text: 'A kirin' }, 'the object {"text":"A kirin"}'],
			['a number', 42, 'the number 42'],
			['a boolean', true, 'the boolean true'],
		])('may not be %s', (_, value, shown) => {
			const { message } = refusalOf({ model, [path]: value });
			expect(message.startsWith(`${label} must be text of `)).toBe(true);
			expect(message).toContain('2500 characters');
			expect(message).toContain(shown);
		});

		it.each([
			['the first half of an emoji', 'A kirin \ud83e'],
			['the second half of one', '\udd84 A kirin'],
			['two halves the wrong way round', '\udd84\ud83e'],
		])('may not have %s: it has no form on the wire', (_, value) => {
			const { message } = refusalOf({ model, [path]: value });
			expect(message).toContain(label);
			expect(message).toMatch(/half a character/);
		});
	});

	it.each([undefined, null, '', ' \n\t '])('Prompt may not be empty (%j)', (prompt) => {
		expect(refusalOf({ model, prompt }).message).toBe(
			'Prompt must be text of 1 to 2500 characters, but is empty',
		);
	});
});

const choices: Array<[string, string, string]> = [
	['Mode', 'mode', 'std, pro'],
	['Duration', 'duration', '5, 10'],
	['Aspect Ratio', 'aspectRatio', '16:9, 9:16, 1:1'],
];

describe.each(choices)('%s', (label, path, allowed) => {
	it.each([
		[undefined, 'empty'],
		[null, 'empty'],
		['', 'empty'],
		['15', '"15"'],
		[' 5', '" 5"'],
		['STD', '"STD"'],
		['4:3', '"4:3"'],
		[7, 'the number 7'],
		[true, 'the boolean true'],
		[['5'], 'a list (["5"])'],
		[{ value: 'std' }, 'the object {"value":"std"}'],
	])('may not be %j', (value, shown) => {
		expect(refusalOf({ model: TURBO, [path]: value }).message).toBe(
			`${label} must be one of ${allowed}, but is ${shown}`,
		);
	});
});

describe('Model', () => {
	it.each([
		undefined,
		null,
		'',
		'Kirin V2.5 Turbo',
		' kirin_v2_5_turbo_t2v',
		'[object Object]',
		'x'.repeat(129),
		5,
		['kirin_v2_master_t2v'],
		{ id: TURBO },
	])('may not be %j', (model) => {
		const { message } = refusalOf({ model });
		expect(message).toMatch(/^Model must be one of .*, or the ID of another model .*, but is /);
		expect(message).toContain(TURBO);
		expect(message).toContain(MASTER);
	});
});

describe('Watermark', () => {
	it.each([
		['true', '"true"'] as const,
		[1, 'the number 1'] as const,
		[[], 'a list ([])'] as const,
	])('may not be %j', (value, shown) => {
		expect(refusalOf({ 'options.watermark': value }).message).toBe(
			`Watermark must be true or false, but is ${shown}`,
		);
	});

	it('may be the object of the API, as Additional Parameters have it', () => {
		expect(paramsSent({ 'options.watermark': { enabled: true } }).watermark_info).toEqual({
			enabled: true,
		});
	});
});

describe('Sound', () => {
	const model = 'kirin_v2_6_t2v';

	it.each([true, 'on'])('may be %j with the mode pro', (sound) => {
		expect(paramsSent({ model, mode: 'pro', sound }).sound).toBe('on');
	});

	it.each([false, 'off', null, undefined, ''])('%j is what the service does anyway', (sound) => {
		for (const mode of ['std', 'pro']) {
			expect(paramsSent({ model, mode, sound })).not.toHaveProperty('sound');
		}
	});

	it('may not be on with the mode std, and the refusal explains the rule', () => {
		expect(refusalOf({ model, mode: 'std', sound: true }).message).toBe(
			'Sound can only be used with Mode pro, but Mode is "std"',
		);
		expect(refusalOf({ model, sound: true }).message).toContain('with Mode pro');
	});

	it.each(['yes', 1, ['on']])('may not be %j', (sound) => {
		expect(refusalOf({ model, mode: 'pro', sound }).message).toMatch(
			/^Sound must be true or false, but is /,
		);
	});
});

describe('CFG Scale', () => {
	const model = 'kirin_v1_t2v';

	it.each([
		[0, 0],
		[0.35, 0.35],
		[1, 1],
		['0.5', 0.5],
	])('may be %j', (value, sent) => {
		expect(paramsSent({ model, 'options.cfgScale': value }).cfg_scale).toBe(sent);
	});

	it.each([null, undefined, '', '  '])('is not sent when it is %j', (value) => {
		expect(paramsSent({ model, 'options.cfgScale': value })).not.toHaveProperty('cfg_scale');
	});

	it.each([
		[-0.1, 'the number -0.1'],
		[1.1, 'the number 1.1'],
		['much', '"much"'],
		[true, 'the boolean true'],
		[NaN, 'the number NaN'],
	])('may not be %j', (value, shown) => {
		expect(refusalOf({ model, 'options.cfgScale': value }).message).toBe(
			`CFG Scale must be a number from 0 to 1, but is ${shown}`,
		);
	});
});

describe('Camera Control', () => {
	const model = 'kirin_v1_t2v';
	const zoom = { type: 'simple', config: { zoom: 5 } };

	it.each([
		['an object', zoom],
		['a text that spells one', JSON.stringify(zoom)],
	])('may be %s', (_, value) => {
		expect(paramsSent({ model, 'options.cameraControl': value }).camera_control).toEqual(zoom);
	});

	it.each(['{}', '', null, undefined, {}])('is not sent when it is %j', (value) => {
		for (const duration of ['5', '10']) {
			const sent = paramsSent({ model, duration, 'options.cameraControl': value });
			expect(sent).not.toHaveProperty('camera_control');
		}
	});

	it.each([
		[{ mode: 'pro' }, 'Mode is "pro"'],
		[{ duration: '10' }, 'Duration is "10"'],
		[{ mode: 'pro', duration: 10 }, 'Mode is "pro" and Duration is "10"'],
	])('may not go with %j, and the refusal explains the rule', (values, but) => {
		expect(refusalOf({ model, 'options.cameraControl': zoom, ...values }).message).toBe(
			`Camera Control can only be used with Mode std and Duration 5, but ${but}`,
		);
	});

	it.each([
		['zoom', '"zoom"'],
		['{"zoom":', '"{\\"zoom\\":"'],
		[5, 'the number 5'],
		[[zoom], 'a list ('],
		['[]', '"[]"'],
		['null', '"null"'],
		[circular, 'the object that has no JSON'],
	])('may not be %p', (value, shown) => {
		const { message } = refusalOf({ model, 'options.cameraControl': value });
		expect(message).toContain('Camera Control must be a JSON object, but is ');
		expect(message).toContain(shown);
	});
});

describe('Additional Parameters', () => {
	const path = 'options.additionalParameters';

	it.each([
		['an object', { seed: 7, nested: { list: [1, null] } }],
		['a text that spells one', '{"seed": 7, "nested": {"list": [1, null]}}'],
	])('may be %s, and is sent along', (_, value) => {
		expect(paramsSent({ [path]: value })).toEqual({
			...paramsSent({}),
			seed: 7,
			nested: { list: [1, null] },
		});
	});

	it.each([null, undefined, '', '{}', {}])('adds nothing when it is %j', (value) => {
		expect(paramsSent({ [path]: value })).toEqual(paramsSent({}));
	});

	it.each([
		['prompt', 'Prompt', { prompt: 'A kirin' }],
		['duration', 'Duration', { duration: '10' }],
		['negative_prompt', 'Negative Prompt', { 'options.negativePrompt': 'rain' }],
		['watermark_info', 'Watermark', { 'options.watermark': true }],
		['external_task_id', 'External Task ID', {}],
		['callback_url', 'Callback URL', {}],
	])('may not have %s where the field %s sets it', (key, label, values) => {
		for (const model of [TURBO, MASTER]) {
			expect(refusalOf({ model, ...values, [path]: { [key]: 'x' } }).message).toBe(
				`Additional Parameters must not have the key ${key} (it is "x"): the field ${label} sets it`,
			);
		}
	});

	it('may set what the field leaves alone: it had none when the workflow was saved', () => {
		const fields = { mode: 'std', duration: '5' };
		const additional = { mode: 'pro', duration: '10', watermark_info: { enabled: true }, seed: 7 };
		expect(paramsSent({ ...fields, [path]: additional })).toMatchObject(additional);
	});

	it('is held to the rules of the model all the same', () => {
		expect(refusalOf({ duration: '5', [path]: { duration: 7 } }).message).toBe(
			'Duration must be one of 5, 10, but is the number 7',
		);
	});

	it('may have what the model lacks as far as we know', () => {
		expect(paramsSent({ model: MASTER, [path]: { mode: 'pro' } }).mode).toBe('pro');
	});

	it.each(['seed=7', '[]', 7, true])('may not be %j', (value) => {
		expect(refusalOf({ [path]: value }).message).toMatch(
			/^Additional Parameters must be a JSON object, but is /,
		);
	});

	it('keeps a key that is a name of JavaScript', () => {
		const sent = paramsSent({ [path]: '{"__proto__": {"a": 1}, "constructor": 2}' });
		expect(Object.keys(sent)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
	});
});

describe('Callback URL', () => {
	it.each([
		'https://hooks.example',
		'http://10.0.0.7:5678/webhook/a?b=c',
		'HTTPS://HOOKS.EXAMPLE/x',
	])('may be %s', (url) => {
		expect(paramsSent({ 'options.callbackUrl': url }).callback_url).toBe(url);
	});

	it.each([
		'hooks.example/kirin',
		'//hooks.example',
		'ftp://hooks.example',
		'javascript:alert(1)',
		'file:///etc/passwd',
		'http://',
		'https://a b',
		5,
		true,
		['https://hooks.example'],
		{ url: 'https://hooks.example' },
	])('may not be %j', (url) => {
		expect(refusalOf({ 'options.callbackUrl': url }).message).toMatch(
			/^Callback URL must be a URL that starts with http:\/\/ or https:\/\/, but is .+/,
		);
	});
});

describe('External Task ID', () => {
	it.each([
		['order-7', 'order-7'],
		['a/b?c#d%e', 'a/b?c#d%e'],
		['麒麟-🦄', '麒麟-🦄'],
		['x'.repeat(128), 'x'.repeat(128)],
		[1234567, '1234567'],
		['007', '007'],
	])('may be %j', (id, sent) => {
		const read = reading({ prompt: 'A kirin', 'options.externalTaskId': id });
		expect(buildRequest(read).externalTaskId).toBe(sent);
	});

	it.each([
		'two words',
		'line\nbreak',
		'tab\t',
		'zero\u0000',
		'half \ud83e',
		'half\ud83e',
		'.',
		'..',
		true,
		['order-7'],
		{ id: 'order-7' },
	])('may not be %j', (id) => {
		const { message } = refusalOf({ 'options.externalTaskId': id });
		expect(message).toMatch(/^External Task ID must be an ID of 1 to 128 characters.*, but is .+/);
	});

	it('may not have 129 characters', () => {
		expect(refusalOf({ 'options.externalTaskId': 'x'.repeat(129) }).message).toMatch(
			/^External Task ID .*128 characters.*129/,
		);
	});

	it.each([NaN, Infinity])('may not be the outcome of a broken sum: %d', (id) => {
		expect(refusalOf({ 'options.externalTaskId': id }).message).toMatch(
			/^External Task ID must be/,
		);
	});
});

describe('Every refusal', () => {
	const refused: Array<[string, Record<string, unknown>]> = [
		['Prompt', { prompt: '' }],
		['Mode', { mode: 'turbo' }],
		['Duration', { duration: 7 }],
		['Aspect Ratio', { aspectRatio: '4:3' }],
		['Negative Prompt', { 'options.negativePrompt': 5 }],
		['Watermark', { 'options.watermark': 'yes' }],
		['Callback URL', { 'options.callbackUrl': 'x' }],
		['External Task ID', { 'options.externalTaskId': 'a b' }],
		['Model', { model: 'no ID' }],
		['Model', modelById('')],
		['Sound', { model: 'kirin_v2_6_t2v', sound: true }],
		['CFG Scale', { model: 'kirin_v1_t2v', 'options.cfgScale': 2 }],
		['Camera Control', { model: 'kirin_v1_t2v', 'options.cameraControl': 'left' }],
		['Additional Parameters', { 'options.additionalParameters': '[]' }],
	];

	it.each(refused)(
		'of %s names the field for a workflow, and says that it cost nothing',
		(field, values) => {
			const { details, description } = refusalOf(values);
			expect(details).toEqual({ field });
			expect(description).toMatch(/nothing is billed/i);
			expect(description).toMatch(/correct the value/i);
		},
	);

	it('is short, however large the value', () => {
		expect(refusalOf({ prompt: ['x'.repeat(100_000)] }).message.length).toBeLessThan(200);
	});

	it('never has half a character in it', () => {
		for (const padding of ['', ' ', '  ', '   ']) {
			const { message } = refusalOf({ duration: `${padding}${'🦄'.repeat(100)}` });
			expect(message).not.toMatch(/\p{Surrogate}/u);
		}
	});

	it.each([
		['a big integer', 10n],
		['an object that contains itself', circular],
		[
			'an object that cannot be spelled',
			{
				toJSON() {
					throw new Error('no');
				},
			},
		],
	])('is a clear one for %s too', (_, value) => {
		const error = refusalOf({ prompt: value });
		expect(error).toBeInstanceOf(TaskError);
		expect(error.message).toMatch(/^Prompt must be text of 1 to 2500 characters, but is /);
	});

	it.each([NaN, Infinity, -Infinity])('shows the number %d as it is', (value) => {
		expect(refusalOf({ duration: value }).message).toContain(String(value));
	});
});

describe('Characters', () => {
	it.each([
		['', 0],
		['kirin', 5],
		['🦄🦄', 2],
		['e\u0301', 2],
	])('of %j are counted as people count them: %d', (text, count) => {
		expect(countCharacters(text)).toBe(count);
	});
});
