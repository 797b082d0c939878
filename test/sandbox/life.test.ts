/** The life of a task: status, progress, results, callbacks and what the ledger keeps. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../sandbox';
import { clientOf, download, pause, urlsOf, V2, V25, type Client, type Json } from './client';

const START = 1_700_000_000_000;

describe('with a clock of its own', () => {
	let time = START;
	let sandbox: Sandbox;
	let client: Client;

	beforeAll(async () => {
		sandbox = await startSandbox({ now: () => time, speed: 2 });
		client = clientOf(sandbox);
	});
	beforeEach(() => {
		time = START;
		sandbox.reset();
	});
	afterAll(() => sandbox.close());

	test('a task is accepted, makes progress, completes and stays completed', async () => {
		const { data: created } = await client.create({ prompt: 'x' });
		expect(created).toEqual({
			id: expect.stringMatching(/^[0-9a-v]{20}$/) as unknown,
			created_at: START,
			status: 'in_progress',
			model: V25,
			progress: 0,
		});
		const id = String(created.id);
		time += 4500;
		expect((await client.get(id)).data).toMatchObject({ status: 'in_progress', progress: 0.45 });
		time += 5499;
		expect((await client.get(id)).data).toMatchObject({ status: 'in_progress', progress: 0.99 });
		time += 1;
		const { data: settled } = await client.get(id);
		expect(settled).toEqual({
			id,
			created_at: START,
			status: 'completed',
			model: V25,
			output: [
				{
					content: [
						{
							type: 'video',
							url: `${sandbox.filesUrl}/results/${id}/video.mp4`,
							jobId: expect.any(String) as unknown,
						},
					],
				},
			],
			usage: { cost: '0.21', discount: 0.7 },
			metadata: {},
		});
		time += 1e9;
		expect((await client.get(id)).data).toEqual(settled);
		expect(sandbox.ledger.polls(id)).toHaveLength(4);
	});

	test.each([
		['[sandbox: fail]', V2, '002016095', 'Internal generation error'],
		['[sandbox: fail 098]', V25, '002011098', 'Status check error'],
		['[sandbox: fail 002011096 Too dark]', V25, '002011096', 'Too dark'],
	])('%s fails on %s', async (prompt, model, code, message) => {
		const { data } = await client.create({ prompt }, model);
		time += 10_000;
		expect((await client.get(String(data.id))).data).toEqual({
			id: data.id,
			created_at: START,
			status: 'failed',
			model,
			error: { code, error_message: message },
		});
		expect(sandbox.ledger.billed).toHaveLength(0);
		expect(
			(await download(`${sandbox.filesUrl}/results/${String(data.id)}/video.mp4`)).status,
		).toBe(404);
	});

	test('markers set the time, the progress and the status word', async () => {
		const { data } = await client.create({
			prompt: 'x [sandbox: render 8s; no-progress; status warm]',
		});
		time += 3999;
		const { data: running } = await client.get(String(data.id));
		expect(running).toEqual({ id: data.id, created_at: START, status: 'warm', model: V25 });
		time += 1;
		expect((await client.get(String(data.id))).data).toMatchObject({ status: 'completed' });
	});

	test('a task may never settle, and still moves', async () => {
		const { data } = await client.create({ prompt: '[sandbox: never]' });
		time += 1e10;
		expect((await client.get(String(data.id))).data).toMatchObject({
			status: 'in_progress',
			progress: 0.99,
		});
		const { data: ledger } = await client.read('/sandbox/ledger');
		expect(ledger.tasks).toMatchObject([{ endsAt: null }]);
	});

	test('a task may complete without output', async () => {
		const { data } = await client.create({ prompt: '[sandbox: no-output]' });
		time += 10_000;
		const { data: settled } = await client.get(String(data.id));
		expect(settled).toMatchObject({ status: 'completed', usage: { cost: '0.21' } });
		expect(settled).not.toHaveProperty('output');
	});

	test('a new task may be hidden for a while', async () => {
		sandbox.settings.visibleAfterMs = 500;
		const { data } = await client.create({ prompt: 'x' });
		time += 499;
		expect((await client.get(String(data.id))).status).toBe(404);
		time += 1;
		expect((await client.get(String(data.id))).status).toBe(200);
	});

	test.each(['setting', 'marker'])('get may lag behind, by %s', async (by) => {
		if (by === 'setting') sandbox.settings.lagMs = 3000;
		const { data } = await client.create({ prompt: by === 'marker' ? '[sandbox: lag 3s]' : 'x' });
		time += 2999;
		expect((await client.get(String(data.id))).data.progress).toBe(0);
		time += 10_000;
		expect((await client.get(String(data.id))).data.status).toBe('in_progress');
		time += 1;
		expect((await client.get(String(data.id))).data.status).toBe('completed');
	});

	test('the statement tells what was created, billed and delivered', async () => {
		const rows = () =>
			sandbox.ledger.statement().map(({ externalTaskId, created, billed, delivered, cost }) => {
				return [externalTaskId, created.length, billed.length, delivered.length, cost];
			});
		const params = { prompt: 'x', external_task_id: 'twice' };
		sandbox.settings.enforceUniqueExternalIds = false;
		await client.create(params);
		await client.create({ ...params, prompt: '[sandbox: fail]' });
		await client.create(params);
		await client.create({ prompt: 'x' });
		expect(rows()).toEqual([
			['twice', 3, 0, 0, '0'],
			[undefined, 1, 0, 0, '0'],
		]);
		time += 10_000;
		const [url = ''] = urlsOf((await client.get('twice')).data);
		await download(url, {}, 'HEAD');
		await download(url, { range: 'bytes=0-9' });
		expect(rows()[0]).toEqual(['twice', 3, 2, 0, '0.42']);
		sandbox.faults = [{ on: 'download', kind: 'truncate', times: 1 }];
		await download(url).catch(() => undefined);
		expect(rows()[0]).toEqual(['twice', 3, 2, 0, '0.42']);
		await download(url);
		const { data: ledger } = await client.read('/sandbox/ledger');
		expect(ledger.statement).toMatchObject([
			{ apiKey: 'sandbox-key', delivered: [sandbox.ledger.tasks[2]?.id], cost: '0.42' },
			{ billed: [sandbox.ledger.tasks[3]?.id], cost: '0.21' },
		]);
	});

	test('a result may come late, and may go', async () => {
		const statusAfter = async (marker: string, steps: number[]) => {
			const { data } = await client.create({ prompt: `[sandbox: ${marker}]` });
			time += 10_000;
			const [url = ''] = urlsOf((await client.get(String(data.id))).data);
			const statuses = [];
			for (const step of steps) {
				time += step;
				statuses.push((await download(url)).status);
			}
			return statuses;
		};
		// Late from the first request on, however late that one is.
		expect(await statusAfter('late 2s', [5000, 1999, 1])).toEqual([404, 404, 200]);
		expect(await statusAfter('late 2s 202', [0, 2000])).toEqual([202, 200]);
		expect(await statusAfter('expires 2s', [1999, 1])).toEqual([200, 403]);
		expect(await statusAfter('expires 2s 410', [2000])).toEqual([410]);
		expect(await statusAfter('expired 410', [0])).toEqual([410]);
		sandbox.settings.late = { ms: 500, status: 202 };
		sandbox.settings.expires = { ms: 1000, status: 404 };
		expect(await statusAfter('render 20s', [0, 500, 500])).toEqual([202, 200, 404]);
	});

	test('an account knows nothing of the tasks of another', async () => {
		sandbox.settings.otherKeys = ['second'];
		const second = clientOf({ ...sandbox, apiKey: 'second' });
		const params = { prompt: 'x', external_task_id: 'mine' };
		const { data: first } = await client.create(params);
		expect((await second.get('mine')).status).toBe(404);
		expect((await second.get(String(first.id))).status).toBe(404);
		const { data: other } = await second.create(params);
		expect((await second.get('mine')).data.id).toBe(other.id);
		expect((await client.get('mine')).data.id).toBe(first.id);
		expect((await second.create(params)).status).toBe(400);
		expect(sandbox.ledger.statement()).toMatchObject([
			{ apiKey: 'sandbox-key', externalTaskId: 'mine', created: [first.id] },
			{ apiKey: 'second', externalTaskId: 'mine', created: [other.id] },
		]);
		expect(sandbox.ledger.polls(String(other.id))).toHaveLength(1);
		sandbox.settings.otherKeys = [];
		expect((await second.get('mine')).status).toBe(401);
	});

	test('only so many tasks are in progress at once', async () => {
		sandbox.settings.concurrencyLimit = 2;
		await client.create({ prompt: 'x' });
		await client.create({ prompt: 'x' });
		expect((await client.create({ prompt: 'x', external_task_id: 'third' })).status).toBe(429);
		expect((await client.get('third')).status).toBe(404);
		time += 10_000;
		expect((await client.create({ prompt: 'x', external_task_id: 'third' })).status).toBe(200);
	});

	test('progress can rise fast at first', async () => {
		sandbox.settings.progress = 'eased';
		const { data } = await client.create({ prompt: 'x' });
		time += 5000;
		expect((await client.get(String(data.id))).data.progress).toBe(0.75);
	});
});

describe('on the real clock', () => {
	let sandbox: Sandbox;
	let client: Client;
	let receiver: Server;
	let received: Json[];
	let callbackUrl: string;

	beforeAll(async () => {
		sandbox = await startSandbox({ speed: 200, prefix: 'gateway/' });
		client = clientOf(sandbox);
		receiver = createServer((request, response) => {
			let text = '';
			request.on('data', (chunk: Buffer) => (text += chunk.toString()));
			request.on('end', () => {
				received.push(JSON.parse(text) as Json);
				response.writeHead(204).end();
			});
		});
		await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
		callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
	});
	beforeEach(() => {
		received = [];
		sandbox.reset();
	});
	afterAll(async () => {
		await sandbox.close();
		receiver.closeAllConnections();
		receiver.close();
	});

	/** The statuses told so far, once there are that many and no more come. */
	const told = async (count: number) => {
		for (let wait = 0; received.length < count && wait < 1000; wait++) await pause(10);
		await pause(50);
		return received.map(({ status }) => status);
	};

	test('get finds a task by an external task ID that needs encoding', async () => {
		const external = 'run 7/ä?#%';
		const { data } = await client.create({ prompt: 'x', external_task_id: external });
		const { data: found } = await client.get(external);
		expect(found.id).toBe(data.id);
		expect(sandbox.ledger.polls(String(data.id))).toHaveLength(1);
	});

	test('unknown tasks, paths and methods', async () => {
		expect(sandbox.apiUrl).toMatch(/:\d+\/gateway$/);
		expect((await client.get('d5u5obte8783ap44qtj0')).status).toBe(404);
		expect((await client.read('/model/v1/generation/task/%E0%A4%A')).status).toBe(400);
		expect((await client.read('/model/v2/generation')).status).toBe(404);
		expect((await client.read('/model/v1/generation')).status).toBe(405);
		const outside = await download(`${new URL(sandbox.apiUrl).origin}/model/v1/generation/task/x`);
		expect(outside.status).toBe(404);
	});

	test('callbacks tell the first status and the last', async () => {
		const params = { prompt: 'x', callback_url: callbackUrl };
		const settled = await client.settle(params);
		const failed = await client.settle({ ...params, prompt: '[sandbox: fail]' });
		expect(await told(4)).toEqual(['in_progress', 'completed', 'in_progress', 'failed']);
		expect(received[1]).toEqual(settled);
		expect(received[3]).toEqual(failed);
		expect(sandbox.ledger.requests.filter(({ kind }) => kind === 'callback')).toMatchObject(
			Array(4).fill({ method: 'POST', path: callbackUrl, status: 204 }),
		);
	});

	test('callbacks also tell when a queued task starts', async () => {
		// Slow enough for the queue, a tenth of the render, to be a time of its own.
		sandbox.settings.speed = 15;
		sandbox.settings.variant = { statusWords: { queued: 'pending', running: 'processing' } };
		await client.create({ prompt: 'x', callback_url: callbackUrl });
		expect(await told(3)).toEqual(['pending', 'processing', 'completed']);
	});

	test('a callback tells of the end before get does', async () => {
		const { data } = await client.create({
			prompt: '[sandbox: lag 10min]',
			callback_url: callbackUrl,
		});
		expect(await told(2)).toEqual(['in_progress', 'completed']);
		expect((await client.get(String(data.id))).data.status).toBe('in_progress');
	});

	test("callbacks may have the vendor's body and task ID", async () => {
		sandbox.settings.variant = { callbackShape: 'vendor' };
		const params = { prompt: 'x', callback_url: callbackUrl, external_task_id: 'mine' };
		await client.settle(params);
		await told(2);
		const [task] = sandbox.ledger.tasks;
		expect(received[1]).toMatchObject({
			task_id: task?.vendorId,
			task_status: 'succeed',
			task_info: { external_task_id: 'mine' },
		});
		expect(task?.vendorId).not.toBe(task?.id);
	});

	test('callbacks may be about another task', async () => {
		const { data: other } = await client.create({ prompt: 'x' });
		await client.create({ prompt: '[sandbox: callback other-id]', callback_url: callbackUrl });
		await told(2);
		expect(received.map(({ id }) => id)).toEqual([other.id, other.id]);
	});

	test.each([
		['[sandbox: callback hang skip 1]', ['in_progress']],
		['[sandbox: callback repeat]', ['in_progress', 'in_progress', 'completed', 'completed']],
		['[sandbox: callback early]', ['completed', 'completed']],
		['[sandbox: callback slow for 200ms times 1]', ['completed', 'in_progress']],
	])('%s', async (prompt, expected) => {
		await client.create({ prompt, callback_url: callbackUrl });
		expect(await told(expected.length)).toEqual(expected);
	});

	test('a receiver that is not there does no harm', async () => {
		const params = { prompt: 'x', callback_url: 'http://127.0.0.1:1/' };
		expect(await client.settle(params)).toMatchObject({ status: 'completed' });
	});

	test('the ledger keeps headers and bodies as received', async () => {
		const settled = await client.settle({ prompt: 'x' });
		await download(urlsOf(settled)[0] ?? '', { authorization: 'Bearer leaked' });
		const create = sandbox.ledger.requests.find(({ kind }) => kind === 'create');
		expect(create).toMatchObject({
			server: 'api',
			method: 'POST',
			path: '/gateway/model/v1/generation',
			taskId: settled.id,
			status: 200,
			headers: { authorization: 'Bearer sandbox-key' },
			body: { model: V25, input: [{ params: { prompt: 'x' } }] },
		});
		const [taken] = sandbox.ledger.requests.filter(({ kind }) => kind === 'download');
		expect(taken).toMatchObject({ server: 'files', headers: { authorization: 'Bearer leaked' } });
		expect(sandbox.ledger.count('create')).toBe(1);
	});

	test('the control endpoint changes settings, all or none, and resets', async () => {
		const change = (body: Json) => client.post('/sandbox/settings', body);
		expect((await change({ speed: 5, credit: '1.5' })).data).toMatchObject({ speed: 5 });
		expect((await change({ speed: 6, colour: 'red' })).status).toBe(400);
		expect((await change({ speed: 6, faults: [{ on: 'get', kind: 'boom' }] })).status).toBe(400);
		expect(sandbox.settings).toMatchObject({ speed: 5, credit: '1.5' });
		await change({ credit: null });
		expect(sandbox.settings.credit).toBeUndefined();
		await client.create({ prompt: 'x' });
		await client.post('/sandbox/reset', {});
		expect(sandbox.settings.speed).toBe(200);
		expect(sandbox.ledger.tasks).toHaveLength(0);
		expect((await client.read('/sandbox/nothing')).status).toBe(404);
	});
});
