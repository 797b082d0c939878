import { buildRequest, createBody } from '../../nodes/KirinVideo/request/buildRequest';
import { paramsSent, reading } from './item-parameters';
import { MASTER, TURBO } from './scripted-api';

describe('What is sent', () => {
	it('is the model at the top and all the rest in input[0].params', () => {
		const request = buildRequest(
			reading({
				model: TURBO,
				prompt: 'A kirin in the snow',
				mode: 'pro',
				duration: '10',
				aspectRatio: '9:16',
				'options.negativePrompt': 'rain',
				'options.watermark': false,
				'options.callbackUrl': 'https://hooks.example/kirin?x=1',
			}),
		);
		expect(createBody(request, 'order-7')).toEqual({
			model: TURBO,
			input: [
				{
					params: {
						prompt: 'A kirin in the snow',
						mode: 'pro',
						duration: '10',
						aspect_ratio: '9:16',
						negative_prompt: 'rain',
						watermark_info: { enabled: false },
						callback_url: 'https://hooks.example/kirin?x=1',
						external_task_id: 'order-7',
					},
				},
			],
		});
	});

	it('has no more than the defaults when only a prompt is given to V2.5 Turbo', () => {
		expect(paramsSent({ model: TURBO })).toEqual({
			prompt: 'A kirin',
			mode: 'std',
			duration: '5',
			aspect_ratio: '16:9',
			external_task_id: 'n8n-1',
		});
	});

	it('has no mode for V2 Master, even where the item has one', () => {
		expect(paramsSent({ model: MASTER, mode: 'pro' })).toEqual({
			prompt: 'A kirin',
			duration: '5',
			aspect_ratio: '16:9',
			external_task_id: 'n8n-1',
		});
	});

	it('does not even read the mode of an item for V2 Master, so a broken one does no harm', () => {
		expect(paramsSent({ model: MASTER, mode: { broken: true } })).not.toHaveProperty('mode');
	});

	it('is the prompt to the letter, spaces and line breaks too', () => {
		const prompt = '  A kirin,\n\tin the snow 🦄 ';
		expect(paramsSent({ prompt }).prompt).toBe(prompt);
	});

	it.each([
		[5, '5'],
		[10, '10'],
	])('spells the duration %d as a text', (duration, spelled) => {
		expect(paramsSent({ duration }).duration).toBe(spelled);
	});

	it.each([true, false])('has the watermark as an object that says %s', (watermark) => {
		expect(paramsSent({ 'options.watermark': watermark }).watermark_info).toEqual({
			enabled: watermark,
		});
	});

	it.each([
		['options.negativePrompt', 'negative_prompt'],
		['options.watermark', 'watermark_info'],
		['options.callbackUrl', 'callback_url'],
	])('leaves out %s when it is empty', (path, parameter) => {
		for (const value of ['', '  ', null, undefined]) {
			expect(paramsSent({ [path]: value })).not.toHaveProperty(parameter);
		}
	});

	it('leaves an empty external task ID to be made', () => {
		for (const value of ['', '  ', null, undefined]) {
			const request = buildRequest(reading({ prompt: 'x', 'options.externalTaskId': value }));
			expect(request.externalTaskId).toBeUndefined();
		}
	});

	it('is never the external task ID among the checked params: submit adds it', () => {
		const request = buildRequest(reading({ prompt: 'x', 'options.externalTaskId': 'order-7' }));
		expect(request.externalTaskId).toBe('order-7');
		expect(request.params).not.toHaveProperty('external_task_id');
	});
});
