import type { IDataObject } from 'n8n-workflow';
import { itemsOf } from './engine';
import {
	KEY,
	NODE,
	errorText,
	generating,
	onTask,
	onlyItem,
	run,
	sandboxForTests,
	submitting,
} from './kirin';

const sandbox = sandboxForTests();

/** The codes of the seed pages and the words that they are listed with. */
const CODES: Array<[code: string, model: string, words: string]> = [
	['002016095', 'Kirin V2 Master', 'internal generation error'],
	['002016096', 'Kirin V2 Master', 'result parsing error'],
	['002016097', 'Kirin V2 Master', 'HTTP error response'],
	['002016098', 'Kirin V2 Master', 'status check error'],
	['002016099', 'Kirin V2 Master', 'task creation error'],
	['002011095', 'Kirin V2.5 Turbo', 'internal generation error'],
	['002011096', 'Kirin V2.5 Turbo', 'result parsing error'],
	['002011097', 'Kirin V2.5 Turbo', 'HTTP error response'],
	['002011098', 'Kirin V2.5 Turbo', 'status check error'],
	['002011099', 'Kirin V2.5 Turbo', 'task creation error'],
];

describe('A failed task', () => {
	it.each(CODES)('with code %s is explained', async (code, modelName, words) => {
		const model = code.startsWith('002016') ? 'kirin_v2_master_t2v' : 'kirin_v2_5_turbo_t2v';
		const parameters = generating({ model, prompt: `A fox [sandbox: fail ${code}]` });
		const text = errorText(await run(sandbox.current, parameters));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain(`${modelName} failed with`);
		expect(text).toContain(words);
		expect(text).toContain(code);
		expect(text).toContain(task?.id);
		expect(text).toContain(task?.externalTaskId);
		expect(text).toContain(task?.error?.message);
		expect(text).toContain('creates a new task');
	});

	it('of a code that we do not know is told all the same', async () => {
		const parameters = generating({ prompt: 'A fox [sandbox: fail 999999999 Out of paint]' });
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toContain('999999999');
		expect(text).toContain('Out of paint');
	});
});

describe('With Continue On Fail', () => {
	const items = itemsOf(
		{ p: 'Good' },
		{ p: 'Bad [sandbox: fail 002011096]' },
		{ p: '' },
		{ p: 'Good too' },
	);
	const parameters = generating({ prompt: '={{ $json.p }}' });

	it('the failed items say why, and the others are whole', async () => {
		const result = await run(sandbox.current, parameters, {
			items,
			onError: 'continueRegularOutput',
		});
		const [good, failed, refused, last] = result.output(NODE);

		expect(result.status).toBe('success');
		expect(good?.json.status).toBe('completed');
		expect(good?.binary?.data).toBeDefined();
		expect(last?.json.status).toBe('completed');
		const task = sandbox.current.ledger.tasks.find(({ outcome }) => outcome === 'failed');
		expect(failed?.json).toEqual({
			error: expect.stringContaining('result parsing error') as string,
			message: expect.stringContaining('creates a new task') as string,
			details: {
				taskId: task?.id,
				externalTaskId: task?.externalTaskId,
				status: 'failed',
				model: 'kirin_v2_5_turbo_t2v',
				errorCode: '002011096',
			},
		});
		expect(refused?.json).toMatchObject({
			error: expect.stringContaining('Prompt must be text') as string,
			details: { field: 'Prompt' },
		});
		expect(sandbox.current.ledger.tasks).toHaveLength(3);
	});

	it('the error output gets the failed items, with their input and their pairing', async () => {
		const result = await run(sandbox.current, parameters, {
			items,
			onError: 'continueErrorOutput',
			after: { prompt: "={{ $('Start').item.json.p }}" },
		});

		expect(result.output(NODE).map(({ json }) => json.status)).toEqual(['completed', 'completed']);
		expect(result.output('After').map(({ json }) => json.prompt)).toEqual(['Good', 'Good too']);
		expect(result.output(NODE, 1).map(({ json }) => json.p)).toEqual([items[1]?.json.p, '']);
		expect(result.output(NODE, 1).map(({ json }) => Object.keys(json))).toEqual([
			['p', 'error', 'message', 'details'],
			['p', 'error', 'message', 'details'],
		]);
	});

	it('a deadline can be an item to pick up later', async () => {
		const result = await run(
			sandbox.current,
			generating({ prompt: '[sandbox: never]', waiting: { maximumWaitMinutes: 0.1 } }),
			{ onError: 'continueRegularOutput' },
		);
		const details = result.output(NODE)[0]?.json.details as IDataObject;

		expect(details).toMatchObject({
			taskId: sandbox.current.ledger.tasks[0]?.id,
			status: 'in_progress',
		});
	});
});

describe('Without Continue On Fail', () => {
	it('the error of one item tells the tasks of all the others', async () => {
		const items = itemsOf(
			{ p: 'Good' },
			{ p: 'Bad [sandbox: fail 002011096]' },
			{ p: 'Slow [sandbox: never]' },
			{ p: 'Good too' },
		);
		const result = await run(
			sandbox.current,
			generating({ prompt: '={{ $json.p }}', waiting: { maximumWaitMinutes: 0.4 } }),
			{ items },
		);
		const text = errorText(result);

		for (const task of sandbox.current.ledger.tasks) expect(text).toContain(task.id);
		expect(text).toMatch(/item 0: \S+ \(completed, http:\S+video\.mp4\)/);
		expect(text).toMatch(/item 2: \S+ \(in_progress\)/);
		expect(text).toContain('On Error → Continue');
	});

	it('one bad item keeps all the others from being paid for', async () => {
		const items = itemsOf({ p: 'Good' }, { p: 'Good too' }, { p: null });
		const result = await run(sandbox.current, generating({ prompt: '={{ $json.p }}' }), {
			items,
		});

		expect(errorText(result)).toContain('Prompt must be text');
		expect(errorText(result)).toContain('Nothing was submitted');
		expect(sandbox.current.ledger.requests).toHaveLength(0);
	});

	it('one expression that fails keeps all the others from being paid for', async () => {
		const items = itemsOf({ p: 'Good' }, { p: 'Good too' }, { p: 'Bad' });
		const prompt = '={{ $json.p === "Bad" ? $("Nowhere").item.json.p : $json.p }}';
		const result = await run(sandbox.current, generating({ prompt }), { items });

		expect(result.error).toBeDefined();
		expect(sandbox.current.ledger.requests).toHaveLength(0);
	});

	it('so it does when n8n paces the items by Batching', async () => {
		const items = itemsOf({ p: 'Good' }, { p: 'Good too' }, { p: 'Bad' });
		const prompt = '={{ $json.p === "Bad" ? $("Nowhere").item.json.p : $json.p }}';
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 50 } } };
		const result = await run(sandbox.current, generating({ prompt, requestOptions }), { items });

		expect(result.error).toBeDefined();
		expect(sandbox.current.ledger.requests).toHaveLength(0);
	});
});

describe('n8n options', () => {
	it('Batching paces the items, and all of them finish', async () => {
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 30 } } };
		const result = await run(sandbox.current, generating({ requestOptions }), {
			items: itemsOf({}, {}, {}),
		});

		expect(result.output(NODE)).toHaveLength(3);
	});

	it('Batching holds the error of an early item until the last one is done', async () => {
		const requestOptions = { batching: { batch: { batchSize: 1, batchInterval: 100 } } };
		const result = await run(
			sandbox.current,
			generating({ prompt: '={{ $json.p }}', requestOptions }),
			{ items: itemsOf({ p: 'Bad [sandbox: fail; render 1s]' }, { p: 'b' }, { p: 'c' }) },
		);
		const text = errorText(result);

		for (const task of sandbox.current.ledger.tasks) expect(text).toContain(task.id);
	});

	it('Execute Once takes the first item only', async () => {
		const result = await run(sandbox.current, generating(), {
			items: itemsOf({}, {}, {}),
			executeOnce: true,
		});

		expect(result.output(NODE)).toHaveLength(1);
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});

describe('The service refuses', () => {
	it('a wrong key: nothing is created, and the text says where to look', async () => {
		const result = await run(sandbox.current, generating(), {
			credential: { apiKey: 'wrong-key-987654321' },
		});
		const text = errorText(result);

		expect(text).toContain('did not accept the API key (HTTP 401)');
		expect(text).toContain('No task was created');
		expect(text).toContain('Kirin Video API credential');
		expect(result.stored() + result.log.join('\n')).not.toContain('wrong-key-987654321');
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});

	it('for lack of credit', async () => {
		sandbox.current.settings.credit = '0.01';
		const text = errorText(await run(sandbox.current, generating()));

		expect(text).toContain('lack of credit');
		expect(text).toContain('nothing is billed');
	});

	it('a parameter, with its own words, its request ID and the page of the model', async () => {
		sandbox.current.faults = [
			{
				on: 'create',
				kind: {
					status: 422,
					body: { error: { code: 'BAD', message: 'No foxes today' }, request_id: 'req-77' },
				},
			},
		];
		const text = errorText(await run(sandbox.current, generating()));

		expect(text).toContain('No foxes today');
		expect(text).toContain('req-77');
		expect(text).toContain('kirin-v2-5-turbo-t2v');
	});

	it('in any of the shapes of its errors', async () => {
		for (const errorBody of [
			'error-object',
			'error-string',
			'status',
			'message',
			'detail',
		] as const) {
			sandbox.current.reset();
			sandbox.current.settings.variant = { errorBody };
			const text = errorText(
				await run(sandbox.current, generating(), { credential: { apiKey: 'wrong' } }),
			);
			expect(text).toContain('did not accept the API key');
			expect(text).toContain('The service says: "');
		}
	});
});

describe('The key stays with the API', () => {
	it('when the API redirects to another host', async () => {
		const location = `${sandbox.current.filesUrl}/elsewhere`;
		sandbox.current.faults = [{ on: 'create', kind: { location, status: 307 } }];
		const text = errorText(await run(sandbox.current, generating()));

		expect(text).toContain('redirected to another address');
		expect(sandbox.current.ledger.requests.filter(({ server }) => server === 'files')).toEqual([]);
	});

	it('and a redirect on the same host is followed', async () => {
		const { json } = onlyItem(await run(sandbox.current, submitting({ prompt: 'A fox' })));
		const path = `/model/v1/generation/task/${json.taskId as string}`;
		sandbox.current.faults = [{ on: 'get', kind: { location: path, status: 301 }, times: 1 }];
		const item = onlyItem(
			await run(sandbox.current, onTask('get', { taskId: json.taskId as string })),
		);

		expect(item.json.taskId).toBe(json.taskId);
	});

	it('when the service repeats it in its error', async () => {
		const body = { error: { code: 'UNAUTHORIZED', message: `${KEY} is not valid` } };
		sandbox.current.faults = [{ on: 'create', kind: { status: 401, body } }];
		const result = await run(sandbox.current, generating());

		expect(errorText(result)).toContain('"[API key] is not valid"');
		expect(result.stored() + result.log.join('\n')).not.toContain(KEY);
	});

	it('when the address of a video quotes it, and another item fails', async () => {
		const url = `${sandbox.current.filesUrl}/fox.mp4?key=${KEY}`;
		// At once: a get would be of another task than the one that the sandbox has made.
		const body = { id: 'fox-task', status: 'completed', output: [{ type: 'video', url }] };
		sandbox.current.faults = [
			{ on: 'create', kind: { status: 200, body }, promptIncludes: 'A fox' },
			{ on: 'get', kind: { status: 401 }, promptIncludes: 'A bear', skip: 1 },
		];
		const result = await run(
			sandbox.current,
			generating({ prompt: '={{ $json.prompt }}', downloadVideo: false }),
			{ items: itemsOf({ prompt: 'A fox' }, { prompt: 'A bear' }) },
		);

		expect(errorText(result)).toContain('fox.mp4?key=[API key]');
		expect(result.stored() + result.log.join('\n')).not.toContain(KEY);
	});

	it('in every error', async () => {
		const faults = [
			{ on: 'create', kind: 'reset' },
			{ on: 'create', kind: { status: 500 } },
			{ on: 'get', kind: { status: 401 } },
			{ on: 'get', kind: 'hang' },
			{ on: 'download', kind: 'reset' },
			{ on: 'download', kind: { status: 403 } },
		] as const;
		for (const fault of faults) {
			sandbox.current.reset();
			sandbox.current.faults = [{ ...fault }];
			const parameters = generating({
				waiting: { maximumWaitMinutes: 0.1 },
				requestOptions: { timeout: 50 },
			});
			for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
				const result = await run(sandbox.current, parameters, { onError });
				expect(result.stored() + result.log.join('\n')).not.toContain(KEY);
			}
		}
	});
});

describe('A host that is not there', () => {
	it('fails soon and says that nothing was created', async () => {
		const text = errorText(
			await run(sandbox.current, generating(), {
				credential: { baseUrl: 'http://127.0.0.1:9' },
			}),
		);

		expect(text).toContain('could not be created: the connection was refused');
		expect(text).toContain('No task was created');
		expect(text).toContain('base URL');
	});

	it('by a name that does not exist', async () => {
		const text = errorText(
			await run(sandbox.current, generating(), {
				credential: { baseUrl: 'http://kirin.invalid' },
			}),
		);

		expect(text).toContain('No task was created');
		expect(text).not.toContain('ENOTFOUND');
	});
});
