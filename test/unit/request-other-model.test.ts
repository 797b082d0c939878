import { modelById } from '../saved-parameters';
import { buildRequest, createBody } from '../../nodes/KirinVideo/request/buildRequest';
import { paramsSent, reading, refusalOf } from './item-parameters';

const NEW = 'kirin_v9_t2v';
const other = { ...modelById(NEW) };
const only = (params: object) => ({ ...params, external_task_id: 'n8n-1' });

describe('Another model by its ID', () => {
	it('is sent under that ID, with nothing that the user did not set', () => {
		const request = buildRequest(reading({ ...other, prompt: 'A kirin' }));
		expect(createBody(request, 'n8n-1')).toEqual({
			model: NEW,
			input: [{ params: only({ prompt: 'A kirin' }) }],
		});
		expect(request.model.documentationUrl).toBeUndefined();
	});

	it.each(['', '  ', null, undefined])('needs no prompt (%j)', (prompt) => {
		expect(paramsSent({ ...other, prompt })).toEqual(only({}));
	});

	it('may have a prompt of any length', () => {
		const prompt = 'x'.repeat(100_000);
		expect(paramsSent({ ...other, prompt }).prompt).toBe(prompt);
	});

	it('takes every option with whatever value the service might take', () => {
		expect(
			paramsSent({
				...other,
				'options.mode': 'ultra',
				'options.duration': 7,
				'options.aspectRatio': '21:9',
				'options.sound': true,
				'options.negativePrompt': 'x'.repeat(3000),
				'options.cfgScale': 12,
				'options.cameraControl': '{"type": "orbit"}',
				'options.watermark': false,
				'options.additionalParameters': '{"seed": 1}',
			}),
		).toEqual(
			only({
				prompt: 'A kirin',
				mode: 'ultra',
				duration: '7',
				aspect_ratio: '21:9',
				sound: 'on',
				negative_prompt: 'x'.repeat(3000),
				cfg_scale: 12,
				camera_control: { type: 'orbit' },
				watermark_info: { enabled: false },
				seed: 1,
			}),
		);
	});

	it('is sent what the user sets, also where it is the preset of known models', () => {
		const values = { 'options.duration': '5', 'options.mode': 'std', 'options.sound': false };
		expect(paramsSent({ ...other, ...values })).toMatchObject({
			duration: '5',
			mode: 'std',
			sound: 'off',
		});
	});

	it('has no rules across parameters', () => {
		const values = { 'options.mode': 'std', 'options.sound': true };
		expect(paramsSent({ ...other, ...values })).toMatchObject({ mode: 'std', sound: 'on' });
	});

	it('takes additional parameters that no field has set', () => {
		const path = 'options.additionalParameters';
		expect(paramsSent({ ...other, [path]: { duration: 7 } }).duration).toBe('7');
		expect(
			refusalOf({ ...other, 'options.duration': '7', [path]: { duration: 8 } }).message,
		).toContain('must not have the key duration (it is the number 8): the field Duration sets it');
		expect(refusalOf({ ...other, [path]: { external_task_id: 'x' } }).message).toContain(
			'the field External Task ID sets it',
		);
	});

	it.each([undefined, null, '', ' ', 'two words', 5, ['kirin_v9_t2v'], 'x'.repeat(129), 'a\nb'])(
		'may not have the ID %j',
		(modelId) => {
			expect(refusalOf(modelById(modelId as string)).message).toMatch(
				/^Model must be one of .* or the ID of another model \(1 to 128 .*\), but is /,
			);
		},
	);

	it.each([
		['Prompt', { prompt: { text: 'A kirin' } }, 'must be text or a number, but is the object'],
		['Prompt', { prompt: 'half \ud83e' }, 'half a character'],
		['Duration', { 'options.duration': ['7'] }, 'must be text or a number, but is a list'],
		['Sound', { 'options.sound': 'loud' }, 'must be true or false'],
		['CFG Scale', { 'options.cfgScale': 'high' }, 'must be a number, but is "high"'],
		['CFG Scale', { 'options.cfgScale': Infinity }, 'must be a number, but is the number Infinity'],
		['Camera Control', { 'options.cameraControl': 'left' }, 'must be a JSON object'],
		['Watermark', { 'options.watermark': 'yes' }, 'must be true or false'],
	])('cannot be sent a %s that has no form', (field, values, problem) => {
		const { message, details } = refusalOf({ ...other, ...values });
		expect(message.startsWith(`${field} `)).toBe(true);
		expect(message).toContain(problem);
		expect(details).toEqual({ field });
	});
});

describe('A model that an expression gives and the catalogue does not have', () => {
	const presets = { mode: 'std', duration: '5', aspectRatio: '16:9', sound: false };

	it.each([NEW, 'happyhorse_1.0_t2v', 'vendor/model-2'])('is sent under its ID: %s', (model) => {
		expect(buildRequest(reading({ model, prompt: 'A kirin' })).model.id).toBe(model);
	});

	it('is not sent what the fields start with: it may lack them', () => {
		expect(paramsSent({ model: NEW, ...presets })).toEqual(only({ prompt: 'A kirin' }));
	});

	it('is sent what was set in the fields of the known models, whatever it is', () => {
		const values = { mode: 'pro', duration: 7, aspectRatio: '4:3', sound: true };
		expect(paramsSent({ model: NEW, ...presets, ...values })).toEqual(
			only({ prompt: 'A kirin', mode: 'pro', duration: '7', aspect_ratio: '4:3', sound: 'on' }),
		);
	});
});

describe('A slip in Additional Parameters', () => {
	const warningsFor = (additional: object) =>
		buildRequest(
			reading({
				model: 'kirin_v9_t2v',
				prompt: 'A kirin',
				'options.additionalParameters': additional,
			}),
		);

	it.each([
		['durration', 'duration'],
		['aspectRatio', 'aspect_ratio'],
		['Image_List', 'image_list'],
		['negativ_prompt', 'negative_prompt'],
		['sond', 'sound'],
		['shot_typ', 'shot_type'],
	])('%s is told, and sent as it is', (key, meant) => {
		const { warnings, params } = warningsFor({ [key]: 'x' });
		expect(warnings).toEqual([`Additional Parameters has the key ${key}: was ${meant} meant?`]);
		expect(params).toMatchObject({ [key]: 'x' });
	});

	it.each(['duration', 'image_list', 'seed', 'fps', 'style', 'x', 'k'.repeat(9999)])(
		'%s is none',
		(key) => {
			expect(warningsFor({ [key]: 'x' })).not.toHaveProperty('warnings');
		},
	);
});
