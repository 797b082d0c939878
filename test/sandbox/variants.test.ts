/** The forms in which the same task and the same error are shown. */
import { startSandbox, type Sandbox, type Variant } from '../../sandbox';
import { clientOf, V25, type Client, type Json } from './client';

const START = 1_700_000_000_000;

let sandbox: Sandbox;
let client: Client;
let time = START;

beforeAll(async () => {
	sandbox = await startSandbox({ now: () => time });
	client = clientOf(sandbox);
});
beforeEach(() => {
	time = START;
	sandbox.reset();
});
afterAll(() => sandbox.close());

/** The task as get shows it when it has settled. */
async function settled(variant: Variant, prompt = 'x'): Promise<Json> {
	sandbox.settings.variant = variant;
	await client.create({ prompt, external_task_id: 'mine' });
	time += 20_000;
	return (await client.get('mine')).data;
}

test('an envelope around the task', async () => {
	expect(await settled({ envelope: true })).toMatchObject({
		data: { status: 'completed' },
		status: { code: 200, message: 'success' },
	});
});

test.each(['task_id', 'request_id'] as const)('the ID under %s', async (idField) => {
	const task = await settled({ idField });
	expect(task).toHaveProperty(idField, sandbox.ledger.tasks[0]?.id);
	expect(task).not.toHaveProperty('id');
});

test('other words for each status', async () => {
	const statusWords = {
		queued: 'IN_QUEUE',
		running: 'Running',
		completed: 'SUCCEED',
		failed: 'Fail',
	};
	sandbox.settings.variant = { statusWords };
	const { data } = await client.create({ prompt: '[sandbox: never]' });
	expect(data.status).toBe('IN_QUEUE');
	expect(data).not.toHaveProperty('progress');
	time += 20_000;
	expect((await client.get(String(data.id))).data.status).toBe('Running');
	expect((await settled({ statusWords })).status).toBe('SUCCEED');
	sandbox.reset();
	expect((await settled({ statusWords }, '[sandbox: fail]')).status).toBe('Fail');
});

test('flat outputs of another type and name', async () => {
	const task = await settled({
		flatOutput: true,
		contentType: 'video_url',
		outputField: 'outputs',
	});
	expect(task.outputs).toMatchObject([{ type: 'video_url' }]);
	expect(task).not.toHaveProperty('output');
});

test.each<[Variant, Json]>([
	[{ taskError: 'string' }, { status: 'failed', error: '002011095: Internal generation error' }],
	[
		{ taskError: 'number' },
		{ status: 'failed', error: { code: 2011095, message: 'Internal generation error' } },
	],
	[
		{ taskError: 'message' },
		{ error: { code: '002011095', message: 'Internal generation error' } },
	],
	[{ taskError: 'six-digit' }, { error: { code: 110095, message: 'Internal generation error' } }],
	[
		{ taskError: 'six-digit-string' },
		{ error: { code: '110095', message: 'Internal generation error' } },
	],
	[{ cost: 'empty' }, { status: 'failed', usage: { cost: '' } }],
	[{ completedWithError: true }, { status: 'completed', error: { code: '002011095' } }],
])('%j', async (variant, expected) => {
	const task = await settled(variant, '[sandbox: fail]');
	expect(task).toMatchObject(expected);
	expect(task).not.toHaveProperty('output');
});

test.each<[Variant['errorBody'], unknown]>([
	['error-object', { error: { code: 'TASK_NOT_FOUND' } }],
	['error-message', { error: { error_message: 'no task with the ID none' } }],
	['error-string', { error: 'no task with the ID none' }],
	['status', { status: { code: 404, message: 'no task with the ID none' }, data: null }],
	['status-code', { status: { code: 404, error_code: 40401 }, data: null }],
	['message', { message: 'no task with the ID none' }],
	['detail', { detail: 'no task with the ID none' }],
	['page', expect.stringContaining('<h1>404</h1>')],
])('HTTP errors in the style %s', async (errorBody, expected) => {
	sandbox.settings.variant = { errorBody };
	const { status, data } = await client.get('none');
	expect(status).toBe(404);
	if (errorBody === 'page') expect(data).toEqual(expected);
	else expect(data).toMatchObject(expected as Json);
});

test.each<[Variant, Json]>([
	[{ errorCodes: 'number' }, { error: { code: 40401 } }],
	[{ errorBody: 'status', errorCodes: 'text' }, { status: { code: '404' } }],
	[{ errorBody: 'status-code', errorCodes: 'text' }, { status: { error_code: '40401' } }],
])('codes of HTTP errors as text or numbers: %j', async (variant, expected) => {
	sandbox.settings.variant = variant;
	expect((await client.get('none')).data).toMatchObject(expected);
});

test.each<[Variant['emptyError'], unknown]>([
	['object', {}],
	['fields', { code: '', error_message: '' }],
	['text', ''],
	['null', null],
])('completed with an error that is empty: %s', async (emptyError, error) => {
	expect(await settled({ emptyError })).toMatchObject({
		status: 'completed',
		error,
		output: [{ content: [{ type: 'video' }] }],
	});
});

test('costs as numbers, or empty', async () => {
	expect(await settled({ cost: 'number' })).toMatchObject({ usage: { cost: 0.21 } });
	const estimate = await client.precharge({ prompt: 'x' });
	expect(estimate.data).toMatchObject({ data: { cost: 0.21 } });
	sandbox.reset();
	expect(await settled({ cost: 'empty' })).toMatchObject({ usage: { cost: '' } });
});

test('several videos only where asked, in one output or apart', async () => {
	const marker = '[sandbox: outputs 3]';
	expect(await settled({}, marker)).toMatchObject({
		output: [{ content: ['video', 'video-2', 'video-3'].map(urlOf) }],
	});
	sandbox.reset();
	expect(await settled({ outputsApart: true, contentIds: true }, marker)).toMatchObject({
		output: ['video', 'video-2', 'video-3'].map((name, index) => ({
			content: [
				{ ...urlOf(name), id: expect.stringMatching(`-${index + 1}$`) as unknown, duration: '5' },
			],
		})),
	});
});

function urlOf(name: string) {
	return { url: expect.stringMatching(`/${name}\\.mp4$`) as unknown };
}

describe("the vendor's shape", () => {
	const variant: Variant = { shape: 'vendor' };

	test('while in progress and completed', async () => {
		sandbox.settings.variant = variant;
		const created = await client.create({ prompt: 'x', external_task_id: 'mine' });
		const id = sandbox.ledger.tasks[0]?.id;
		expect(created.data).toMatchObject({
			code: 0,
			data: { task_id: id, task_status: 'submitted' },
		});
		expect(created.data.request_id).not.toBe(id);
		time += 10_000;
		expect((await client.get('mine')).data).toMatchObject({ data: { task_status: 'processing' } });
		time += 10_000;
		expect((await client.get('mine')).data).toMatchObject({
			data: {
				task_status: 'succeed',
				updated_at: time,
				task_info: { external_task_id: 'mine' },
				task_result: { videos: [{ ...urlOf('video'), duration: '5' }] },
			},
		});
	});

	test('failed', async () => {
		expect(await settled(variant, '[sandbox: fail]')).toMatchObject({
			data: { task_status: 'failed', task_status_msg: 'Internal generation error' },
		});
	});
});

test('the older form with flat output', async () => {
	sandbox.settings.variant = { shape: 'older' };
	const created = await client.create({ prompt: 'x', external_task_id: 'mine' });
	expect(created.data).toMatchObject({
		data: { status: 'in_queue', model: V25 },
		status: { code: 200, message: 'success' },
	});
	time += 10_000;
	expect((await client.get('mine')).data).toMatchObject({ data: { status: 'processing' } });
	time += 10_000;
	expect((await client.get('mine')).data).toMatchObject({
		data: { status: 'success', updated_at: time, output: [{ type: 'video', duration: 5 }] },
	});
	sandbox.reset();
	expect(await settled({ shape: 'older' }, '[sandbox: fail]')).toMatchObject({
		data: { status: 'failed', error: { code: '002011095' } },
	});
});

test('IDs that are numbers beyond 2^53', async () => {
	sandbox.settings.variant = { numericIds: true };
	const read = async (path: string) => {
		const headers = { authorization: `Bearer ${sandbox.apiKey}` };
		return await (await fetch(sandbox.apiUrl + path, { headers })).text();
	};
	await client.create({ prompt: 'x', external_task_id: 'mine' });
	const { id } = sandbox.ledger.tasks[0] ?? { id: '' };
	expect(BigInt(id)).toBeGreaterThan(2n ** 53n);
	expect(BigInt(Number(id))).not.toBe(BigInt(id));
	time += 20_000;
	const text = await read('/model/v1/generation/task/mine');
	expect(text).toContain(`"id":${id},`);
	expect(await read(`/model/v1/generation/task/${id}`)).toBe(text);
	const { output } = JSON.parse(text) as { output: Array<{ content: Array<{ url: string }> }> };
	expect((await fetch(output[0]?.content[0]?.url ?? '')).status).toBe(200);
});

describe('a marker chooses the form of one task', () => {
	test('of its answers', async () => {
		const marker = '[sandbox: variant envelope idField=task_id statusWords.completed=Done]';
		expect(await settled({}, marker)).toMatchObject({
			data: { task_id: sandbox.ledger.tasks[0]?.id, status: 'Done' },
		});
		await client.create({ prompt: 'x', external_task_id: 'plain' });
		expect((await client.get('plain')).data).toMatchObject({ status: 'in_progress' });
	});

	test('of the errors of its requests', async () => {
		const prompt = '[sandbox: variant errorBody=error-message; get 503]';
		const bad = await client.create({ prompt, duration: '7' });
		expect(bad.data).toEqual({
			error: { error_message: expect.stringContaining('duration') as unknown },
		});
		await client.create({ prompt, external_task_id: 'mine' });
		const { status, data } = await client.get('mine');
		expect([status, data]).toEqual([503, { error: { error_message: 'Service Unavailable' } }]);
	});

	test('but no form that is unknown', async () => {
		const { data } = await client.create({ prompt: '[sandbox: variant shape=round]' });
		expect(data).toMatchObject({ error: { code: 'UNKNOWN_MARKER' } });
	});
});
