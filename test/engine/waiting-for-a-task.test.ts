import { itemsOf, type EngineRun } from './engine';
import {
	KEY,
	NODE,
	begin,
	errorText,
	generating,
	onlyItem,
	run,
	sandboxForTests,
	until,
	pollsOf,
	type KirinOptions,
} from './kirin';

const sandbox = sandboxForTests();

/** The gaps between the polls of the only task, in seconds of the node's time. */
function lookGaps(speed: number): number[] {
	const [task] = sandbox.current.ledger.tasks;
	const looks = sandbox.current.ledger.polls(task?.id ?? '').map(({ at }) => at);
	return looks.slice(1).map((at, index) => ((at - (looks[index] ?? 0)) * speed) / 1000);
}

describe('Waiting', () => {
	it('looks once in every interval', async () => {
		const parameters = generating({
			prompt: '[sandbox: render 30s]',
			waiting: { strategy: 'fixed', intervalSeconds: 10 },
		});
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(pollsOf(item)).toBeGreaterThanOrEqual(2);
		expect(pollsOf(item)).toBeLessThanOrEqual(4);
		for (const gap of lookGaps(50)) expect(gap).toBeGreaterThanOrEqual(9);
	});

	it('is adaptive unless told: few looks at a long render', async () => {
		const parameters = generating({ prompt: '[sandbox: render 120s]', downloadVideo: false });
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(item.json.status).toBe('completed');
		expect(pollsOf(item)).toBeLessThan(20);
	});

	it('learns from the tasks of the run that settled before, where no progress is told', async () => {
		const prompt = '[sandbox: render 100s; no-progress]';
		const parameters = generating({
			prompt,
			downloadVideo: false,
			options: { maxConcurrentTasks: 3 },
		});
		const result = await run(sandbox.current, parameters, {
			items: Array.from({ length: 6 }, () => ({ json: {} })),
		});
		const polls = result.output('Kirin Video').map(pollsOf);
		const total = (some: number[]) => some.reduce((sum, one) => sum + one, 0);

		expect(total(polls.slice(3))).toBeLessThan(total(polls.slice(0, 3)));
	});

	it.each([
		['a 502', { status: 502 }],
		['a rate limit', { status: 429, retryAfter: 1 }],
		['a rate limit until a date', { status: 429, retryAfter: 'date' as const }],
		['a broken connection', 'reset' as const],
		['a page from a proxy', 'html' as const],
		['an empty answer', 'empty' as const],
		['an answer that breaks off', 'truncate' as const],
		['a request time-out', { status: 408 }],
	])('survives %s', async (_, kind) => {
		sandbox.current.faults = [{ on: 'get', kind, times: 3 }];
		const item = onlyItem(await run(sandbox.current, generating()));

		expect(item.json.status).toBe('completed');
		expect(sandbox.current.ledger.requests.filter(({ fault }) => fault)).toHaveLength(3);
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('survives an answer that never comes', async () => {
		sandbox.current.faults = [{ on: 'get', kind: 'hang', times: 1 }];
		const parameters = generating({ requestOptions: { timeout: 100 } });

		expect(onlyItem(await run(sandbox.current, parameters)).json.status).toBe('completed');
	});

	it('believes that a new task is only not visible yet', async () => {
		const parameters = generating({
			prompt: '[sandbox: hidden 8000ms]',
			waiting: { intervalSeconds: 1 },
		});
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(item.json.status).toBe('completed');
		const statuses = sandbox.current.ledger.requests.map(({ status }) => status);
		expect(statuses).toContain(404);
	});

	it('ends when the service has forgotten the task for good', async () => {
		sandbox.current.faults = [{ on: 'get', kind: 'not-found' }];
		const text = errorText(await run(sandbox.current, generating()));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain(`no longer knows task ${task?.id}`);
		expect(text).toContain('may be billed');
	});

	it.each([
		[401, 'did not accept the API key'],
		[403, 'did not accept the API key'],
		[402, 'lack of credit'],
	])('ends at once on %i, with the task ID and what to do', async (status, words) => {
		sandbox.current.faults = [{ on: 'get', kind: { status } }];
		const text = errorText(await run(sandbox.current, generating()));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain(words);
		expect(text).toContain(task?.id);
		expect(text).toContain(task?.externalTaskId);
		expect(text).toContain('Task → Wait');
		expect(sandbox.current.ledger.count('get')).toBe(1);
	});

	it('fails at the deadline without losing the task', async () => {
		const parameters = generating({
			prompt: '[sandbox: never]',
			waiting: { maximumWaitMinutes: 0.2 },
		});
		const result = await run(sandbox.current, parameters);
		const [task] = sandbox.current.ledger.tasks;

		expect(errorText(result)).toContain(`Task ${task?.id} is not finished after 0.2 minutes`);
		expect(errorText(result)).toContain('Task → Wait');
		expect(errorText(result)).toContain('Maximum Wait');
	});

	it('reads a status that it does not know as in progress, and logs it once', async () => {
		const parameters = generating({
			prompt: '[sandbox: status simmering]',
			waiting: { intervalSeconds: 1 },
		});
		const result = await run(sandbox.current, parameters);

		expect(onlyItem(result).json.status).toBe('completed');
		expect(result.log.filter((line) => line.includes('"simmering"'))).toHaveLength(1);
	});

	it('does not wait for ever on a status that it does not know', async () => {
		const parameters = generating({
			prompt: '[sandbox: never; status simmering]',
			waiting: { maximumWaitMinutes: 0.2 },
		});

		expect(errorText(await run(sandbox.current, parameters))).toContain('is not finished');
	});
});

describe('Stop', () => {
	it('ends the wait at once, and no request goes out after it', async () => {
		const parameters = generating({
			prompt: '[sandbox: never]',
			waiting: { intervalSeconds: 2 },
		});
		const { promise, stop } = await begin(sandbox.current, parameters, {
			retryOnFail: true,
			waitBetweenTries: 10,
		});
		await until(() => sandbox.current.ledger.count('get') >= 2);
		stop();
		const result = await promise;
		const calls = sandbox.current.ledger.requests.length;
		await new Promise((resolve) => setTimeout(resolve, 300));

		expect(result.status).toBe('canceled');
		expect(sandbox.current.ledger.requests).toHaveLength(calls);
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('leaves the task ID in the log', async () => {
		const { promise, stop } = await begin(
			sandbox.current,
			generating({ prompt: '[sandbox: never]' }),
		);
		await until(() => sandbox.current.ledger.count('get') >= 1);
		stop();
		const { log } = await promise;
		const [task] = sandbox.current.ledger.tasks;

		const line = log.find((text) => text.includes('was canceled'));
		expect(line).toContain(task?.id);
		expect(line).toContain(task?.externalTaskId);
		expect(log.join('\n')).not.toContain(KEY);
	});

	const two = { items: itemsOf({ p: 'Quick [sandbox: render 0s]' }, { p: '[sandbox: never]' }) };

	async function stopTwo(node: KirinOptions): Promise<EngineRun> {
		const parameters = generating({ prompt: '={{ $json.p }}' });
		const { promise, stop } = await begin(sandbox.current, parameters, { ...two, ...node });
		const { ledger } = sandbox.current;
		await until(() => ledger.count('download') === 1 && ledger.tasks.length === 2);
		stop();
		return await promise;
	}

	it("fails the node, so that n8n's Retry runs it again, and names the tasks of all items", async () => {
		const result = await stopTwo({});
		const [quick, never] = sandbox.current.ledger.tasks;
		const { error } = result.taskData(NODE)[0] ?? {};

		expect(result.status).toBe('canceled');
		expect(error?.message).toContain('canceled before the video was downloaded');
		expect(error?.description).toContain(never?.id);
		expect(error?.description).toContain(quick?.id);
		expect(result.run.data.executionData?.nodeExecutionStack[0]?.node.name).toBe(NODE);
	});

	it('gives the tasks as they stand with Retry On Fail, and no try follows', async () => {
		const result = await stopTwo({ retryOnFail: true, maxTries: 5, waitBetweenTries: 10 });
		const [quick, never] = sandbox.current.ledger.tasks;

		expect(result.output(NODE).map(({ json }) => json)).toEqual([
			expect.objectContaining({ taskId: quick?.id, status: 'completed' }),
			expect.objectContaining({
				taskId: never?.id,
				externalTaskId: never?.externalTaskId,
				status: 'in_progress',
				warning: expect.stringContaining('was canceled') as string,
			}),
		]);
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
	});

	it('gives an error item with Continue On Fail', async () => {
		const result = await stopTwo({ onError: 'continueRegularOutput' });
		const [, never] = sandbox.current.ledger.tasks;

		expect(result.output(NODE)[1]?.json).toMatchObject({
			error: expect.stringContaining('was canceled') as string,
			details: { taskId: never?.id, status: 'in_progress' },
		});
	});

	it('ends a request that is under way', async () => {
		sandbox.current.faults = [{ on: 'get', kind: 'hang' }];
		const { promise, stop } = await begin(sandbox.current, generating());
		await until(() => sandbox.current.ledger.count('get') >= 1);
		stop();

		expect((await promise).status).toBe('canceled');
	});

	it('ends a download that is under way', async () => {
		const parameters = generating({ prompt: '[sandbox: download hang]' });
		const { promise, stop } = await begin(sandbox.current, parameters);
		await until(() => sandbox.current.ledger.count('download') >= 1);
		stop();

		expect((await promise).status).toBe('canceled');
	});

	it('ends all the items of a run', async () => {
		const { promise, stop } = await begin(
			sandbox.current,
			generating({ prompt: '[sandbox: never]' }),
			{ items: Array.from({ length: 30 }, () => ({ json: {} })) },
		);
		await until(() => sandbox.current.ledger.tasks.length === 30);
		stop();

		expect((await promise).status).toBe('canceled');
	});
});
