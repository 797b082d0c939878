/** Faults strike where, when and as often as told, and leave a task behind only where they may. */
import { startSandbox, type Fault, type FaultKind, type Sandbox } from '../../sandbox';
import { clientOf, download, pause, urlsOf, type Client, type Json } from './client';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ renderSeconds: 0 });
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** What a client meets: a status and the body, or the code of a broken connection. */
async function meet(request: Promise<{ status: number; data: unknown }>) {
	try {
		const { status, data } = await request;
		return { status, data };
	} catch (error) {
		return { broken: (error as { code?: string }).code };
	}
}

const create = (prompt = 'x') => client.create({ prompt, external_task_id: 'mine' });

describe.each(['before', 'after'] as const)('on create, %s the task is recorded', (point) => {
	test.each<[FaultKind, object]>([
		['reset', { broken: 'ECONNRESET' }],
		['truncate', { broken: expect.stringMatching(/ECONNRESET|ERR_BAD_RESPONSE/) as unknown }],
		['html', { status: 200, data: expect.stringContaining('<html>') as unknown }],
		['empty', { status: 200, data: '' }],
		[
			'no-id',
			{
				status: 200,
				data: expect.not.objectContaining({ id: expect.anything() as unknown }) as unknown,
			},
		],
		['not-found', { status: 404 }],
		[{ status: 502 }, { status: 502, data: { error: { code: 'BAD_GATEWAY' } } }],
		[
			{ status: 500, body: 'oops' },
			{ status: 500, data: 'oops' },
		],
		[{ location: '/elsewhere', status: 307 }, { status: 307 }],
	])('%j', async (kind, expected) => {
		sandbox.faults = [{ on: 'create', point, kind, times: 1 }];
		expect(await meet(create())).toMatchObject(expected);
		expect(sandbox.ledger.tasks).toHaveLength(point === 'after' ? 1 : 0);
		expect(sandbox.ledger.requests[0]?.fault).toContain(`create-${point}`);
		expect((await client.get('mine')).status).toBe(point === 'after' ? 200 : 404);
		expect((await create()).status).toBe(point === 'after' ? 400 : 200);
	});

	test('hang, until the client gives up', async () => {
		sandbox.faults = [{ on: 'create', point, kind: 'hang' }];
		const first = await Promise.race([create().catch(() => 'broken'), pause(50)]);
		expect(first).toBeUndefined();
		expect(sandbox.ledger.tasks).toHaveLength(point === 'after' ? 1 : 0);
	});

	test('slow', async () => {
		sandbox.faults = [{ on: 'create', point, kind: 'slow', delayMs: 250 }];
		const answer = create();
		await pause(60);
		expect(sandbox.ledger.tasks).toHaveLength(point === 'after' ? 1 : 0);
		expect((await answer).status).toBe(200);
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});

test('Retry-After comes in seconds or as a date', async () => {
	const kinds: FaultKind[] = [
		{ status: 429, retryAfter: 3 },
		{ status: 429, retryAfter: 'date' },
	];
	sandbox.faults = kinds.map((kind): Fault => ({ on: 'get', kind, times: 1 }));
	expect((await client.get('x')).headers['retry-after']).toBe('3');
	const date = Date.parse(String((await client.get('x')).headers['retry-after']));
	expect(date - Date.now()).toBeGreaterThan(500);
	expect(date - Date.now()).toBeLessThanOrEqual(2000);
	expect((await client.get('x')).status).toBe(404);
});

test('times and skip count the requests that match', async () => {
	await create();
	sandbox.faults = [
		{ on: 'get', kind: { status: 503 }, skip: 1, times: 2, externalTaskId: 'mine' },
		{ on: 'get', kind: { status: 500 }, taskId: 'another' },
		{ on: 'get', kind: { status: 500 }, promptIncludes: 'nowhere' },
	];
	const statuses = [];
	for (let look = 0; look < 5; look++) statuses.push((await client.get('mine')).status);
	expect(statuses).toEqual([200, 503, 503, 200, 200]);
});

test('the same seed gives the same faults', async () => {
	const round = async () => {
		sandbox.faults = [{ on: 'get', kind: { status: 503 }, probability: 0.5 }];
		const statuses = [];
		for (let look = 0; look < 30; look++) statuses.push((await client.get('x')).status);
		sandbox.reset();
		return statuses;
	};
	const first = await round();
	expect(new Set(first)).toEqual(new Set([404, 503]));
	expect(await round()).toEqual(first);
});

test('markers bring faults to one task only, and count across repeated creates', async () => {
	const prompt = 'x [sandbox: create-before 503 times 1; get reset times 1 skip 1]';
	expect((await create(prompt)).status).toBe(503);
	expect((await create(prompt)).status).toBe(200);
	expect((await client.get('mine')).status).toBe(200);
	expect(await meet(client.get('mine'))).toEqual({ broken: 'ECONNRESET' });
	expect((await client.get('mine')).status).toBe(200);
});

test('markers can stand in the settings for every prompt', async () => {
	sandbox.settings.markers = '[sandbox: fail 099]';
	expect(await client.settle({ prompt: 'x' })).toMatchObject({ error: { code: '002011099' } });
	expect(await client.settle({ prompt: '[sandbox: fail 097]' })).toMatchObject({
		error: { code: '002011097' },
	});
});

test.each<[string, Json]>([
	['precharge 500', { status: 500 }],
	['precharge empty', { status: 200, data: '' }],
])('%s', async (marker, expected) => {
	expect(await meet(client.precharge({ prompt: `[sandbox: ${marker}]` }))).toMatchObject(expected);
});

test.each<[string, object]>([
	['download 403', { status: 403 }],
	['download reset', { broken: 'ECONNRESET' }],
	[
		'download truncate',
		{ broken: expect.stringMatching(/ECONNRESET|ERR_BAD_RESPONSE/) as unknown },
	],
	['expired', { status: 403 }],
	['expired 404', { status: 404 }],
])('a download meets %s', async (marker, expected) => {
	const task = await client.settle({ prompt: `[sandbox: ${marker}]` });
	expect(await meet(download(urlsOf(task)[0] ?? ''))).toMatchObject(expected);
});

test('a download of the wrong type, of a page, and somewhere else', async () => {
	const task = await client.settle({ prompt: 'x' });
	const url = urlsOf(task)[0] ?? '';
	const size = (await download(url)).data.length;
	const kinds: FaultKind[] = ['wrong-type', 'html', { location: `${sandbox.apiUrl}/away` }];
	sandbox.faults = kinds.map((kind): Fault => ({ on: 'download', kind, times: 1 }));
	const wrong = await download(url);
	expect([wrong.headers['content-type'], wrong.data.length]).toEqual([
		'text/html; charset=utf-8',
		size,
	]);
	expect((await download(url)).data.toString()).toContain('<html>');
	expect((await download(url)).headers.location).toBe(`${sandbox.apiUrl}/away`);
});

describe('an answer about another task', () => {
	test.each(['create', 'get'] as const)('to %s, with its ID or as a whole', async (on) => {
		const first = await client.create({ prompt: 'x', external_task_id: 'first' });
		await client.create({ prompt: 'x', external_task_id: 'mine' });
		sandbox.settings.duplicate = { existing: true };
		const ask = async (kind: FaultKind) => {
			sandbox.faults = [{ on, kind, times: 1 }];
			const { data } = on === 'get' ? await client.get('mine') : await create();
			return { id: data.id, urls: urlsOf(data) };
		};
		const mine = String(sandbox.ledger.tasks[1]?.id);
		const other = first.data.id;
		const inUrl = (id: unknown): unknown[] => [expect.stringContaining(`/${String(id)}/`)];
		expect(await ask('other-id')).toEqual({ id: other, urls: inUrl(mine) });
		expect(await ask('other-task')).toEqual({ id: other, urls: inUrl(other) });
		expect(sandbox.ledger.tasks).toHaveLength(2);
	});

	test('there is an ID for it when there is no other task', async () => {
		sandbox.faults = [{ on: 'create', kind: 'other-task' }];
		const { data } = await create();
		expect(sandbox.ledger.tasks).toHaveLength(1);
		expect(data.id).toMatch(/^[0-9a-v]{20}$/);
		expect(data.id).not.toBe(sandbox.ledger.tasks[0]?.id);
	});
});

describe('a create whose external task ID is in use', () => {
	test.each<[string, object, number, object]>([
		[
			'in other words',
			{ message: '任务 {id} 已存在' },
			400,
			{ error: { message: '任务 mine 已存在' } },
		],
		[
			'with another status and code',
			{ status: 409, code: 'CONFLICT' },
			409,
			{ error: { code: 'CONFLICT' } },
		],
		['with a body of any kind', { status: 422, body: { oops: [] } }, 422, { oops: [] }],
	])('is refused %s', async (_name, duplicate, status, data) => {
		await create();
		sandbox.settings.duplicate = duplicate;
		expect(await create()).toMatchObject({ status, data });
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});

	test.each<[string, number, object]>([
		['duplicate 409 bereits vergeben', 409, { error: { message: 'bereits vergeben' } }],
		['duplicate existing', 200, { status: 'completed' }],
	])('meets the marker %s', async (marker, status, data) => {
		await create();
		expect(await create(`x [sandbox: ${marker}]`)).toMatchObject({ status, data });
		expect(sandbox.ledger.tasks).toHaveLength(1);
	});
});

test('markers stand in the prompts of shots too', async () => {
	const shots = ['A crane', 'A lake [sandbox: fail]'];
	const task = await client.settle(
		{
			multi_shot: true,
			shot_type: 'customize',
			multi_prompt: shots.map((prompt, index) => ({ index: index + 1, prompt, duration: '5' })),
			duration: '10',
		},
		'kirin_v3_t2v',
	);
	expect(task.status).toBe('failed');
});

test('the documents of models meet faults', async () => {
	sandbox.faults = [{ on: 'skill', kind: { status: 503 } }];
	expect((await client.read('/model/v1/models/skill/kirin_v1_t2v')).status).toBe(503);
});
