import { ExecuteSingleContext } from 'n8n-core';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { systemClock } from '../../nodes/KirinVideo/api/clock';
import { generateFromText } from '../saved-parameters';
import { describeSince } from './describe-since';
import {
	type EngineRun,
	type RunOptions,
	type WorkflowJson,
	binaryBytes,
	callResumeUrl,
	itemsOf,
	passDeadline,
	runAsTool,
	runWorkflow,
} from './engine';
import {
	type KirinOptions,
	KEY,
	NODE,
	errorText,
	generating,
	onTask,
	run,
	runOptions,
	sandboxForTests,
	until,
} from './kirin';
import { ANSWER_WITHIN_MS } from '../../nodes/KirinVideo/suspend/resumeWebhook';
import { watcher } from '../../nodes/KirinVideo/suspend/watcher';
import type { ResumeAnswer } from './waiting';

// Long enough that a busy machine puts an execution to wait before its tasks are done.
const sandbox = sandboxForTests({ renderSeconds: 40 });

/** Prompts come from expressions, which n8n evaluates again when the execution goes on. */
const PARAMETERS = resuming({ prompt: '={{ $json.p.trim() }}' });

function resuming(parameters: INodeParameters): INodeParameters {
	return generateFromText(parameters, 'callback');
}

function prompts(...all: string[]): KirinOptions {
	return { items: itemsOf(...all.map((p) => ({ p }))) };
}

interface Wait {
	options: RunOptions;
	waiting: EngineRun;
}

async function startToWait(options: KirinOptions, parameters = PARAMETERS): Promise<Wait> {
	const all = runOptions(sandbox.current, parameters, options);
	const waiting = await runWorkflow(all);
	if (waiting.error) throw waiting.error;
	expect(waiting.status).toBe('waiting');
	return { options: all, waiting };
}

async function allSettled(): Promise<void> {
	const { tasks } = sandbox.current.ledger;
	await until(() => tasks.every(({ endsAt }) => endsAt <= Date.now()));
}

/** What the service sends when it is done with a task. */
async function callBack({ options, waiting }: Wait, body?: IDataObject): Promise<EngineRun> {
	await allSettled();
	const id = sandbox.current.ledger.tasks[0]?.id;
	const { resumed } = await callResumeUrl(options, waiting, { body: body ?? { id } });
	if (!resumed) throw new Error('The execution goes on waiting');
	return resumed;
}

/** A call whose caller waits for as long as the check takes: the clock runs faster than this machine. */
async function patientCall({ options, waiting }: Wait, body: IDataObject): Promise<ResumeAnswer> {
	const sleep = systemClock.sleep.bind(systemClock);
	const forever = new Promise<void>(() => undefined);
	const patience = jest
		.spyOn(systemClock, 'sleep')
		.mockImplementation((ms) => (ms === ANSWER_WITHIN_MS ? forever : sleep(ms)));
	return await callResumeUrl(options, waiting, { body }).finally(() => patience.mockRestore());
}

function statuses({ waiting }: Pick<Wait, 'waiting'>): unknown[] {
	return waiting.output(NODE).map(({ json }) => json.status);
}

describe('Generate and Resume on Callback', () => {
	it('gives what Generate gives, and polls for nothing', async () => {
		const wait = await startToWait(prompts('A fox', 'A crane'));
		expect(statuses(wait)).toEqual(['in_progress', 'in_progress']);
		expect(wait.waiting.output('After')).toEqual([]);

		await allSettled();
		const { ledger } = sandbox.current;
		// One for each task before the wait, and that of the watcher, if its time has come by now.
		expect(ledger.count('get')).toBeLessThanOrEqual(3);
		const resumed = await callBack(wait);

		const generated = await run(
			sandbox.current,
			generating({ prompt: '={{ $json.p }}' }),
			prompts('A fox', 'A crane'),
		);
		const [, , , , ...others] = ledger.tasks;
		expect(others).toEqual([]);
		resumed.output(NODE).forEach(({ json, binary, pairedItem }, index) => {
			const [item] = generated.output(NODE).slice(index);
			expect(Object.keys(json)).toEqual(Object.keys(item?.json ?? {}));
			expect(json).toMatchObject({
				taskId: ledger.tasks[index]?.id,
				status: 'completed',
				cost: item?.json.cost,
			});
			expect(binary?.data).toMatchObject({
				mimeType: 'video/mp4',
				fileName: `${ledger.tasks[index]?.id}.mp4`,
			});
			expect(pairedItem).toEqual({ item: index });
		});
		expect((await binaryBytes(resumed.output(NODE)[0], 'data')).length).toBeGreaterThan(1000);
	});

	it('gives the service the resume URL of the execution', async () => {
		const { waiting } = await startToWait(prompts('A fox'));
		const [task] = sandbox.current.ledger.tasks;

		expect(task?.callbackUrl).toMatch(`/webhook-waiting/${waiting.executionId}`);
	});

	it('is watched until it is resumed', async () => {
		const watch = jest.spyOn(watcher, 'watch');
		const end = jest.spyOn(watcher, 'end');
		const wait = await startToWait(prompts('A fox', 'Quick [sandbox: render 0s]'));
		const [watched] = watch.mock.calls[0] ?? [];
		const [task] = sandbox.current.ledger.tasks;
		const { waitTill } = wait.waiting.run.data;

		expect(watched).toMatchObject({
			resumeUrl: task?.callbackUrl,
			baseUrl: sandbox.current.apiUrl,
			apiKey: KEY,
			until: waitTill?.getTime(),
		});
		const slow = sandbox.current.ledger.tasks.find(({ prompt }) => prompt === 'A fox');
		expect(watched?.ids).toEqual([slow?.id]);
		expect(wait.waiting.stored()).not.toContain(KEY);

		await callBack(wait);
		expect(end).toHaveBeenCalledWith(watched?.name);
	});

	it('waits until the maximum wait that the user has set', async () => {
		const parameters = { ...PARAMETERS, waiting: { maximumWaitMinutes: 120 } };
		const { waiting } = await startToWait(prompts('A fox'), parameters);
		const [task] = sandbox.current.ledger.tasks;
		const waitMs = Number(waiting.run.data.waitTill?.getTime()) - Number(task?.createdAt);

		expect(Math.round(waitMs / 60_000 / 2)).toBeGreaterThanOrEqual(60);
	});

	it('does not wait when all tasks settle at once', async () => {
		sandbox.current.settings.renderSeconds = 0;
		const result = await run(sandbox.current, PARAMETERS, prompts('A fox', 'A crane'));

		expect(result.output(NODE).map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
	});

	it('submits many items with as many creates', async () => {
		const wait = await startToWait(
			prompts(...Array.from({ length: 60 }, (_, i) => `Fox ${i} [sandbox: render 100s]`)),
		);
		expect(sandbox.current.ledger.count('create')).toBe(60);
		const resumed = await callBack(wait);

		expect(resumed.output(NODE)).toHaveLength(60);
		expect(sandbox.current.ledger.count('create')).toBe(60);
	});
});

describe('A callback', () => {
	it('of one task does not end the wait for the others', async () => {
		const wait = await startToWait(prompts('Quick', 'Slow [sandbox: never]'));
		const [quick] = sandbox.current.ledger.tasks;
		await until(() => (quick?.endsAt ?? 0) <= Date.now());
		const call = await callResumeUrl(wait.options, wait.waiting, { body: { id: quick?.id } });

		expect(call.resumed).toBeUndefined();
	});

	it.each([
		['that comes early', (id?: string) => ({ id })],
		['about a foreign task', () => ({ id: 'foreign' })],
		['without a body', () => ({})],
	])('%s changes nothing', async (_, body) => {
		const wait = await startToWait(prompts('A fox [sandbox: never]'));
		const [task] = sandbox.current.ledger.tasks;
		watcher.endAll();
		const before = sandbox.current.ledger.count('get');
		const call = await callResumeUrl(wait.options, wait.waiting, { body: body(task?.id) });

		expect(call.resumed).toBeUndefined();
		expect(sandbox.current.ledger.count('get')).toBe(before + 1);
	});

	it('that claims the task to be completed changes nothing, and is answered so that it is sent again', async () => {
		const wait = await startToWait(prompts('A fox [sandbox: never]'));
		const [task] = sandbox.current.ledger.tasks;
		const body = { id: task?.id, status: 'completed' };
		const call = await patientCall(wait, body);

		expect(call.resumed).toBeUndefined();
		expect(call.code).toBe(503);
	});

	it.each([
		(id?: string) => ({ data: { id, status: 'completed' } }),
		(id?: string) => ({ event: 'task.completed', data: { id } }),
	])(
		'that knows of the end before the status request does is believed a moment later',
		async (says) => {
			const wait = await startToWait(prompts('A fox'));
			const body = says(sandbox.current.ledger.tasks[0]?.id);
			await allSettled();
			sandbox.current.faults = [{ on: 'get', kind: 'not-found', times: 1 }];

			expect((await callBack(wait, body)).output(NODE)).toHaveLength(1);
		},
	);

	it('is answered before a slow check ends, which still resumes the execution', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		sandbox.current.faults = [{ on: 'get', kind: 'slow', delayMs: 5_000, times: 1 }];
		const call = await callResumeUrl(wait.options, wait.waiting, { body: {} });

		expect(call.code).toBe(200);
		expect(call.resumed?.status).toBe('success');
	});

	it('that is repeated about a task known to be done asks for nothing', async () => {
		const wait = await startToWait(prompts('Quick', 'Slow [sandbox: never]'));
		const { ledger } = sandbox.current;
		const [quick] = ledger.tasks;
		await until(() => (quick?.endsAt ?? 0) <= Date.now());
		watcher.endAll();
		const call = { body: { id: quick?.id } };
		await callResumeUrl(wait.options, wait.waiting, call);
		const gets = ledger.count('get');
		for (let i = 0; i < 5; i++) await callResumeUrl(wait.options, wait.waiting, call);

		expect(ledger.count('get')).toBe(gets);
	});

	it('among a thousand at once is answered, by two checks', async () => {
		const wait = await startToWait(prompts('A fox [sandbox: never]'));
		const { ledger } = sandbox.current;
		watcher.endAll();
		const gets = ledger.count('get');
		const calls = Array.from(
			{ length: 1_000 },
			async () => await callResumeUrl(wait.options, wait.waiting, { body: { id: 'forged' } }),
		);
		expect((await Promise.all(calls)).filter(({ resumed }) => resumed)).toEqual([]);

		expect(ledger.count('get') - gets).toBeLessThanOrEqual(2);
	});

	it('without an ID ends the wait all the same when all tasks have settled', async () => {
		const wait = await startToWait(prompts('A fox', 'A crane'));

		expect((await callBack(wait, {})).output(NODE)).toHaveLength(2);
	});

	it('that finds the service away is answered so that it is sent again', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		sandbox.current.faults = [{ on: 'get', kind: { status: 503 } }];
		const call = await patientCall(wait, {});

		expect(call.resumed).toBeUndefined();
		expect(call.code).toBe(503);

		sandbox.current.faults = [];
		expect((await callBack(wait)).output(NODE)).toHaveLength(1);
	});

	it('that finds the key revoked ends the wait with the error that says so', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 } }];

		expect(errorText(await callBack(wait))).toMatch(/did not accept the API key.*while waiting/s);
	});

	it('about a task that cannot be found for a moment waits for the next', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		sandbox.current.faults = [{ on: 'get', kind: 'not-found' }];
		const call = await callResumeUrl(wait.options, wait.waiting, { body: {} });

		expect(call.resumed).toBeUndefined();
	});

	it.each(['other-task', 'other-id'] as const)(
		'is not believed where the status request is answered with another task (%s)',
		async (kind) => {
			sandbox.current.faults = [{ on: 'get', kind, promptIncludes: 'A crane' }];
			const wait = await startToWait(prompts('A fox [sandbox: render 0s]', 'A crane'));
			await allSettled();
			const call = await patientCall(wait, {});

			expect(call.resumed).toBeUndefined();
			expect(call.code).toBe(503);

			sandbox.current.faults = [];
			const { tasks } = sandbox.current.ledger;
			const items = (await callBack(wait)).output(NODE);
			expect(items.map(({ json }) => json.taskId)).toEqual(tasks.map(({ id }) => id));
		},
	);

	it('that comes while another one resumes the execution is not in its way', async () => {
		const wait = await startToWait(prompts('A fox', 'A crane'));
		await allSettled();
		// However long this takes, n8n has not resumed the execution by then.
		const now = jest.spyOn(systemClock, 'now').mockReturnValue(systemClock.now());
		const calls = sandbox.current.ledger.tasks.map(
			async ({ id }) => await callResumeUrl(wait.options, wait.waiting, { body: { id } }),
		);
		const resumed = (await Promise.all(calls)).filter((call) => call.resumed);
		const late = await callResumeUrl(wait.options, wait.waiting, { body: {} });
		now.mockRestore();

		expect(resumed).toHaveLength(1);
		expect(late.resumed).toBeUndefined();
	});

	it('takes no more than some looks per task, however many callbacks come', async () => {
		const count = 40;
		const wait = await startToWait(
			prompts(...Array.from({ length: count }, (_, i) => `Fox ${i} [sandbox: render ${40 + i}s]`)),
		);
		const { ledger } = sandbox.current;
		const before = ledger.count('get');
		for (const { id, endsAt } of ledger.tasks) {
			await until(() => endsAt <= Date.now());
			const { resumed } = await callResumeUrl(wait.options, wait.waiting, { body: { id } });
			if (resumed) break;
		}

		// n·log n with a good margin; one look at every task per callback would be 1,600.
		expect(ledger.count('get') - before).toBeLessThan(count * 12);
	});
});

describe('The next wait of an execution', () => {
	const NEXT = 'Next';

	/** Another node that waits, behind the first. */
	function inAnotherNode({ nodes, connections }: WorkflowJson): void {
		const first = nodes.find(({ name }) => name === NODE);
		if (first) nodes.push({ ...first, id: NEXT, name: NEXT });
		connections[NODE] = { main: [[{ node: NEXT, type: 'main', index: 0 }]] };
	}

	/** The same node again, as in a loop. */
	function inTheNextRun({ nodes, connections }: WorkflowJson): void {
		const after = nodes.find(({ name }) => name === 'After');
		if (after) nodes.push({ ...after, id: NEXT, name: NEXT });
		connections.Start?.main?.[0]?.push({ node: NEXT, type: 'main', index: 0 });
		connections[NEXT] = { main: [[{ node: NODE, type: 'main', index: 0 }]] };
	}

	it.each([
		{ where: 'in another node', change: inAnotherNode },
		{ where: 'in the next run of the node', change: inTheNextRun },
	])('$where is ended by a callback, however soon after the first', async ({ change }) => {
		const options = runOptions(sandbox.current, resuming({ prompt: 'A fox' }), {});
		change(options.workflow);
		const first = await runWorkflow(options);
		const second = await callBack({ options, waiting: first });
		expect(second.status).toBe('waiting');
		const now = jest.spyOn(systemClock, 'now').mockReturnValue(systemClock.now());
		const resumed = await callBack({ options, waiting: second }).finally(() => now.mockRestore());

		expect(resumed.status).toBe('success');
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
	});
});

describe('A credential that changes during the wait', () => {
	function withCredential(wait: Wait, credential: IDataObject): Wait {
		const credentials = { kirinVideoApi: credential as Record<string, string> };
		return { ...wait, options: { ...wait.options, credentials } };
	}

	it('to no address ends in an error that names the tasks of all items', async () => {
		const wait = await startToWait(prompts('A fox', 'A crane'));
		await allSettled();
		const looks = sandbox.current.ledger.count('get');
		const resumed = await callBack(withCredential(wait, { apiKey: KEY, baseUrl: 'ftp://kirin' }));
		const text = errorText(resumed);
		const [fox, crane] = sandbox.current.ledger.tasks;

		expect(text).toContain('base URL');
		expect(text).toContain(`ask ${fox?.id}`);
		expect(text).toContain(crane?.id);
		expect(text).toContain('Task → Wait');
		expect(text).not.toContain('nothing is billed');
		expect(sandbox.current.ledger.count('get')).toBe(looks);
	});

	it('to none at all leaves the execution waiting, and its log says so', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		const options = { ...wait.options, credentials: {} };
		const call = await callResumeUrl(options, wait.waiting, { body: {} });

		expect(call.resumed).toBeUndefined();
		expect(call.code).toBe(503);
		const passed = await passDeadline(options, wait.waiting);
		expect(passed.output(NODE)[0]?.json).toMatchObject({
			taskId: sandbox.current.ledger.tasks[0]?.id,
			status: 'in_progress',
		});
		expect((await callBack(wait)).output(NODE)[0]?.json.status).toBe('completed');
	});

	it('to that of another account leaves the execution waiting', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		sandbox.current.faults = [{ on: 'get', kind: 'not-found' }];
		const call = await callResumeUrl(wait.options, wait.waiting, { body: {} });

		expect(call.resumed).toBeUndefined();
	});

	it('to another address is not asked for at the old one: its key is not for that', async () => {
		const wait = await startToWait(prompts('A fox'));
		await allSettled();
		const looks = sandbox.current.ledger.count('get');
		const elsewhere = { apiKey: 'another-key', baseUrl: 'http://127.0.0.1:1' };
		const { options, waiting } = withCredential(wait, elsewhere);
		const call = await callResumeUrl(options, waiting, { body: {} });

		expect(call.resumed).toBeUndefined();
		expect(sandbox.current.ledger.count('get')).toBe(looks);
	});
});

describe('Errors after the wait', () => {
	const two = prompts('Good', 'Bad [sandbox: fail 002011096]');

	it('fail the run and name the task of the other item', async () => {
		const wait = await startToWait(two);
		const text = errorText(await callBack(wait));
		const [good, bad] = sandbox.current.ledger.tasks;

		expect(text).toContain('failed with a result parsing error');
		expect(text).toContain(bad?.id);
		expect(text).toContain(`${good?.id} (completed`);
	});

	it('are items with Continue On Fail', async () => {
		const wait = await startToWait({ ...two, onError: 'continueRegularOutput' });
		const [good, bad] = (await callBack(wait)).output(NODE);

		expect(good?.json.status).toBe('completed');
		expect(bad?.json).toMatchObject({
			error: expect.stringContaining('result parsing error') as string,
			details: { status: 'failed' },
		});
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
	});

	it('go to the error output where there is one', async () => {
		const wait = await startToWait({ ...two, onError: 'continueErrorOutput' });
		const resumed = await callBack(wait);

		expect(resumed.output('After')).toHaveLength(1);
		expect(resumed.output('Failed')).toHaveLength(1);
	});

	it('are tried again with Retry On Fail, as a new task and a new wait', async () => {
		const wait = await startToWait({
			...prompts('Bad [sandbox: fail 002011096]'),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		const again = await callBack(wait);
		const { tasks } = sandbox.current.ledger;

		expect(again.status).toBe('waiting');
		expect(tasks).toHaveLength(2);
		expect(tasks[0]?.externalTaskId).not.toBe(tasks[1]?.externalTaskId);

		const end = await callBack({ options: wait.options, waiting: again });
		expect(errorText(end)).toContain(tasks[0]?.id);
		expect(errorText(end)).toContain(tasks[1]?.id);
		expect(tasks).toHaveLength(2);
	});
});

describe('With Retry On Fail, two items that fail again', () => {
	it('end the run with an error that names all tasks of both', async () => {
		const bad = 'Bad [sandbox: fail 002011096]';
		const wait = await startToWait({
			...prompts(bad, bad),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		const again = await callBack(wait);
		const end = await callBack({ options: wait.options, waiting: again });
		const { tasks } = sandbox.current.ledger;

		expect(tasks).toHaveLength(4);
		for (const { id } of tasks) expect(errorText(end)).toContain(id);
		expect(errorText(end).match(/Earlier tries of this item/g)).toHaveLength(1);
	});
});

describe('With Retry On Fail, a task of the first try that is on its way', () => {
	it('comes out like any other, with when it was finished', async () => {
		sandbox.current.faults = [
			{ on: 'create', kind: { status: 400 }, promptIncludes: 'crane', times: 1 },
		];
		const wait = await startToWait({
			...prompts('A fox', 'A crane'),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		const [fox, crane] = (await callBack(wait)).output(NODE);

		expect(sandbox.current.ledger.tasks).toHaveLength(2);
		expect(fox?.json.adopted).toBe(true);
		expect(Object.keys(fox?.json.details ?? {})).toEqual(Object.keys(crane?.json.details ?? {}));
		expect(fox?.json.details).toHaveProperty('elapsedSeconds');
	});
});

describe('With Retry On Fail and Continue On Fail', () => {
	it('the items that are good stay, and the bad one ends with its error', async () => {
		const wait = await startToWait({
			...prompts('Bad [sandbox: fail 002011096]', 'Good'),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
			onError: 'continueRegularOutput',
		});
		const again = await callBack(wait);
		const end = await callBack({ options: wait.options, waiting: again });
		const [bad, good] = end.output(NODE);

		expect(bad?.json.error).toContain('result parsing error');
		expect(good?.json.status).toBe('completed');
		expect(sandbox.current.ledger.billed).toHaveLength(1);
		expect(sandbox.current.ledger.tasks).toHaveLength(3);
	});
});

describe('With Retry On Fail and Continue On Fail, a first item that fails before the wait', () => {
	// n8n runs the node again because of it, whether or not the execution waits.
	const again = {
		retryOnFail: true,
		maxTries: 2,
		waitBetweenTries: 0,
		onError: 'continueRegularOutput',
	} as const;

	it.each([
		['a refused create', 'Bad [sandbox: create-before 400]', 3],
		['bad input', '', 1],
		['a task that fails at once', 'Bad [sandbox: render 0s; fail 002011096]', 3],
	])('by %s makes the node poll for the others, which are made once', async (_, first, creates) => {
		const end = await run(sandbox.current, PARAMETERS, { ...prompts(first, 'Good'), ...again });
		const { ledger } = sandbox.current;

		expect(end.status).toBe('success');
		expect(end.output(NODE).map(({ json }) => json.status ?? json.error)).toEqual([
			expect.any(String),
			'completed',
		]);
		expect(ledger.billed).toHaveLength(1);
		expect(ledger.tasks.filter(({ prompt }) => prompt === 'Good')).toHaveLength(1);
		expect(ledger.tasks.map(({ prompt }) => prompt)).not.toContain('');
		expect(ledger.count('create')).toBe(creates);
	});

	it('by its expression does so too', async () => {
		const end = await run(sandbox.current, PARAMETERS, {
			items: itemsOf({ other: 1 }, { p: 'Good' }),
			...again,
		});

		expect(end.status).toBe('success');
		expect(sandbox.current.ledger.tasks.map(({ prompt }) => prompt)).toEqual(['Good']);
	});
});

describe('With Retry On Fail, a first task that fails before the wait', () => {
	it('ends the run after its last try, and the others are made once', async () => {
		const end = await run(sandbox.current, PARAMETERS, {
			...prompts('Bad [sandbox: render 0s; fail 002011096]', 'Good'),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		const { tasks, billed } = sandbox.current.ledger;

		expect(errorText(end)).toContain('result parsing error');
		expect(billed).toHaveLength(1);
		// The one that had failed is made anew, from its own prompt.
		expect(tasks.map(({ prompt }) => prompt.slice(0, 4)).sort()).toEqual(['Bad ', 'Bad ', 'Good']);
	});
});

describe('An item that fails before the wait', () => {
	const refusal = 'Bad [sandbox: create-before 400]';

	it('ends the run at once, with the tasks of the others', async () => {
		const result = await run(sandbox.current, PARAMETERS, prompts('Good', refusal));
		const [good] = sandbox.current.ledger.tasks;

		expect(result.status).toBe('error');
		expect(errorText(result)).toContain(good?.id);
	});

	it('is not submitted again after it, with Continue On Fail', async () => {
		const wait = await startToWait({
			...prompts('Good', refusal, ''),
			onError: 'continueRegularOutput',
		});
		const creates = sandbox.current.ledger.count('create');
		const items = (await callBack(wait)).output(NODE);

		expect(items.map(({ json }) => json.status ?? json.error)).toEqual([
			'completed',
			expect.stringContaining('HTTP 400'),
			expect.stringContaining('Prompt must be'),
		]);
		expect(sandbox.current.ledger.count('create')).toBe(creates);
	});

	it('by its expression leaves the others waiting, with Continue On Fail', async () => {
		const options = { items: itemsOf({ p: 'Good' }, { other: 1 }) };
		const wait = await startToWait({ ...options, onError: 'continueRegularOutput' });
		const items = (await callBack(wait)).output(NODE);

		expect(items.map(({ json }) => json.status)).toEqual(['completed', undefined]);
	});
});

describe('At the deadline', () => {
	it('the items are the tasks as they stand, and Task → Wait picks them up', async () => {
		const wait = await startToWait(prompts('A fox', 'A crane'));
		const passed = await passDeadline(wait.options, wait.waiting);
		const { tasks } = sandbox.current.ledger;
		const items = passed.output(NODE);

		expect(passed.status).toBe('success');
		expect(items.map(({ json }) => json)).toEqual(
			tasks.map(
				({ id, externalTaskId }) =>
					expect.objectContaining({
						taskId: id,
						externalTaskId,
						status: 'in_progress',
					}) as IDataObject,
			),
		);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			expect.objectContaining({ item: 0 }),
			expect.objectContaining({ item: 1 }),
		]);

		const picked = await run(sandbox.current, onTask('wait'), { items });
		expect(picked.output(NODE).map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(tasks).toHaveLength(2);
	});

	it('an item whose task had ended before is picked up with the others, for its video', async () => {
		const wait = await startToWait(prompts('Quick [sandbox: render 0s]', 'Slow'));
		const items = (await passDeadline(wait.options, wait.waiting)).output(NODE);
		expect(items.map(({ json }) => json.status)).toEqual(['in_progress', 'in_progress']);

		const picked = await run(sandbox.current, onTask('wait'), { items });
		expect(picked.output(NODE).map(({ binary }) => binary?.data?.mimeType)).toEqual([
			'video/mp4',
			'video/mp4',
		]);
	});

	it('an item whose task has replaced a failed one names both', async () => {
		const wait = await startToWait({
			...prompts('Bad [sandbox: fail 002011096]'),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 0,
		});
		const again = await callBack(wait);
		const [item] = (await passDeadline(wait.options, again)).output(NODE);
		const [first, second] = sandbox.current.ledger.tasks;

		expect(item?.json).toMatchObject({
			taskId: second?.id,
			details: { replacedTaskIds: [first?.id] },
		});
	});

	it('an item that had failed before is still an error item', async () => {
		const wait = await startToWait({
			...prompts('', 'A fox'),
			onError: 'continueRegularOutput',
		});
		const [bad, good] = (await passDeadline(wait.options, wait.waiting)).output(NODE);

		expect(bad?.json.error).toContain('Prompt must be');
		expect(good?.json.status).toBe('in_progress');
	});
});

describeSince(
	'2.36.0',
	'At the deadline, an item that had failed before goes to the error output',
	() => {
		it('with its details', async () => {
			const wait = await startToWait({ ...prompts('', 'A fox'), onError: 'continueErrorOutput' });
			const passed = await passDeadline(wait.options, wait.waiting);

			expect(passed.output(NODE).map(({ json }) => json.status)).toEqual(['in_progress']);
			expect(passed.output(NODE, 1).map(({ json }) => json.details)).toEqual([{ field: 'Prompt' }]);
		});
	},
);

/** How many objects and texts n8n stores: each once, however often it occurs. */
function partsOf(value: unknown, known = new Set<unknown>()): number {
	if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return known.size;
	if (known.has(value)) return known.size;
	known.add(value);
	if (typeof value === 'object') Object.values(value).forEach((one) => partsOf(one, known));
	return known.size;
}

it('A suspended execution stores little for each task, because n8n reads it for each callback', async () => {
	const parts = async (...all: string[]) => {
		const { waiting } = await startToWait(prompts(...all));
		return partsOf(waiting.run.data);
	};
	const one = await parts('A fox');
	const eleven = await parts('A fox', ...Array.from({ length: 10 }, (_, n) => `A crane ${n}`));

	// The input item twice more, as the node's output and for the deadline. What the node itself saves is
	// one text, whatever the number of tasks: as objects it would be ten more of each.
	expect((eleven - one) / 10).toBeLessThanOrEqual(14);
});

describe('Where n8n cannot put an execution to wait', () => {
	it('the node polls, nothing of a wait is left, and the log says why', async () => {
		const server = {
			setExecutionStatus: () => {
				throw new Error('No active execution found\nfor \u001b[2J1');
			},
		};
		const result = await run(sandbox.current, PARAMETERS, {
			...prompts('A fox', 'A crane'),
			run: { server },
		});

		expect(result.status).toBe('success');
		expect(result.output(NODE).map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(result.run.data.waitTill).toBeUndefined();
		expect(result.stored()).not.toContain('kirinVideoSavedState');
		expect(sandbox.current.ledger.tasks).toHaveLength(2);
		const line = result.log.find((text) => text.includes('cannot put this execution to wait'));
		expect(line).toContain('No active execution found\\u{a}for \\u{1b}[2J1');
	});
});

describe('Where n8n gives a node no context to keep anything in', () => {
	it('the node polls', async () => {
		const context = jest
			.spyOn(ExecuteSingleContext.prototype, 'getContext')
			.mockImplementation(() => {
				throw new Error('No execution data');
			});
		const result = await run(sandbox.current, PARAMETERS, prompts('A fox')).finally(() =>
			context.mockRestore(),
		);

		expect(result.output(NODE).map(({ json }) => json.status)).toEqual(['completed']);
	});
});

describe('As a tool', () => {
	it('it polls, for what would be resumed is the agent', async () => {
		const { nodes, credentialTypes, credentials } = runOptions(sandbox.current, PARAMETERS, {});
		const { answer } = await runAsTool({
			nodes,
			credentialTypes,
			credentials,
			parameters: resuming({ prompt: "={{ $fromAI('prompt', 'What it shows', 'string') }}" }),
			call: { prompt: 'A fox' },
		});

		expect(answer?.[0]).toMatchObject({ status: 'completed' });
		expect(sandbox.current.ledger.tasks[0]?.callbackUrl).toBeUndefined();
	});
});

describe('The node, which has a webhook now,', () => {
	it('still has the Request Options that n8n adds to declarative nodes', () => {
		const { properties } = new KirinVideo().description;
		const field = properties.find(({ name }) => name === 'requestOptions');

		expect(field?.options?.map(({ name }) => name)).toEqual([
			'batching',
			'allowUnauthorizedCerts',
			'proxy',
			'timeout',
		]);
	});
});
