/** What create accepts and refuses: every rule of the two model pages. */
import { startSandbox, type Sandbox } from '../../sandbox';
import { MODELS } from '../../sandbox/models';
import { frame, jpeg, png, segment } from '../unit/image-bytes';
import { clientOf, V2, V25, type Client, type Json } from './client';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ speed: 1000 });
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const CREATE = '/model/v1/generation';
const prompt = 'A crane over a lake';
const I2V = 'kirin_v2_5_turbo_i2v';
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const photo = base64(png(640, 360));

async function refusal(response: Promise<{ status: number; data: Json }>): Promise<string> {
	const { status, data } = await response;
	const error = data.error as { code: string; message: string };
	expect({ status, requestId: typeof data.request_id }).toEqual({
		status: 400,
		requestId: 'string',
	});
	return `${error.code} ${error.message}`;
}

describe('the key', () => {
	test.each([
		['no header', undefined],
		['a wrong key', 'Bearer wrong'],
		['no scheme', 'sandbox-key'],
		['another scheme', 'Basic sandbox-key'],
	])('%s is answered 401 on every API path', async (_name, authorization) => {
		const headers = { authorization: authorization as string };
		const answers = [await client.post(CREATE, {}, headers)];
		answers.push(await client.post(`${CREATE}/precharge`, {}, headers));
		for (const { status, data } of answers) {
			expect(status).toBe(401);
			expect(data).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
			expect(typeof data.request_id).toBe('string');
		}
		expect(sandbox.ledger.tasks).toHaveLength(0);
	});
});

describe('the body', () => {
	test.each<[string, unknown, string]>([
		['an array', [], 'INVALID_BODY'],
		['no model', { input: [{ params: { prompt } }] }, 'model'],
		['an unknown model', { model: 'kirin_v9', input: [{ params: { prompt } }] }, 'kirin_v9'],
		['no input', { model: V25 }, 'input'],
		['input as an object', { model: V25, input: { params: { prompt } } }, 'input'],
		[
			'two inputs',
			{ model: V25, input: [{ params: { prompt } }, { params: { prompt } }] },
			'input',
		],
		['params at the top', { model: V25, input: [{ params: { prompt } }], prompt }, 'prompt'],
		['parameters outside params', { model: V25, input: [{ prompt }] }, 'prompt'],
		['params as a list', { model: V25, input: [{ params: [] }] }, 'params'],
	])('%s is refused', async (_name, body, word) => {
		expect(await refusal(client.post(CREATE, body))).toContain(word);
	});

	test('wrong JSON is refused', async () => {
		expect(await refusal(client.post(CREATE, Buffer.from('{"model":')))).toContain('INVALID_JSON');
	});

	test('another content type is refused', async () => {
		const headers = { 'content-type': 'text/plain' };
		expect(await refusal(client.post(CREATE, '{}', headers))).toContain('application/json');
	});
});

describe('parameters', () => {
	test.each<[string, Json, string?]>([
		['prompt', {}],
		['prompt', { prompt: '' }],
		['prompt', { prompt: 5 }],
		['prompt', { prompt: 'x'.repeat(2501) }],
		['negative_prompt', { prompt, negative_prompt: 'x'.repeat(2501) }],
		['negative_prompt', { prompt, negative_prompt: '' }],
		['duration', { prompt, duration: 5 }],
		['duration', { prompt, duration: '7' }],
		['duration', { prompt, duration: '' }],
		['aspect_ratio', { prompt, aspect_ratio: '4:3' }],
		['mode', { prompt, mode: 'best' }],
		['mode', { prompt, mode: 'std' }, V2],
		['watermark_info', { prompt, watermark_info: true }],
		['watermark_info', { prompt, watermark_info: [{ enabled: true }] }],
		['watermark_info', { prompt, watermark_info: {} }],
		['watermark_info', { prompt, watermark_info: { enabled: 'true' } }],
		['watermark_info', { prompt, watermark_info: { enabled: true, text: 'x' } }],
		['callback_url', { prompt, callback_url: 'ftp://example.com' }],
		['callback_url', { prompt, callback_url: 'example.com/hook' }],
		['callback_url', { prompt, callback_url: '' }],
		['external_task_id', { prompt, external_task_id: '' }],
		['external_task_id', { prompt, external_task_id: 7 }],
		['seed', { prompt, seed: 1 }],
		['toString', { prompt, toString: 'x' }],
		['sound', { prompt, mode: 'std', sound: 'on' }, 'kirin_v2_6_t2v'],
		['sound', { prompt, sound: 'on' }, 'kirin_v2_6_t2v'],
		['sound', { prompt, mode: 'pro', sound: true }, 'kirin_v2_6_t2v'],
		['sound', { prompt, mode: 'pro', sound: 'on' }, 'kirin_v1_6_t2v'],
		['mode', { prompt, mode: 'std' }, 'kirin_v2_1_master_t2v'],
		['cfg_scale', { prompt, cfg_scale: '0.5' }, 'kirin_v1_t2v'],
		['camera_control', { prompt, camera_control: {} }, 'kirin_v1_6_t2v'],
		['camera_control', { prompt, camera_control: '{}' }, 'kirin_v1_t2v'],
		['camera_control', { prompt, camera_control: {}, mode: 'pro' }, 'kirin_v1_t2v'],
		['negative_prompt', { prompt, negative_prompt: 'x' }, 'kirin_v2_1_master_t2v'],
		['cfg_scale', { prompt, cfg_scale: 1.1 }, 'kirin_v1_6_t2v'],
		['camera_control', { prompt, camera_control: {}, duration: '10' }, 'kirin_v1_t2v'],
	])('%s is refused in %j', async (name, params, model = V25) => {
		expect(await refusal(client.create(params, model))).toContain(`INVALID_PARAMETER ${name}:`);
		expect(await refusal(client.precharge(params, model))).toContain(name);
		expect(sandbox.ledger.tasks).toHaveLength(0);
	});

	test('everything that a page allows is accepted', async () => {
		const shared = {
			prompt,
			duration: '10',
			aspect_ratio: '9:16',
			negative_prompt: 'rain',
			watermark_info: { enabled: false },
			callback_url: 'http://127.0.0.1:9/hook',
		};
		expect((await client.create({ ...shared, mode: 'pro', external_task_id: 'a' })).status).toBe(
			200,
		);
		expect((await client.create({ ...shared, external_task_id: 'b' }, V2)).status).toBe(200);
	});

	test.each<[string, Json]>([
		['kirin_v2_6_t2v', { negative_prompt: 'rain', mode: 'pro', sound: 'on' }],
		['kirin_v2_6_t2v', { mode: 'std', sound: 'off' }],
		['kirin_v2_1_master_t2v', { duration: '10', aspect_ratio: '1:1' }],
		['kirin_v1_6_t2v', { negative_prompt: 'rain', mode: 'pro', duration: '10', cfg_scale: 1 }],
		['kirin_v1_t2v', { cfg_scale: 0, mode: 'pro', duration: '10' }],
		['kirin_v1_t2v', { camera_control: { type: 'simple' }, mode: 'std', duration: '5' }],
		['kirin_v1_t2v', { camera_control: { type: 'simple' } }],
	])('what the reference allows for %s is accepted: %j', async (model, params) => {
		expect((await client.create({ prompt, ...params }, model)).status).toBe(200);
	});

	test('another model takes anything, once the sandbox serves it', async () => {
		const params = { duration: 7, aspect_ratio: '21:9', seed: 1 };
		expect(await refusal(client.create(params, 'kirin_v9_t2v'))).toContain('unknown model');
		sandbox.settings.otherModels = ['kirin_v9_t2v'];
		expect(await client.settle(params, 'kirin_v9_t2v')).toMatchObject({ status: 'completed' });
		expect(await refusal(client.create({ callback_url: 'x' }, 'kirin_v9_t2v'))).toContain(
			'callback_url',
		);
	});

	test('2500 characters are counted as code points', async () => {
		const crane = '\u{1F426}';
		expect((await client.create({ prompt: crane.repeat(2500) })).status).toBe(200);
		expect((await client.create({ prompt: crane.repeat(2501) })).status).toBe(400);
	});

	test('an external task ID is unique, also after its task failed', async () => {
		const params = { prompt: `${prompt} [sandbox: fail]`, external_task_id: 'mine' };
		await client.settle(params);
		expect(await refusal(client.create(params))).toContain('DUPLICATE_EXTERNAL_TASK_ID');
		sandbox.settings.enforceUniqueExternalIds = false;
		expect((await client.create(params)).status).toBe(200);
	});

	test('a misspelt marker is refused', async () => {
		expect(await refusal(client.create({ prompt: '[sandbox: fial]' }))).toContain('fial');
	});
});

describe('image to video', () => {
	const create = (params: Json) => client.create(params, I2V);

	test.each<[string, Json]>([
		['image', {}],
		['image', { prompt, image: '' }],
		['image', { image: `data:image/png;base64,${photo}` }],
		['image', { image: 'ftp://example.com/x.png' }],
		['image', { image: 'https://' }],
		['image', { image: 'not base64!' }],
		['image', { image: `${photo}=` }],
		['image', { image: photo.slice(0, 20) }],
		['image', { image: Buffer.from('GIF89a, but not a picture').toString('base64') }],
		['image', { image: base64(png(299, 400)) }],
		['image', { image: base64(jpeg(frame(400, 299))) }],
		['image', { image: base64(png(1001, 400)) }],
		['image', { image: base64(png(400, 1001)) }],
		['image', { image: base64(png(400, 400, 10_000_000)) }],
		['image_tail', { image: photo, mode: 'pro', image_tail: 'x' }],
		['image_tail', { image: photo, image_tail: photo }],
		['image_tail', { image: photo, image_tail: photo, mode: 'std' }],
		['prompt', { image: photo, prompt: '' }],
		['aspect_ratio', { image: photo, aspect_ratio: '16:9' }],
	])('%s is refused', async (name, params) => {
		expect(await refusal(create(params))).toContain(`INVALID_PARAMETER ${name}:`);
		expect(sandbox.ledger.tasks).toHaveLength(0);
	});

	test.each<[string, Json]>([
		['a URL', { image: 'https://example.com/x.png' }],
		['a png', { image: photo }],
		['the largest png', { image: base64(png(1000, 400, 9_999_999)) }],
		['the smallest jpg', { image: base64(jpeg(segment(0xe1, 5000), frame(300, 300, 0xc2))) }],
		['a tail', { image: photo, image_tail: 'http://example.com/y.jpg', mode: 'pro' }],
		['a prompt', { image: photo, prompt, duration: '10', negative_prompt: 'rain' }],
	])('%s is accepted', async (_name, params) => {
		expect((await create(params)).status).toBe(200);
	});

	test('the video has the shape of the image', async () => {
		await create({ image: base64(png(400, 700)) });
		await create({ image: base64(png(400, 400)) });
		await create({ image: photo });
		await create({ image: 'https://example.com/x.png' });
		expect(sandbox.ledger.tasks.map(({ aspectRatio }) => aspectRatio)).toEqual([
			'9:16',
			'1:1',
			'16:9',
			'16:9',
		]);
	});
});

describe('prices', () => {
	test('precharge tells what the task will cost, exactly, and creates nothing', async () => {
		const params = { prompt, mode: 'pro', duration: '10' };
		const { data } = await client.precharge(params);
		expect(data).toEqual({
			status: 'success',
			data: { cost: '0.70', currency: 'USD', discount: 0.7 },
		});
		expect(sandbox.ledger.tasks).toHaveLength(0);
		expect(await client.settle(params)).toMatchObject({ usage: { cost: '0.70', discount: 0.7 } });
	});

	test('a price may be unknown', async () => {
		const { data } = await client.precharge({ prompt: '[sandbox: no-price]' });
		expect(data).toEqual({ status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } });
	});

	test('every model has a price for every mode and duration', async () => {
		for (const model of MODELS) {
			for (const duration of ['5', '10']) {
				for (const mode of model.params.mode ? ['std', 'pro'] : [undefined]) {
					const image = model.required.includes('image') ? { image: photo } : {};
					const params = { prompt, duration, ...image, ...(mode ? { mode } : {}) };
					const { data } = await client.precharge(params, model.id);
					expect(data).toMatchObject({ status: 'success' });
				}
			}
		}
	});

	test('credit is spent by tasks that complete, and 402 follows', async () => {
		sandbox.settings.credit = '0.42';
		await client.create({ prompt });
		await client.create({ prompt: '[sandbox: fail]' });
		await client.create({ prompt });
		expect(sandbox.settings.credit).toBe('0');
		const { status, data } = await client.create({ prompt });
		expect(status).toBe(402);
		expect(data).toEqual({
			status: { code: 402, message: 'Insufficient credits', error_code: 40201 },
			data: null,
		});
		expect(sandbox.ledger.billed).toHaveLength(2);
	});
});
