import { Stopped } from '../../nodes/KirinVideo/api/clock';
import type { IDataObject } from 'n8n-workflow';
import type { Answer } from '../../nodes/KirinVideo/api/answer';
import { TaskMemory } from '../../nodes/KirinVideo/task/idempotency';
import {
	MASTER,
	TASK_ID,
	answer,
	byMethod,
	completed,
	failed,
	inOrder,
	notFound,
	running,
	silent,
	taskBody,
	unreachable,
} from './scripted-api';
import { submitting } from './submitting';
import { taskErrorOf, wordsOf } from './task-error';

const taskNamed = (id: string, status = 'in_progress') => answer(200, taskBody({ id, status }));
const never = () => {
	throw new Error('This call should not have been made');
};

describe('A submit', () => {
	it('is one create with an external task ID, and no more', async () => {
		const { api, memory, told, run } = submitting({ reply: inOrder(running) });
		const submitted = await run();
		expect(submitted).toMatchObject({ adopted: false, task: { taskId: TASK_ID } });
		expect(api.calls).toMatchObject([
			{ method: 'POST', path: '/model/v1/generation', body: { model: 'kirin_v2_5_turbo_t2v' } },
		]);
		expect(submitted.externalTaskId).toMatch(/^n8n-/);
		expect(api.sentIds()).toEqual([submitted.externalTaskId]);
		expect(told).toEqual([submitted.externalTaskId]);
		expect(memory.has(submitted.externalTaskId)).toBe(true);
	});

	it("carries the user's own ID where there is one", async () => {
		const item = { 'options.externalTaskId': 'order-7' };
		const { api, run } = submitting({ reply: inOrder(running), item });
		expect((await run()).externalTaskId).toBe('order-7');
		expect(api.sentIds()).toEqual(['order-7']);
	});

	it('tells the ID before it creates, so that Stop and crashes leave a trace', async () => {
		const toldBefore: string[][] = [];
		const { told, run } = submitting({
			reply: () => {
				toldBefore.push([...told]);
				return running;
			},
		});
		const { externalTaskId } = await run();
		expect(toldBefore).toEqual([[externalTaskId]]);
	});

	it('gives a task that failed on the spot as it is: it is this one that was paid', async () => {
		const { api, run } = submitting({ reply: inOrder(failed) });
		await expect(run()).resolves.toMatchObject({ task: { status: 'failed' }, adopted: false });
		expect(api.calls).toHaveLength(1);
	});
});

const ambiguous: Array<[string, Answer]> = [
	['no answer in time', silent()],
	['a broken connection', silent({ reason: 'the connection broke' })],
	['HTTP 408', answer(408)],
	['HTTP 500', answer(500, { message: 'oops' })],
	['HTTP 502 with a page', answer(502, undefined)],
	['HTTP 503', answer(503)],
	['HTTP 504', answer(504)],
	['a page in place of JSON', answer(200, undefined)],
	['an empty answer', answer(204, undefined)],
	['a task without an ID', answer(200, { status: 'in_progress' })],
	['an envelope with nothing in it', answer(200, { data: null, status: { code: 200 } })],
];

describe.each(ambiguous)('A lost answer to create (%s)', (_, lost) => {
	it('does not bill twice: the task is looked up by our ID and taken', async () => {
		const { api, run } = submitting({ reply: byMethod(inOrder(lost), inOrder(running)) });
		const { task, externalTaskId } = await run();
		expect(task.taskId).toBe(TASK_ID);
		expect(api.methods()).toEqual(['POST', 'GET']);
		expect(api.calls[1]?.path).toBe(`/model/v1/generation/task/${externalTaskId}`);
	});

	it('leads to a second create only after the service said often that there is no task', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(lost, running), inOrder(notFound)),
		});
		await run();
		expect(api.methods()).toEqual(['POST', 'GET', 'GET', 'GET', 'GET', 'POST']);
		expect(new Set(api.sentIds()).size).toBe(1);
	});

	it('is not known when the service cannot be asked: the error says by which ID to look', async () => {
		const { api, run } = submitting({ reply: byMethod(inOrder(lost), inOrder(answer(503))) });
		const error = await taskErrorOf(run());
		const [id] = api.sentIds();
		expect(error.message).toMatch(/^It is not known/);
		expect(error.description).toMatch(/A task may exist and may be billed/);
		expect(wordsOf(error)).toContain(id);
		expect(error.details).toMatchObject({ externalTaskId: id, status: 'unknown' });
		expect(api.methods().filter((method) => method === 'POST')).toHaveLength(1);
	});
});

describe('A lost task', () => {
	it('that takes a while to become visible is found', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(answer(500)), inOrder(notFound, notFound, notFound, running)),
		});
		await expect(run()).resolves.toMatchObject({ task: { taskId: TASK_ID } });
		expect(api.methods()).toEqual(['POST', 'GET', 'GET', 'GET', 'GET']);
	});

	it('is not missing while the service cannot be asked', async () => {
		const { api, run } = submitting({
			reply: byMethod(
				inOrder(answer(500)),
				inOrder(notFound, answer(503), silent(), notFound, answer(429), notFound, running),
			),
		});
		await expect(run()).resolves.toMatchObject({ task: { taskId: TASK_ID } });
		expect(api.methods().filter((method) => method === 'POST')).toHaveLength(1);
	});

	it.each([401, 402, 403, 400])(
		'is not known when looking is refused (HTTP %d)',
		async (status) => {
			const { api, run } = submitting({
				reply: byMethod(inOrder(answer(500)), inOrder(answer(status))),
			});
			expect((await taskErrorOf(run())).message).toMatch(/^It is not known/);
			expect(api.methods()).toEqual(['POST', 'GET']);
		},
	);

	it('that failed in the meantime is the task of this item all the same', async () => {
		const { run } = submitting({ reply: byMethod(inOrder(answer(500)), inOrder(failed)) });
		await expect(run()).resolves.toMatchObject({ task: { status: 'failed' } });
	});

	it('is created five times at most, each time under the same ID and after looking', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(answer(500)), inOrder(notFound)),
		});
		const error = await taskErrorOf(run());
		expect(error.message).toBe('The task could not be created: the service answered with HTTP 500');
		expect(error.description).toMatch(/No task was created, so nothing is billed/);
		expect(api.sentIds()).toHaveLength(5);
		expect(new Set(api.sentIds()).size).toBe(1);
		// The last create is looked for as well.
		expect(api.methods().slice(-4)).toEqual(['GET', 'GET', 'GET', 'GET']);
	});

	it('is looked for no longer than the user wants to wait', async () => {
		const { clock, run } = submitting({
			reply: byMethod(inOrder(silent()), inOrder(silent())),
			maximumS: 120,
		});
		await taskErrorOf(run());
		expect(clock.elapsed()).toBeLessThanOrEqual(120_000);
		expect(clock.elapsed()).toBeGreaterThan(30_000);
	});
});

const duplicate = answer(409, { error: { code: 'DUPLICATE', message: 'external_task_id exists' } });

describe('An external task ID that exists already', () => {
	it.each([
		['HTTP 409', duplicate],
		['HTTP 400', answer(400, { message: 'external_task_id already exists' })],
	])('gives the task that has it: %s', async (_, taken) => {
		const { api, run } = submitting({ reply: byMethod(inOrder(taken), inOrder(completed)) });
		await expect(run()).resolves.toMatchObject({ adopted: true, task: { status: 'completed' } });
		expect(api.methods()).toEqual(['POST', 'GET']);
	});

	it('but cannot be found leaves it unknown what there is', async () => {
		const { run } = submitting({ reply: byMethod(inOrder(duplicate), inOrder(notFound)) });
		expect((await taskErrorOf(run())).message).toMatch(/^It is not known/);
	});

	it('of a task of another model is refused, for it cannot be the one asked for', async () => {
		const other = answer(200, taskBody({ model: MASTER }));
		const { api, run } = submitting({
			reply: byMethod(inOrder(duplicate), inOrder(other)),
			item: { 'options.externalTaskId': 'order-7' },
		});
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(/^External Task ID order-7 already belongs to task/);
		expect(error.description).toMatch(/No task was created for this item, so nothing is billed/);
		expect(api.methods()).toEqual(['POST', 'GET']);
	});

	it('of a task that has failed leads to a new task under the next ID', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(duplicate, taskNamed('second')), inOrder(failed)),
		});
		const { task, externalTaskId } = await run();
		expect(task.taskId).toBe('second');
		const [first, second] = api.sentIds();
		expect(second).toBe(externalTaskId);
		expect(second).not.toBe(first);
		expect(second).toMatch(/^n8n-[0-9a-f]{32}$/);
	});

	it("of the user's own goes on with hashes after failed tasks", async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(duplicate, duplicate, running), inOrder(failed)),
			item: { 'options.externalTaskId': 'order-7' },
		});
		const { externalTaskId } = await run();
		expect(externalTaskId).toMatch(/^own-[0-9a-f]{32}$/);
		expect(api.sentIds()).toEqual(['order-7', expect.stringMatching(/^own-/), externalTaskId]);
	});

	it('with one failed task behind another comes to an end', async () => {
		const { api, run } = submitting({ reply: byMethod(inOrder(duplicate), inOrder(failed)) });
		await expect(run()).resolves.toMatchObject({ task: { status: 'failed' } });
		expect(new Set(api.sentIds()).size).toBe(20);
	});
});

describe('Retry On Fail', () => {
	/** A try whose create had left when it ended. */
	async function firstTry() {
		const memory = new TaskMemory();
		memory.sending(await derivedId());
		return memory;
	}

	it('looks for the task of the first try before it creates', async () => {
		const { api, run } = submitting({
			reply: byMethod(never, inOrder(running)),
			memory: await firstTry(),
		});
		await expect(run()).resolves.toMatchObject({ adopted: true, task: { taskId: TASK_ID } });
		expect(api.methods()).toEqual(['GET']);
	});

	it('creates when there is none', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(running), inOrder(notFound)),
			memory: await firstTry(),
		});
		await expect(run()).resolves.toMatchObject({ adopted: false });
		expect(api.methods()).toEqual(['GET', 'GET', 'GET', 'GET', 'POST']);
	});

	it('makes a new task under the next ID when the first has failed', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(taskNamed('second')), inOrder(failed)),
			memory: await firstTry(),
		});
		await expect(run()).resolves.toMatchObject({ task: { taskId: 'second' } });
		expect(api.methods()).toEqual(['GET', 'POST']);
	});

	it('does not create while the service cannot be asked', async () => {
		const { run } = submitting({
			reply: byMethod(never, inOrder(answer(503))),
			memory: await firstTry(),
		});
		expect((await taskErrorOf(run())).message).toMatch(/^It is not known/);
	});
});

describe('A task that an earlier try was told of', () => {
	it('is taken as it was last seen, with nothing sent at all', async () => {
		const { memory, run: first } = submitting({ reply: inOrder(running) });
		const { task, externalTaskId } = await first();
		const { api, run, told } = submitting({ reply: never, memory });

		expect(await run()).toEqual({ task, externalTaskId, adopted: true });
		expect(api.calls).toEqual([]);
		expect(told).toEqual([externalTaskId]);
	});

	it('is followed by a new one when it has failed', async () => {
		const { memory, run: first } = submitting({ reply: inOrder(running) });
		const { task, externalTaskId } = await first();
		memory.saw(externalTaskId, { ...task, status: 'failed' });
		const { api, run } = submitting({ reply: byMethod(inOrder(running), never), memory });

		expect((await run()).externalTaskId).not.toBe(externalTaskId);
		expect(api.methods()).toEqual(['POST']);
	});
});

async function derivedId(): Promise<string> {
	return (await submitting({ reply: inOrder(running) }).run()).externalTaskId;
}

describe("n8n's Retry", () => {
	it('adopts the task of the execution before, with no create', async () => {
		const { api, created, run } = submitting({
			reply: byMethod(never, inOrder(completed)),
			also: { isRetry: true },
		});
		await expect(run()).resolves.toMatchObject({ adopted: true, task: { status: 'completed' } });
		expect(api.methods()).toEqual(['GET']);
		expect(created).toEqual([]);
	});

	it('makes anew what had failed', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(taskNamed('second')), inOrder(failed, notFound)),
			also: { isRetry: true },
		});
		await expect(run()).resolves.toMatchObject({ adopted: false, task: { taskId: 'second' } });
		expect(api.methods()).toEqual(['GET', 'GET', 'POST']);
	});

	it('creates after one look what was never sent', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(running), inOrder(notFound)),
			also: { isRetry: true },
		});
		await expect(run()).resolves.toMatchObject({ adopted: false });
		expect(api.methods()).toEqual(['GET', 'POST']);
	});

	it('looks more often where the create had left without an answer', async () => {
		const memory = new TaskMemory({ [await derivedId()]: null });
		const { api, run } = submitting({
			reply: byMethod(inOrder(running), inOrder(notFound)),
			also: { memory },
		});
		await run();
		expect(api.methods()).toEqual(['GET', 'GET', 'GET', 'GET', 'POST']);
	});

	it('does not pay again for a task that the service does not know under this key', async () => {
		const memory = new TaskMemory({ [await derivedId()]: 'task-1' });
		const { api, run } = submitting({
			reply: byMethod(never, inOrder(notFound)),
			also: { memory, isRetry: true },
		});
		const error = await taskErrorOf(run());
		expect(error.message).toBe(
			'The service does not know task task-1, which this execution has created',
		);
		expect(error.description).toMatch(/credential may belong to another account/);
		expect(error.description).toMatch(/no second one was made/);
		expect(error.details).toMatchObject({ taskId: 'task-1', status: 'unknown' });
		expect(api.sentIds()).toEqual([]);
	});

	it('makes a new one in its place only where the user wants that', async () => {
		const id = await derivedId();
		const { api, run } = submitting({
			reply: byMethod(inOrder(running), inOrder(notFound)),
			also: {
				memory: new TaskMemory({ [id]: 'task-1' }),
				isRetry: true,
				whenPaidVideoIsGone: 'createNew',
			},
		});
		const { externalTaskId } = await run();
		expect(externalTaskId).not.toBe(id);
		expect(api.sentIds()).toEqual([externalTaskId]);
	});

	it('replaces a task whose video is gone under the next ID', async () => {
		const gone = new Set([await derivedId()]);
		const { run } = submitting({
			reply: byMethod(inOrder(taskNamed('second')), inOrder(completed, notFound)),
			also: { isRetry: true, gone },
		});
		const { task, externalTaskId } = await run();
		expect(task.taskId).toBe('second');
		expect(gone.has(externalTaskId)).toBe(false);
	});

	it('keeps what it learns with the execution', async () => {
		const stored = {};
		const memory = new TaskMemory(stored);
		const { run } = submitting({ reply: inOrder(running), memory });
		const { externalTaskId } = await run();
		expect(stored).toEqual({ [externalTaskId]: TASK_ID });
	});
});

describe('A failed task that has a cost or a video all the same', () => {
	it.each<[string, IDataObject]>([
		['a cost', { usage: { cost: '0.35' } }],
		['a video', { output: [{ type: 'video', url: 'https://files.example/x.mp4' }] }],
	])('is not paid for a second time: %s', async (_, rest) => {
		const odd = answer(200, taskBody({ status: 'failed', error: { code: 7 }, ...rest }));
		const { api, run } = submitting({
			reply: byMethod(never, inOrder(odd)),
			also: { isRetry: true },
		});
		await expect(run()).resolves.toMatchObject({ adopted: true, task: { status: 'failed' } });
		expect(api.sentIds()).toEqual([]);
	});
});

describe('An own external task ID', () => {
	const item = { 'options.externalTaskId': 'order-7' };

	it('that is the task ID of another task is refused', async () => {
		const other = answer(200, taskBody({ external_task_id: 'order-8' }));
		const { run } = submitting({ reply: byMethod(inOrder(duplicate), inOrder(other)), item });
		expect((await taskErrorOf(run())).message).toMatch(/order-7.*answered with another task/);
	});

	it('whose failed task is found after a lost answer leads to a new one: the answer may have been a refusal', async () => {
		const lost = silent({ maybeSent: true });
		const { api, run } = submitting({
			reply: byMethod(inOrder(lost, taskNamed('second')), inOrder(failed)),
			item,
		});
		await expect(run()).resolves.toMatchObject({ task: { taskId: 'second' }, adopted: false });
		expect(api.sentIds()).toEqual(['order-7', expect.stringMatching(/^own-/)]);
	});

	it('of a failed task of another model leads to a new task', async () => {
		const other = answer(200, taskBody({ model: MASTER, status: 'failed' }));
		const { run } = submitting({
			reply: byMethod(inOrder(duplicate, taskNamed('second')), inOrder(other)),
			item,
		});
		await expect(run()).resolves.toMatchObject({ task: { taskId: 'second' } });
	});
});

describe('A host that answers nothing at all', () => {
	const broken = silent({ reason: 'the TLS connection failed' });

	it('is given up after a few looks, with the ID and the base URL to check', async () => {
		const { api, clock, run } = submitting({ reply: inOrder(broken) });
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(/^It is not known/);
		expect(error.description).toMatch(/check the base URL/);
		expect(error.description).not.toMatch(/nothing is billed/);
		expect(error.details.externalTaskId).toBe(api.sentIds()[0]);
		expect(api.calls.length).toBeLessThan(10);
		expect(clock.elapsed()).toBeLessThan(120_000);
	});

	it('is waited for where it has answered another item of the run', async () => {
		const { clock, run } = submitting({
			reply: inOrder(broken),
			also: { host: { hasAnswered: true } },
		});
		expect((await taskErrorOf(run())).description).not.toMatch(/check the base URL/);
		expect(clock.elapsed()).toBeGreaterThan(20 * 60_000);
	});
});

describe('A rate limit', () => {
	const busy = (seconds?: string) =>
		answer(429, undefined, seconds === undefined ? {} : { 'retry-after': seconds });

	it('is waited for and not looked up: it did not create', async () => {
		const { api, created, run } = submitting({
			reply: byMethod(inOrder(busy('30'), busy('90'), running), never),
		});
		await run();
		// One trace of the ID is enough, however often it is sent.
		expect(created).toHaveLength(1);
		expect(api.methods()).toEqual(['POST', 'POST', 'POST']);
		expect(api.times()).toEqual([0, 30, 120]);
		expect(new Set(api.sentIds()).size).toBe(1);
	});

	it('that is a lack of credit by its code is told as such, and not tried again', async () => {
		const noCredit = answer(429, { error_code: 40203, message: 'Insufficient balance' });
		const { api, run } = submitting({ reply: byMethod(inOrder(noCredit), never) });
		const error = await taskErrorOf(run());
		expect(error.message).toContain('lack of credit');
		expect(api.methods()).toEqual(['POST']);
	});

	it('without a hint is tried more and more rarely', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(busy(), busy(), busy(), running), never),
		});
		await run();
		expect(api.times()).toEqual([0, 0.5, 1.5, 3.5]);
	});

	it('that lasts longer than the wait ends in an error that says nothing was created', async () => {
		const { clock, run } = submitting({
			reply: byMethod(inOrder(busy('45')), never),
			maximumS: 60,
		});
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(/could not be created: the service answered with HTTP 429/);
		expect(error.description).toMatch(/No task was created, so nothing is billed/);
		expect(clock.elapsed()).toBe(45_000);
	});
});

describe('A refusal', () => {
	it.each([
		[400, 'refused a parameter', ': Not like this'],
		[401, 'did not accept the API key'],
		[402, 'lack of credit'],
		[403, 'did not accept the API key'],
		[404, 'does not know this address'],
		[422, 'refused a parameter', ': Not like this'],
		[302, 'redirected to another address'],
	])('is final and nothing is sent again: HTTP %d', async (status, words, named = '') => {
		const refusal = answer(status, {
			error: { code: 'NO', message: 'Not like this' },
			request_id: 'r-1',
		});
		const { api, run } = submitting({ reply: byMethod(inOrder(refusal), inOrder(notFound)) });
		const error = await taskErrorOf(run());
		expect(api.sentIds()).toHaveLength(1);
		expect(error.message).toBe(
			`The service ${status === 402 ? 'refused the request for ' : ''}${words} (HTTP ${status})${named}`,
		);
		expect(error.description).toContain('Not like this');
		expect(error.description).toContain('r-1');
		expect(error.description).toMatch(/No task was created, so nothing is billed/);
		expect(error.details).toMatchObject({ httpStatus: status, requestId: 'r-1' });
	});

	it.each([
		[`duration\n must be ${'x'.repeat(300)}`, `: duration must be ${'x'.repeat(103)}…`],
		['cfg_scale is above 1.', ': cfg_scale is above 1'],
		['', ''],
	])(
		'has what the service says of a parameter in its title, in one line: %j',
		async (message, title) => {
			const refusal = answer(400, { error: { code: 'NO', message } });
			const { run } = submitting({ reply: byMethod(inOrder(refusal), inOrder(notFound)) });
			const error = await taskErrorOf(run());
			expect(error.message).toBe(`The service refused a parameter (HTTP 400)${title}`);
		},
	);

	it.each([401, 402, 403])('that is clear costs no look: HTTP %d', async (status) => {
		const refusal = answer(status, { error: { code: 'NO', message: 'Not like this' } });
		const { api, run } = submitting({ reply: byMethod(inOrder(refusal), never) });
		await taskErrorOf(run());
		expect(api.calls).toHaveLength(1);
	});

	it.each<[string, Answer]>([
		['HTTP 400', answer(400, { message: '该外部任务编号重复' })],
		['HTTP 422', answer(422, { detail: 'identifiant en double' })],
		['HTTP 403 with a page', answer(403, undefined)],
		['HTTP 404', notFound],
		['HTTP 412', answer(412, { message: 'vorhanden' })],
	])('in words that we do not know may mean that the task exists: %s', async (_, refusal) => {
		const { api, run } = submitting({ reply: byMethod(inOrder(refusal), inOrder(completed)) });
		await expect(run()).resolves.toMatchObject({ adopted: true, task: { taskId: TASK_ID } });
		expect(api.methods()).toEqual(['POST', 'GET']);
	});

	it('says that nothing is billed only if it could be checked', async () => {
		const refusal = answer(400, { message: '该外部任务编号重复' });
		const { api, run } = submitting({ reply: byMethod(inOrder(refusal), inOrder(answer(503))) });
		const error = await taskErrorOf(run());
		const [id] = api.sentIds();
		expect(wordsOf(error)).not.toMatch(/nothing is billed/);
		expect(error.description).toContain(`may be billed. Look for it with Task → Get`);
		expect(error.description).toContain(id);
		expect(error.details.status).toBe('unknown');
		expect(api.sentIds()).toHaveLength(1);
	});

	it('after a lost answer names the external task ID: the lost create may still turn up', async () => {
		const lost = answer(500);
		const { run } = submitting({
			reply: byMethod(inOrder(lost, answer(402)), inOrder(notFound)),
		});
		const error = await taskErrorOf(run());
		expect(error.description).toMatch(/may have reached the service all the same.*n8n-/);
		expect(error.details).toMatchObject({
			externalTaskId: expect.stringMatching(/^n8n-/) as string,
		});
	});

	it('for lack of credit may come with any status', async () => {
		const broke = answer(200, {
			status: { message: 'Insufficient', error_code: 40203 },
			data: null,
		});
		const { api, run } = submitting({ reply: inOrder(broke) });
		expect((await taskErrorOf(run())).message).toMatch(/lack of credit/);
		expect(api.calls).toHaveLength(1);
	});

	it('by n8n itself is final too', async () => {
		const reason = 'n8n did not send the request (this domain is not allowed)';
		const { api, run } = submitting({
			reply: inOrder(silent({ reason, maybeSent: false, permanent: true })),
		});
		const error = await taskErrorOf(run());
		expect(api.calls).toHaveLength(1);
		expect(error.description).toContain('this domain is not allowed');
		expect(error.description).toMatch(/No task was created/);
	});
});

describe('A host that cannot be reached', () => {
	it('fails soon and says that no task was created', async () => {
		const { api, clock, run } = submitting({ reply: byMethod(inOrder(unreachable), never) });
		const error = await taskErrorOf(run());
		expect(api.methods()).toEqual(['POST', 'POST', 'POST']);
		expect(clock.elapsed()).toBeLessThan(10_000);
		expect(error.message).toBe('The task could not be created: the connection was refused');
		expect(error.description).toMatch(/No task was created, so nothing is billed/);
		expect(error.description).toMatch(/Check the base URL/);
	});

	it('for a moment does no harm', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(unreachable, unreachable, running), never),
		});
		await expect(run()).resolves.toMatchObject({ adopted: false });
		expect(api.methods()).toEqual(['POST', 'POST', 'POST']);
	});

	it('after a lost answer does not make it certain that nothing was created', async () => {
		const { run } = submitting({
			reply: byMethod(inOrder(answer(500), unreachable), inOrder(notFound)),
		});
		const error = await taskErrorOf(run());
		expect(error.description).toMatch(/may be billed/);
	});
});

describe('Stop', () => {
	it('before the submit keeps it from being sent', async () => {
		const { api, stop, told, run } = submitting({ reply: never });
		stop.abort();
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(api.calls).toEqual([]);
		// So nobody is told that a task may exist.
		expect(told).toEqual([]);
	});

	it('during a rate limit keeps it from being sent again', async () => {
		const { api, clock, run } = submitting({
			reply: inOrder(answer(429, undefined, { 'retry-after': '60' })),
			stopAtS: 20,
		});
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(clock.elapsed()).toBe(20_000);
		expect(api.calls).toHaveLength(1);
	});

	it('while a lost task is looked for ends the search', async () => {
		const { api, run } = submitting({
			reply: byMethod(inOrder(answer(500)), inOrder(notFound)),
			stopAtS: 0.6,
		});
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(api.methods()).toEqual(['POST', 'GET', 'GET']);
	});
});
