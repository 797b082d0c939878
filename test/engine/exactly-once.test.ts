import { itemsOf } from './engine';
import {
	NODE,
	errorText,
	generating,
	onlyItem,
	run,
	sandboxForTests,
	until,
	submitting,
} from './kirin';

const sandbox = sandboxForTests();

describe('A lost answer to create', () => {
	it.each([
		['a broken connection', 'reset' as const],
		['a 500', { status: 500 }],
		['a 503', { status: 503, retryAfter: 1 }],
		['a request time-out', { status: 408 }],
		['a page from a proxy', 'html' as const],
		['an empty body', 'empty' as const],
		['a body that breaks off', 'truncate' as const],
		['a 2xx without an ID', 'no-id' as const],
	])('by %s does not bill twice when the task was made', async (_, kind) => {
		sandbox.current.faults = [{ on: 'create', point: 'after', kind, times: 1 }];
		const item = onlyItem(await run(sandbox.current, generating()));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(sandbox.current.ledger.count('create')).toBe(1);
		expect(item.json).toMatchObject({
			taskId: sandbox.current.ledger.tasks[0]?.id,
			status: 'completed',
		});
	});

	it.each([
		['a broken connection', 'reset' as const],
		['a 502', { status: 502 }],
		['an empty body', 'empty' as const],
	])('by %s is made up for when no task was made', async (_, kind) => {
		sandbox.current.faults = [{ on: 'create', point: 'before', kind, times: 1 }];
		const item = onlyItem(await run(sandbox.current, generating()));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(sandbox.current.ledger.count('create')).toBe(2);
		expect(item.json.status).toBe('completed');
	});

	it('by silence does not bill twice', async () => {
		sandbox.current.faults = [{ on: 'create', point: 'after', kind: 'hang', times: 1 }];
		const parameters = generating({ requestOptions: { timeout: 100 } });
		onlyItem(await run(sandbox.current, parameters));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('does not bill twice when the task takes a while to become visible', async () => {
		sandbox.current.faults = [{ on: 'create', point: 'after', kind: 'reset', times: 1 }];
		const item = onlyItem(
			await run(sandbox.current, generating({ prompt: '[sandbox: hidden 30ms]' })),
		);

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(item.json.status).toBe('completed');
	});

	it('says that it is not known when the service cannot be asked either', async () => {
		sandbox.current.faults = [
			{ on: 'create', point: 'after', kind: 'reset' },
			{ on: 'get', kind: { status: 503 } },
		];
		const parameters = generating({ waiting: { maximumWaitMinutes: 0.2 } });
		const text = errorText(await run(sandbox.current, parameters));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain('It is not known whether a task was created');
		expect(text).toContain(task?.externalTaskId);
		expect(text).toContain('may be billed');
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});

describe('A rate limit on create', () => {
	it('is waited for, and the task is made once', async () => {
		sandbox.current.faults = [{ on: 'create', kind: { status: 429, retryAfter: 2 }, times: 2 }];
		onlyItem(await run(sandbox.current, generating()));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(sandbox.current.ledger.count('create')).toBe(3);
	});
});

describe('Retry On Fail', () => {
	const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

	it('finds the task of the first try in place of paying for a second', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1 }];
		const item = onlyItem(await run(sandbox.current, generating(), retrying));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(item.json).toMatchObject({ status: 'completed', adopted: true });
	});

	it('looks before it creates, even where the service does not keep IDs unique', async () => {
		sandbox.current.settings.enforceUniqueExternalIds = false;
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1 }];
		onlyItem(await run(sandbox.current, generating(), retrying));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});

	it('makes a new task when the one of the first try has failed', async () => {
		const failOnce = '={{ $json.prompt }}';
		sandbox.current.settings.markers = '[sandbox: fail 002011095]';
		const failed = run(sandbox.current, generating({ prompt: failOnce }), {
			...retrying,
			items: itemsOf({ prompt: 'A fox' }),
		});
		await until(() => sandbox.current.ledger.tasks.length === 1);
		sandbox.current.settings.markers = '';
		const result = await failed;
		const item = onlyItem(result);

		const { tasks } = sandbox.current.ledger;
		for (const { id } of tasks) expect(result.log.join('\n')).toContain(id);
		expect(tasks.map(({ outcome }) => outcome)).toEqual(['failed', 'completed']);
		expect(new Set(tasks.map(({ externalTaskId }) => externalTaskId)).size).toBe(2);
		expect(item.json.taskId).toBe(tasks[1]?.id);
	});

	it('tells the external task IDs of all items when the service is gone by then', async () => {
		sandbox.current.faults = [
			{ on: 'create', point: 'after', kind: 'reset' },
			{ on: 'get', kind: { status: 401 } },
		];
		const result = await run(sandbox.current, generating(), {
			...retrying,
			items: itemsOf({}, {}, {}),
		});
		const text = errorText(result);

		const { tasks } = sandbox.current.ledger;
		expect(tasks).toHaveLength(3);
		for (const { externalTaskId } of tasks) expect(text).toContain(externalTaskId);
	});

	it('keeps the tasks of the items that had no fault', async () => {
		sandbox.current.faults = [
			{ on: 'get', kind: { status: 401 }, times: 1, promptIncludes: 'two' },
		];
		const result = await run(sandbox.current, generating({ prompt: '={{ $json.p }}' }), {
			...retrying,
			items: itemsOf({ p: 'one' }, { p: 'two' }, { p: 'three' }),
		});

		expect(result.output(NODE)).toHaveLength(3);
		expect(sandbox.current.ledger.tasks).toHaveLength(3);
	});
});

describe('Items that look alike', () => {
	it('get a video each: two items with the same prompt', async () => {
		const result = await run(sandbox.current, generating(), { items: itemsOf({}, {}) });
		const made = result.output(NODE).map(({ json }) => json.taskId);

		expect(new Set(made).size).toBe(2);
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
	});

	it('get one video together with Execute Once', async () => {
		const options = { items: itemsOf({}, {}), executeOnce: true };
		onlyItem(await run(sandbox.current, generating(), options));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});

describe('A base URL with https for a service that speaks http', () => {
	it('ends soon, says that it is not known, and what to check', async () => {
		const baseUrl = sandbox.current.apiUrl.replace('http:', 'https:');
		const text = errorText(await run(sandbox.current, generating(), { credential: { baseUrl } }));

		expect(text).toMatch(
			/It is not known whether a task was created under the external task ID n8n-/,
		);
		expect(text).toContain('check the base URL');
		expect(text).not.toContain('nothing is billed');
	});
});

describe('A refusal in words that we do not know', () => {
	it('of an own ID that is taken gives the task that exists', async () => {
		const parameters = generating({ options: { externalTaskId: 'order-1' } });
		const first = onlyItem(await run(sandbox.current, parameters));
		sandbox.current.faults = [{ on: 'create', kind: { status: 400 } }];
		const second = onlyItem(await run(sandbox.current, parameters));

		expect(second.json).toMatchObject({ taskId: first.json.taskId, adopted: true });
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});

describe('An error of a run with many items', () => {
	it('lists five of the other tasks and counts the rest, which are in the details', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, promptIncludes: 'bad' }];
		const prompts = ['bad', ...Array.from({ length: 8 }, (_, index) => `good ${index}`)];
		const result = await run(sandbox.current, generating({ prompt: '={{ $json.p }}' }), {
			items: itemsOf(...prompts.map((p) => ({ p }))),
		});
		const text = errorText(result);
		const others = sandbox.current.ledger.tasks.filter(({ params }) => params.prompt !== 'bad');

		expect(others).toHaveLength(8);
		expect(others.filter(({ id }) => text.includes(id))).toHaveLength(5);
		expect(text).toContain('… and 3 more in details.otherTasks');
		for (const { id } of others) expect(result.stored()).toContain(id);
	});
});

describe('External task IDs', () => {
	it('differ between items, executions and nodes', async () => {
		const items = itemsOf({}, {});
		await run(sandbox.current, generating(), { items, run: { executionId: '1' } });
		await run(sandbox.current, generating(), { items, run: { executionId: '2' } });

		const ids = sandbox.current.ledger.tasks.map(({ externalTaskId }) => externalTaskId);
		expect(new Set(ids).size).toBe(4);
	});

	it('of the user give the task that exists in place of a second one', async () => {
		const parameters = submitting({
			prompt: 'A fox',
			options: { externalTaskId: 'order-1' },
		});
		const first = onlyItem(await run(sandbox.current, parameters));
		const second = onlyItem(await run(sandbox.current, parameters));

		expect(second.json.taskId).toBe(first.json.taskId);
		expect(second.json.adopted).toBe(true);
		expect(first.json).not.toHaveProperty('adopted');
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('of the user give a video on its way, whose time counts from its own create', async () => {
		sandbox.current.settings.renderSeconds = 300;
		const own = { prompt: 'A fox', options: { externalTaskId: 'order-1' } };
		onlyItem(await run(sandbox.current, submitting(own)));
		await new Promise((resolve) => setTimeout(resolve, 240_000));
		const { json } = onlyItem(await run(sandbox.current, generating(own)));

		expect(json).toMatchObject({ status: 'completed', adopted: true });
		const { elapsedSeconds } = json.details as { elapsedSeconds: number };
		expect(elapsedSeconds).toBeGreaterThan(295);
		// The get that found it, and the polls: none right after it.
		const [found, next] = sandbox.current.ledger.requests.filter(({ kind }) => kind === 'get');
		expect((next?.at ?? 0) - (found?.at ?? 0)).toBeGreaterThan(1_000);
	});

	it('of the user give a finished video, and nobody pretends to have seen its end', async () => {
		const parameters = generating({ prompt: 'A fox', options: { externalTaskId: 'order-1' } });
		const first = onlyItem(await run(sandbox.current, parameters));
		const second = onlyItem(await run(sandbox.current, parameters));

		expect(first.json.details).toHaveProperty('finishedAt');
		expect(second.json).toMatchObject({ taskId: first.json.taskId, adopted: true });
		expect(second.json.details).not.toHaveProperty('finishedAt');
		expect(second.json.details).not.toHaveProperty('elapsedSeconds');
		expect(second.binary).toHaveProperty('data');
	});

	it('of the user may be numbers', async () => {
		const items = itemsOf({ id: 4711 });
		const parameters = generating({ options: { externalTaskId: '={{ $json.id }}' } });
		await run(sandbox.current, parameters, { items });

		expect(sandbox.current.ledger.tasks[0]?.externalTaskId).toBe('4711');
	});

	it('that two items share are refused, for one would get the video of the other', async () => {
		const parameters = generating({
			prompt: '={{ $json.p }}',
			options: { externalTaskId: 'order-1' },
		});
		const result = await run(sandbox.current, parameters, {
			items: itemsOf({ p: 'one' }, { p: 'two' }),
		});

		expect(errorText(result)).toContain('External Task ID');
		expect(errorText(result)).toContain('order-1');
		expect(sandbox.current.ledger.tasks).toHaveLength(0);
	});

	it('of a task of another model are refused', async () => {
		const options = { externalTaskId: 'order-1' };
		await run(sandbox.current, submitting({ prompt: 'A fox', options }));
		const text = errorText(
			await run(sandbox.current, generating({ model: 'kirin_v2_master_t2v', options })),
		);

		expect(text).toContain('order-1');
		expect(text).toContain('kirin_v2_5_turbo_t2v');
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});
