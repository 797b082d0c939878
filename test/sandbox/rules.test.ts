/** What create accepts and refuses of any model: the key, the body, IDs, markers, prices. */
import { startSandbox, type Sandbox } from '../../sandbox';
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

describe("as the provider's own clients send it", () => {
	const input = [{ params: { prompt } }];
	const withHeader = (body: Json, model: string, path = CREATE) =>
		client.post(path, body, { 'x-model': model });

	test.each([CREATE, `${CREATE}/precharge`])('the model in a header: %s', async (path) => {
		expect((await withHeader({ input }, V2, path)).status).toBe(200);
		expect((await withHeader({ model: V2, input }, V2, path)).status).toBe(200);
		expect(await refusal(withHeader({ input }, 'kirin_v9', path))).toContain('kirin_v9');
		const text = await refusal(withHeader({ model: V25, input }, V2, path));
		expect(text).toContain('MODEL_MISMATCH');
		expect(text).toContain(V25);
		expect(text).toContain(V2);
		expect(sandbox.ledger.tasks.map(({ model }) => model)).toEqual(path === CREATE ? [V2, V2] : []);
	});

	test('members beside model and input', async () => {
		const body = { model: V25, input };
		const more = {
			id: 'mine',
			moderation: true,
			metadata: { trace: 'x' },
			options: {},
			dash_scope: false,
		};
		expect((await client.post(CREATE, { ...body, ...more })).status).toBe(200);
		expect((await client.post(`${CREATE}/precharge`, { ...body, ...more })).status).toBe(200);
		const bad = { ...body, moderation: 'yes' };
		expect(await refusal(client.post(CREATE, bad))).toContain('moderation');
	});
});

describe('parameters', () => {
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

describe('prices', () => {
	test('precharge tells what the task will cost, exactly, and creates nothing', async () => {
		const params = { prompt, mode: 'pro', duration: '10' };
		const { data } = await client.precharge(params);
		expect(data).toEqual({
			status: 'success',
			data: {
				cost: '0.70',
				currency: 'USD',
				discount: 0.7,
				model: V25,
				original_model: V25,
				billing_model: V25,
				sample_count: expect.any(Number) as unknown,
				updated_at: expect.any(Number) as unknown,
				hash: expect.stringMatching(/^v1:[0-9a-f]{64}$/) as unknown,
			},
		});
		expect(sandbox.ledger.tasks).toHaveLength(0);
		expect(await client.settle(params)).toMatchObject({ usage: { cost: '0.70', discount: 0.7 } });
	});

	test('a price may be unknown', async () => {
		const { data } = await client.precharge({ prompt: '[sandbox: no-price]' });
		expect(data).toEqual({ status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } });
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
