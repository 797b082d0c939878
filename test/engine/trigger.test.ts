import axios from 'axios';
import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { startSandbox } from '../../sandbox';
import { type Json, clientOf } from '../sandbox/client';
import { EngineCredentials } from './credentials';
import { binaryBytes, workflowWith } from './engine';
import type { RunOptions } from './execution';
import { KEY, errorText, onlyItem, run, sandboxForTests, until, submitting } from './kirin';
import { type TriggerHost, openTriggerHost } from './trigger-host';

const TRIGGER = 'Kirin Video Trigger';

const sandbox = sandboxForTests();
const hosts: TriggerHost[] = [];

afterEach(async () => {
	await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

let workflows = 0;

/** An active workflow of its own: Kirin Video Trigger → After. */
async function listen(
	parameters: INodeParameters = {},
	options: Partial<RunOptions> & { credential?: IDataObject } = {},
): Promise<TriggerHost> {
	const { credential, ...others } = options;
	const type = 'n8n-nodes-kirin-video.kirinVideoTrigger';
	const { nodes, connections, settings } = workflowWith(parameters, { name: TRIGGER, type });
	const host = await openTriggerHost(
		{
			nodes: [new KirinVideoTrigger()],
			credentialTypes: [new KirinVideoApi()],
			credentials: {
				kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl, ...credential },
			},
			workflow: {
				id: `workflow-${++workflows}`,
				nodes: nodes.filter(({ name }) => name !== 'Start'),
				connections: { [TRIGGER]: connections[TRIGGER] ?? {} },
				...(settings && { settings }),
			},
			...others,
		},
		TRIGGER,
	);
	hosts.push(host);
	return host;
}

async function create(host: TriggerHost, prompt: string, params: Json = {}): Promise<string> {
	const all = { prompt, callback_url: host.url, ...params };
	const { data } = await clientOf(sandbox.current).create(all);
	return String(data.id);
}

/** A task that has ended before anybody was told. */
async function settled(prompt = 'A fox', params: Json = {}): Promise<string> {
	return String((await clientOf(sandbox.current, 1_000).settle({ prompt, ...params })).id);
}

async function call(host: TriggerHost, body: unknown, type = 'application/json') {
	const { status, data, headers } = await axios.post<{ message?: string }>(host.url, body, {
		headers: { 'content-type': type },
		validateStatus: () => true,
		proxy: false,
	});
	const retryAfter = headers['retry-after'] as string | undefined;
	return { status, message: data.message, ...(retryAfter !== undefined && { retryAfter }) };
}

async function over(host: TriggerHost, calls: number): Promise<void> {
	await until(() => host.calls.length === calls && host.executions.length === host.started);
}

function looks(): number {
	return sandbox.current.ledger.requests.filter(({ kind }) => kind === 'get').length;
}

function downloads(): number {
	return sandbox.current.ledger.requests.filter(({ kind }) => kind === 'download').length;
}

function jsonOf(host: TriggerHost): IDataObject[] {
	return host.emitted().map(({ json }) => json);
}

describe('A task that names the URL of the trigger', () => {
	it('starts the workflow with its video when it is completed', async () => {
		const host = await listen();
		const submitted = onlyItem(
			await run(
				sandbox.current,
				submitting({
					prompt: 'A fox in the snow',
					options: { callbackUrl: host.url, externalTaskId: 'order-1001' },
				}),
			),
		).json;
		await over(host, 2);

		expect(host.calls.map(({ status }) => status)).toEqual([200, 200]);
		expect(jsonOf(host)).toEqual([
			expect.objectContaining({
				taskId: submitted.taskId,
				status: 'completed',
				details: expect.objectContaining({ model: 'kirin_v2_5_turbo_t2v' }) as object,
				videoUrl: expect.stringMatching(/^http.*mp4$/) as string,
				cost: expect.any(String) as string,
			}),
		]);
		const [execution] = host.executions;
		expect(execution?.output('After')).toHaveLength(1);
		const bytes = await binaryBytes(execution?.output('After')[0]);
		expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
	});

	it('starts it with the error when it has failed', async () => {
		const host = await listen();
		const taskId = await create(host, 'A fox [sandbox: fail 096]');
		await over(host, 2);

		expect(jsonOf(host)).toEqual([
			expect.objectContaining({
				taskId,
				status: 'failed',
				error: expect.objectContaining({ code: '002011096' }) as object,
			}),
		]);
		expect(host.executions[0]?.status).toBe('success');
	});

	it('starts it for each status under Any Status Change, in their order', async () => {
		sandbox.current.settings.variant = { statusWords: { queued: 'in_queue' } };
		const host = await listen({ triggerOn: ['any'], downloadVideo: false });
		// Long enough to be found queued on a slow machine too.
		await create(host, 'A fox [sandbox: render 400s]');
		await over(host, 3);

		expect(jsonOf(host).map(({ status }) => status)).toEqual([
			'queued',
			'in_progress',
			'completed',
		]);
	});

	it('is left alone where its event is not asked for', async () => {
		const host = await listen({ triggerOn: ['failed'] });
		await create(host, 'A fox');
		await over(host, 2);

		expect(host.calls.map(({ status }) => status)).toEqual([200, 200]);
		expect(host.started).toBe(0);
	});

	it('starts it for what an expression says', async () => {
		const host = await listen({ triggerOn: '={{ ["completed"] }}', downloadVideo: false });
		await call(host, { id: await settled() });
		await over(host, 1);

		expect(host.emitted()).toHaveLength(1);
	});

	it('is an item as the service sent it, under Raw', async () => {
		const host = await listen({ downloadVideo: false, output: { simplify: false } });
		const id = await create(host, 'A fox');
		await over(host, 2);

		expect(jsonOf(host)).toEqual([
			expect.objectContaining({ id, output: expect.any(Array) as unknown }),
		]);
		expect(host.emitted()[0]?.binary).toBeUndefined();
	});
});

describe('Each event starts the workflow once', () => {
	it('when the service repeats itself', async () => {
		const host = await listen();
		await create(host, 'A fox [sandbox: callback repeat]');
		await over(host, 4);

		expect(host.calls.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
		expect(host.started).toBe(1);
	});

	it('when ten calls come at once', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		const answers = await Promise.all(Array.from({ length: 10 }, () => call(host, { id })));
		await over(host, 10);

		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
		expect(host.started).toBe(1);
	});

	it('without asking the service again about a task that has ended', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		await call(host, { id });
		const before = looks();

		expect(await call(host, { id })).toEqual({
			status: 200,
			message: 'This task is done, and a call has said so before',
		});
		expect(looks()).toBe(before);
	});

	it('after a restart, and in another process that serves the same workflow', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		await call(host, { id });
		await over(host, 1);
		jest.isolateModules(() => {
			const path = '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
			const loaded = jest.requireActual<{ KirinVideoTrigger: typeof KirinVideoTrigger }>(path);
			host.serveWith(new loaded.KirinVideoTrigger());
		});
		await Promise.all([call(host, { id }), call(host, { external_task_id: id })]);
		await over(host, 3);

		expect(host.started).toBe(2);
		expect(host.executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(host.emitted()).toHaveLength(1);
		expect(host.executions[1]?.output('After')).toEqual([]);
	});

	it('when several executions of it run at once', async () => {
		const host = await listen({ downloadVideo: false });
		const ids = await Promise.all([settled('A fox'), settled('An owl'), settled('A hare')]);
		for (let process = 0; process < 3; process++) {
			jest.isolateModules(() => {
				const path = '../../nodes/KirinVideoTrigger/webhook/answerCall';
				const { answerCall } =
					jest.requireActual<typeof import('../../nodes/KirinVideoTrigger/webhook/answerCall')>(
						path,
					);
				// Three processes that take calls, and one worker that runs the executions.
				const node = new KirinVideoTrigger();
				node.webhook = async function () {
					return await answerCall(this);
				};
				host.serveWith(node);
			});
			await Promise.all(ids.map(async (id) => await call(host, { id })));
		}
		await over(host, 9);

		expect(host.started).toBe(9);
		expect(
			jsonOf(host)
				.map(({ taskId }) => taskId)
				.sort(),
		).toEqual([...ids].sort());
	});

	it('in each of two workflows that listen', async () => {
		const [one, two] = [
			await listen({ downloadVideo: false }),
			await listen({ downloadVideo: false }),
		];
		const id = await settled();
		for (const host of [one, two]) await call(host, { id });
		await Promise.all([over(one, 1), over(two, 1)]);

		expect([one.emitted().length, two.emitted().length]).toEqual([1, 1]);
	});

	it('but again as long as n8n could not start it', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		host.isBroken = true;
		expect((await call(host, { id })).status).toBe(500);
		host.isBroken = false;
		await until(() => host.calls.length === 1);
		expect((await call(host, { id })).message).toBe('Accepted');
		await over(host, 2);

		expect(host.emitted()).toHaveLength(1);
	});

	it('but again when its execution is retried, for n8n died after the event was claimed', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		await call(host, { id });
		await over(host, 1);
		await host.runAgain();

		expect(host.executions.at(-1)?.output('After')).toHaveLength(1);
	});

	it('but again when the same execution is run a second time, for its worker was lost', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		await call(host, { id });
		await over(host, 1);
		await host.runAgainAsItself();

		expect(host.executions.at(-1)?.output('After')).toHaveLength(1);
	});

	it('without asking the service again about the end of a task that it does not listen to', async () => {
		const host = await listen({ triggerOn: ['failed'] });
		const id = await settled('A fox', { external_task_id: 'order-12' });
		await call(host, { id });
		await call(host, { external_task_id: 'order-12' });
		const before = looks();

		expect((await call(host, { id })).status).toBe(200);
		expect((await call(host, { external_task_id: 'order-12' })).status).toBe(200);
		expect(looks()).toBe(before);
		expect(host.started).toBe(0);
	});

	it('and as often as one likes at the Test URL', async () => {
		const host = await listen({ downloadVideo: false }, { mode: 'manual' });
		const id = await settled();
		for (let time = 0; time < 2; time++) await call(host, { id });
		await over(host, 2);

		expect(host.emitted()).toHaveLength(2);
	});
});

describe('The API lags behind its callbacks', () => {
	/** What the API says of a task for so many status requests, whatever the truth. */
	function saysFirst(body: Json, status = 200, times = 1): void {
		sandbox.current.faults = [{ on: 'get', kind: { status, body }, times }];
	}

	it('a completed task that is still in progress there is asked for again', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		saysFirst({ id, status: 'in_progress' }, 200, 2);

		expect(await call(host, { id, status: 'completed' })).toEqual({
			status: 200,
			message: 'Accepted',
		});
		await over(host, 1);
		expect(host.emitted()).toHaveLength(1);
	});

	it('is to be called again when the API does not confirm the end in time', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		saysFirst({ id, status: 'in_progress' }, 200, 4);
		const { status, retryAfter } = await call(host, { data: { id, status: 'success' } });

		expect(status).toBe(503);
		expect(Number(retryAfter)).toBeGreaterThan(0);
		expect((await call(host, { data: { id, status: 'success' } })).status).toBe(200);
		await over(host, 2);
		expect(host.emitted()).toHaveLength(1);
	});

	it('a task that is not known there yet is asked for again', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		saysFirst({ message: 'task not found' }, 404);

		expect((await call(host, { id })).message).toBe('Accepted');
		await over(host, 1);
	});

	it('costs a callback that only tells of progress nothing', async () => {
		const host = await listen();
		const { data } = await clientOf(sandbox.current).create({ prompt: 'A fox [sandbox: never]' });
		const id = String(data.id);
		const before = looks();

		expect((await call(host, { id, status: 'in_progress' })).status).toBe(200);
		expect(looks() - before).toBe(1);
	});
});

describe('Many calls at once', () => {
	it('about one task share the status request', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		const body = { id, status: 'completed' };
		const before = looks();
		const answers = await Promise.all(Array.from({ length: 100 }, () => call(host, body)));
		await over(host, 100);

		expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
		expect(looks() - before).toBe(1);
		expect(host.started).toBe(1);
	});

	it('decrypt the credential once, and their executions never', async () => {
		const host = await listen({ downloadVideo: false });
		const ids = await Promise.all(Array.from({ length: 20 }, async () => await settled()));
		const decrypted = jest.spyOn(EngineCredentials.prototype, 'getDecrypted');
		await Promise.all(ids.map(async (id) => await call(host, { id })));
		await over(host, 20);

		expect(host.emitted()).toHaveLength(20);
		expect(decrypted).toHaveBeenCalledTimes(1);
		decrypted.mockRestore();
	});

	it('that name made-up tasks do not keep out the real ones', async () => {
		const host = await listen({ downloadVideo: false });
		const ids = await Promise.all(Array.from({ length: 5 }, async () => await settled()));
		const forged = Array.from({ length: 200 }, (_, n) => call(host, { id: `forged-${n}` }));
		const answers = await Promise.all(ids.map(async (id) => await call(host, { id })));
		await Promise.all(forged);
		await over(host, 205);

		expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
		expect(host.emitted()).toHaveLength(5);
	});

	it('about a task that does not exist are refused without asking again', async () => {
		const host = await listen();
		await call(host, { id: 'forged' });
		const before = looks();
		await Promise.all(Array.from({ length: 20 }, () => call(host, { id: 'forged' })));

		expect(looks()).toBe(before);
	});

	it('do not fill the log when none can be verified', async () => {
		const host = await listen({}, { credential: { apiKey: 'kirin-bad-key' } });
		for (let n = 0; n < 30; n++) await call(host, { id: `task-${n}` });
		const lines = host.log().filter((line) => line.includes('Kirin Video Trigger'));

		expect(lines.length).toBeLessThanOrEqual(11);
	});
});

describe('A key that was replaced', () => {
	it('is used at once, although the old one was in use a moment ago', async () => {
		const credential = { apiKey: 'kirin-old-key' };
		const host = await listen({ downloadVideo: false }, { credential });
		const id = await settled();
		expect((await call(host, { id })).status).toBe(500);
		host.setCredential({ apiKey: KEY, baseUrl: sandbox.current.apiUrl });
		// A refused credential is not decrypted again within a second.
		await new Promise((resolve) => setTimeout(resolve, 1_100));

		expect((await call(host, { id })).message).toBe('Accepted');
		await over(host, 2);
	});
});

describe('Bytes of any kind', () => {
	it('start nothing, and come back in no answer', async () => {
		const host = await listen();
		const types = ['application/json', 'text/plain', 'application/octet-stream'];
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(
					fc.uint8Array({ maxLength: 300 }),
					fc.json().map((text) => Buffer.from(text)),
					fc.string().map((id) => Buffer.from(JSON.stringify({ id, status: 'completed' }))),
				),
				fc.constantFrom(...types),
				async (bytes, type) => {
					const { status, message = '' } = await call(host, Buffer.from(bytes), type);
					expect([400, 404, 422]).toContain(status);
					expect(ANSWERS).toContain(message);
				},
			),
			{ numRuns: 100 },
		);
		expect(host.started).toBe(0);
	});
});

/** All that a caller reads whose body names no task of the account. */
const ANSWERS = [
	'The body names no task',
	'The service knows no such task',
	'Failed to parse request body',
];

describe('A call is not believed', () => {
	it('when it says that a task is completed which is not', async () => {
		const host = await listen();
		const id = await create(host, 'A fox [sandbox: never]');
		const forged = { id, status: 'completed', output: [{ url: 'https://evil.example/x.mp4' }] };
		expect((await call(host, forged)).status).toBe(503);
		await over(host, 2);

		expect(host.started).toBe(0);
	});

	it('about anything but the ID', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled('A fox', { external_task_id: 'order-7' });
		await call(host, {
			data: { task_id: id, external_task_id: 'forged', status: 'failed', model: 'forged' },
		});
		await over(host, 1);

		expect(jsonOf(host)).toEqual([expect.objectContaining({ taskId: id, status: 'completed' })]);
		expect(host.executions[0]?.stored()).not.toContain('forged');
	});

	it('when the task is of another account', async () => {
		const other = await startSandbox({ apiKey: 'other' });
		const foreign = await clientOf(other).settle({ prompt: 'A fox [sandbox: render 1s]' });
		await other.close();
		const host = await listen();

		expect(await call(host, { id: foreign.id })).toEqual({
			status: 404,
			message: 'The service knows no such task',
		});
		expect(host.started).toBe(0);
	});

	it.each([
		['no ID', { hello: 'world' }, 'application/json'],
		['a list', [{ id: 'x' }], 'application/json'],
		['an ID that cannot be one', { id: '..', external_task_id: ' ' }, 'application/json'],
		['no JSON at all', '<!doctype html><p>a page</p>', 'text/html'],
		['nothing', '', 'application/json'],
	])('that brings %s', async (_, body, type) => {
		const host = await listen();
		expect((await call(host, body, type)).status).toBe(400);
		expect(host.started).toBe(0);
		expect(looks()).toBe(0);
	});
});

describe('A call is understood', () => {
	it('by the external task ID, and emitted with it', async () => {
		const host = await listen({ downloadVideo: false });
		await settled('A fox', { external_task_id: 'order-9' });
		await call(host, { external_task_id: 'order-9' });
		await over(host, 1);

		expect(jsonOf(host)).toEqual([expect.objectContaining({ externalTaskId: 'order-9' })]);
	});

	it('by the external task ID where the first ID is that of something else', async () => {
		const host = await listen({ downloadVideo: false });
		await settled('A fox', { external_task_id: 'order-10' });
		await call(host, { id: 'event-1', external_task_id: 'order-10' });
		await over(host, 1);

		expect(host.emitted()).toHaveLength(1);
	});

	it('by our own ID where the service passes on what its vendor sends', async () => {
		const host = await listen({ downloadVideo: false });
		await settled('A fox', { external_task_id: 'order-11' });
		const task_info = { external_task_id: 'order-11' };
		await call(host, { task_id: 'vendor-1', task_status: 'succeed', task_info });
		await over(host, 1);

		expect(host.emitted()).toHaveLength(1);
	});

	it('as JSON of another content type', async () => {
		const host = await listen({ downloadVideo: false });
		await create(host, 'A fox [sandbox: callback wrong-type]');
		await over(host, 2);

		expect(host.emitted()).toHaveLength(1);
	});
});

describe('A call that cannot be verified', () => {
	it('is to be repeated when the service has trouble, and is taken in then', async () => {
		const host = await listen({ downloadVideo: false });
		const id = await settled();
		sandbox.current.faults = [{ on: 'get', kind: { status: 502 }, times: 1 }];

		expect((await call(host, { id })).status).toBe(503);
		expect(host.log().join('\n')).toContain(`Task ${id} could not be read`);
		expect((await call(host, { id })).status).toBe(200);
		await over(host, 2);
		expect(host.emitted()).toHaveLength(1);
	});

	it('is answered in seconds when the service is slow', async () => {
		const host = await listen();
		const id = await settled();
		sandbox.current.faults = [{ on: 'get', kind: 'hang' }];
		const begun = Date.now();

		expect((await call(host, { id })).status).toBe(503);
		expect(Date.now() - begun).toBeLessThan(9_000);
	});

	it.each<[string, Record<string, string>, string]>([
		['a bad key', { apiKey: 'kirin-bad-key' }, 'did not accept the API key'],
		['an unusable base URL', { baseUrl: 'nowhere' }, 'must start with http:// or https://'],
	])('for %s is told in the log, without the key', async (_, credential, told) => {
		const host = await listen({}, { credential });
		const id = await settled();

		const answer = await call(host, { id });
		expect(answer).toEqual({
			status: 500,
			message: "The task cannot be verified; n8n's log says why",
		});
		const log = host.log().filter((line) => line.includes('Kirin Video Trigger'));
		expect(log.join('\n')).toContain(told);
		expect(log.join('\n')).not.toContain(credential.apiKey ?? KEY);
		expect(host.started).toBe(0);
	});

	it('has no key in the log even where the service quotes it', async () => {
		const host = await listen();
		const id = await settled();
		const body = { error: { code: 'FORBIDDEN', message: `${KEY} may not do that` } };
		sandbox.current.faults = [{ on: 'get', kind: { status: 403, body } }];
		await call(host, { id });

		expect(host.log().join('\n')).toContain('[API key] may not do that');
		expect(host.log().join('\n')).not.toContain(KEY);
	});

	it('starts no execution where there is no credential', async () => {
		const host = await listen({}, { credentials: {} });
		expect((await call(host, { id: 'd5u5obte8783ap44qtj0' })).status).toBe(500);
		expect(host.started).toBe(0);
	});
});

describe('The video', () => {
	it('keeps no caller waiting', async () => {
		const host = await listen();
		await create(host, 'A fox [sandbox: render 1s; download slow for 1s]');
		await until(() => host.calls.length === 2);
		expect(host.executions).toEqual([]);
		await over(host, 2);

		expect(host.emitted()[0]?.binary?.data?.mimeType).toBe('video/mp4');
	});

	it('that cannot be downloaded fails the execution, which can be run again', async () => {
		const host = await listen();
		const id = await create(host, 'A fox [sandbox: render 1s; download 500 times 3]');
		await over(host, 2);
		const [failed] = host.executions;
		if (!failed) throw new Error('No execution was started');

		expect(failed.status).toBe('error');
		expect(errorText(failed)).toContain(`The video of task ${id} is finished but could not be`);
		expect(failed.stored()).not.toContain(KEY);
		await host.runAgain();
		expect(host.emitted()[0]?.binary?.data).toBeDefined();
	});

	it('that cannot be downloaded gives an error without the key, even where its address quotes it', async () => {
		const host = await listen();
		const id = await settled();
		const url = `${sandbox.current.filesUrl}/nothing.mp4?key=${KEY}`;
		const body = { id, status: 'completed', output: [{ type: 'video', url }] };
		sandbox.current.faults = [{ on: 'get', kind: { status: 200, body } }];
		await call(host, { id });
		await until(() => host.executions.length === 1);
		const [failed] = host.executions;
		const told = failed && errorText(failed) + JSON.stringify(failed.error);

		expect(told).toContain('nothing.mp4?key=[API key]');
		expect(told).not.toContain(KEY);
	});

	it('that cannot be downloaded is left out by option', async () => {
		const host = await listen({ output: { onDownloadError: 'returnItem' } });
		await create(host, 'A fox [sandbox: render 1s; expired]');
		await over(host, 2);

		expect(jsonOf(host)).toEqual([
			expect.objectContaining({
				status: 'completed',
				warning: expect.stringContaining('could not be downloaded') as string,
			}),
		]);
	});

	it('is not fetched under a limit that makes no sense', async () => {
		const host = await listen({ output: { maximumFileSizeMiB: 0 } });
		await create(host, 'A fox [sandbox: render 1s]');
		await over(host, 2);
		const [failed] = host.executions;

		expect(failed && errorText(failed)).toContain('Maximum File Size (MiB)');
	});

	it('that hangs ends with Stop, and is fetched when the execution is run again', async () => {
		const host = await listen();
		await create(host, 'A fox [sandbox: render 1s; download hang times 1]');
		await until(() => downloads() === 1);
		host.stop();
		await over(host, 2);
		expect(host.executions.map(({ status }) => status)).toEqual(['canceled']);
		expect(host.emitted()).toEqual([]);

		await host.runAgain();
		expect(host.emitted()).toHaveLength(1);
	});

	it('is that of a call: n8n may start a trigger without one, and nothing is emitted then', async () => {
		const host = await listen();
		await host.begin([[{ json: {} }]]);

		expect(host.executions.map(({ status }) => status)).toEqual(['success']);
		expect(host.emitted()).toEqual([]);
	});
});

describe('On activation', () => {
	it('nothing is sent, and n8n warns of a URL that the service cannot reach', async () => {
		const host = await listen();
		await host.activate('http://localhost:5678/webhook');
		const warning = host.log().find((line) => line.includes('WEBHOOK_URL'));

		expect(warning).toContain(
			'warn Kirin Video Trigger: the service cannot reach http://localhost',
		);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('n8n is silent about a URL that it can', async () => {
		const host = await listen();
		await host.activate('https://n8n.example.com/webhook');

		expect(host.log().join('\n')).not.toContain('WEBHOOK_URL');
	});
});
