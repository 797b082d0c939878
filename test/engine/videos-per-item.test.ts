import type { INodeParameters } from 'n8n-workflow';
import { type Waiting, generateFromText } from '../saved-parameters';
import {
	type EngineRun,
	callResumeUrl,
	itemsOf,
	passDeadline,
	runAsTool,
	runWorkflow,
} from './engine';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KEY, NODE, errorText, onTask, run, runOptions, sandboxForTests, until } from './kirin';
import { retryExecution } from './retrying';

/** Several videos of one prompt: each is a task and an item of its own. */

const sandbox = sandboxForTests({ renderSeconds: 40 });

function several(
	videosPerItem: number,
	waiting: Waiting = 'none',
	{ options, ...parameters }: INodeParameters = {},
): INodeParameters {
	return generateFromText(
		{
			prompt: "={{ $json.p ?? 'A fox' }}",
			...parameters,
			options: { ...(options as object), videosPerItem },
		},
		waiting,
	);
}

const two = () => itemsOf({ p: 'A fox' }, { p: 'A crane' });
const tasks = () => sandbox.current.ledger.tasks;
const idsOf = (result: EngineRun) => result.output(NODE).map(({ json }) => json.taskId as string);

/** The second create that comes is refused. */
function refuseTheSecond(): void {
	sandbox.current.faults = [{ on: 'create', kind: { status: 402 }, skip: 1, times: 1 }];
}

async function allSettled(): Promise<void> {
	await until(() => tasks().every(({ endsAt }) => endsAt <= Date.now()));
}

describe('Videos per Item', () => {
	it.each<Waiting>(['poll', 'none'])(
		'gives each video an item, paired to the one that came in: %s',
		async (waiting) => {
			const result = await run(sandbox.current, several(3, waiting), { items: two() });

			expect(result.error).toBeUndefined();
			const items = result.output(NODE);
			expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
				[0, 0, 0, 1, 1, 1].map((item) => ({ item })),
			);
			expect(new Set(idsOf(result))).toEqual(new Set(tasks().map(({ id }) => id)));
			expect(tasks().filter(({ prompt }) => prompt === 'A fox')).toHaveLength(3);
			const files = items.flatMap(({ binary }) => binary?.data?.fileName ?? []);
			expect(files).toEqual(waiting === 'poll' ? idsOf(result).map((id) => `${id}.mp4`) : []);
		},
	);

	it('tells the files of one item apart, whatever their name', async () => {
		const parameters = several(2, 'poll', { output: { fileName: 'teaser' } });
		const { output } = await run(sandbox.current, parameters, { items: itemsOf({ p: 'A fox' }) });

		expect(output(NODE).map(({ binary }) => binary?.data?.fileName)).toEqual([
			'teaser.mp4',
			'teaser-2.mp4',
		]);
	});

	it('waits for all of them on callbacks', async () => {
		const options = runOptions(sandbox.current, several(2, 'callback'), { items: two() });
		const waiting = await runWorkflow(options);
		expect(waiting.status).toBe('waiting');
		await allSettled();
		const { resumed } = await callResumeUrl(options, waiting, { body: { id: tasks()[3]?.id } });

		expect(resumed?.output(NODE).map(({ json }) => json.status)).toEqual(
			Array(4).fill('completed'),
		);
		expect(resumed?.output(NODE).map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 0, 1, 1].map((item) => ({ item })),
		);
		expect(tasks()).toHaveLength(4);
	});

	it('names all of them in the error that keeps it from going on', async () => {
		const options = runOptions(sandbox.current, several(2, 'callback'), {
			items: itemsOf({ p: 'A fox' }),
		});
		const waiting = await runWorkflow(options);
		await allSettled();
		options.credentials = { kirinVideoApi: { apiKey: KEY, baseUrl: 'nowhere' } };
		const { resumed } = await callResumeUrl(options, waiting, { body: {} });

		const text = errorText(resumed as EngineRun);
		expect(text).toContain('must start with http:// or https://');
		for (const { id } of tasks()) expect(text).toContain(id);
	});

	it.each([0, 5, 1.5, 'many'])('of %s is refused before anything is sent', async (number) => {
		const text = errorText(await run(sandbox.current, several(number as number)));

		expect(text).toContain('Videos per Item must be a whole number from 1 to 4');
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('keeps to the tasks at once that the user allows', async () => {
		sandbox.current.settings.concurrencyLimit = 1;
		const parameters = several(3, 'poll', { options: { maxConcurrentTasks: 1 } });
		const result = await run(sandbox.current, parameters, { items: itemsOf({ p: 'A fox' }) });

		expect(result.output(NODE)).toHaveLength(3);
		expect(sandbox.current.ledger.count('create')).toBe(3);
	});
});

describe('A video that fails', () => {
	it('is an item among the others under Continue On Fail', async () => {
		refuseTheSecond();
		const result = await run(sandbox.current, several(3), {
			items: itemsOf({ p: 'A fox' }),
			onError: 'continueRegularOutput',
		});
		const items = result.output(NODE);

		expect(items).toHaveLength(3);
		expect(items.filter(({ json }) => json.taskId)).toHaveLength(2);
		const errors = items.flatMap(({ json }) => json.error ?? []);
		expect(errors).toEqual([expect.stringContaining('lack of credit')]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(Array(3).fill({ item: 0 }));
	});

	it('fails the run with an error that names the others', async () => {
		refuseTheSecond();
		const { error } = await run(sandbox.current, several(3), { items: itemsOf({ p: 'A fox' }) });
		const { description, context } = error as unknown as {
			description: string;
			context: { data: { otherTasks: object[] } };
		};

		expect(context.data.otherTasks).toHaveLength(2);
		expect(context.data.otherTasks).toContainEqual(
			expect.objectContaining({ item: 0, video: 3, taskId: expect.any(String) as string }),
		);
		expect(description).toContain('item 0 video 3: ');
		for (const { id } of tasks()) expect(description).toContain(id);
	});
});

describe('On a retry', () => {
	it('those that are there are found, and only the one that failed is made', async () => {
		refuseTheSecond();
		const options = { items: two(), run: { mode: 'trigger' as const } };
		const failed = await run(sandbox.current, several(2, 'poll'), options);
		expect(failed.error).toBeDefined();
		expect(tasks()).toHaveLength(3);

		const all = runOptions(sandbox.current, several(2, 'poll'), options);
		const retried = await retryExecution(all, failed);
		expect(retried.error).toBeUndefined();
		expect(tasks()).toHaveLength(4);
		expect(new Set(idsOf(retried))).toEqual(new Set(tasks().map(({ id }) => id)));
	});

	it('more of them may be asked for: those that are there stay', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1 }];
		const options = { items: itemsOf({ p: 'A fox' }), run: { mode: 'trigger' as const } };
		const failed = await run(sandbox.current, several(1, 'poll'), options);
		const [first] = tasks();

		// With the saved workflow, n8n takes the nodes of that.
		const [entry] = failed.run.data.executionData?.nodeExecutionStack ?? [];
		if (entry) entry.node.parameters.options = { videosPerItem: 3 };
		const all = runOptions(sandbox.current, several(3, 'poll'), options);
		const retried = await retryExecution(all, failed);
		expect(idsOf(retried)[0]).toBe(first?.id);
		expect(tasks()).toHaveLength(3);
	});

	it('by Retry On Fail as well, after a wait too', async () => {
		const parameters = several(2, 'callback', { prompt: 'A fox [sandbox: render 60s]' });
		const options = runOptions(sandbox.current, parameters, {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});
		const waiting = await runWorkflow(options);
		await allSettled();
		sandbox.current.faults = [{ on: 'download', kind: { status: 400 }, times: 1 }];
		const { resumed } = await callResumeUrl(options, waiting, { body: {} });

		expect(resumed?.error).toBeUndefined();
		expect(resumed?.output(NODE)).toHaveLength(2);
		expect(tasks()).toHaveLength(2);
	});
});

describe('An External Task ID of the user', () => {
	const own = (videos: number) =>
		several(videos, 'none', { options: { externalTaskId: 'order-1' } });

	it('is that of the first video; the others have IDs made from it', async () => {
		const { output } = await run(sandbox.current, own(3));
		const ids = output(NODE).map(({ json }) => json.externalTaskId);

		expect(ids).toEqual([
			'order-1',
			expect.stringMatching(/^own-[0-9a-f]{32}$/),
			expect.stringMatching(/^own-[0-9a-f]{32}$/),
		]);
		expect(new Set(ids).size).toBe(3);
	});

	it('finds all of them again from any execution', async () => {
		const first = await run(sandbox.current, own(2));
		const second = await run(sandbox.current, own(2));

		expect(idsOf(second)).toEqual(idsOf(first));
		expect(tasks()).toHaveLength(2);
	});
});

describe('A budget of the run', () => {
	it('counts every video', async () => {
		const within = (maximumTotalCostUsd: string) =>
			several(3, 'none', { costLimits: { maximumTotalCostUsd } });
		const text = errorText(await run(sandbox.current, within('1'), { items: two() }));

		expect(text).toContain('The estimated cost of 1.26 USD for 6 videos of 2 items is above');
		expect(text).toContain('The first 4 videos would fit');
		expect(sandbox.current.ledger.count('create')).toBe(0);
		expect(sandbox.current.ledger.count('precharge')).toBeLessThanOrEqual(2);

		const result = await run(sandbox.current, within('1.26'), { items: two() });
		expect(result.output(NODE)).toHaveLength(6);
	});
});

describe('At the deadline of a wait', () => {
	it('the item carries all its tasks, in a list that Task → Wait takes', async () => {
		refuseTheSecond();
		const options = runOptions(sandbox.current, several(3, 'callback'), {
			items: itemsOf({ p: 'A fox' }),
			onError: 'continueRegularOutput',
		});
		const waiting = await runWorkflow(options);
		const { output } = await passDeadline(options, waiting);
		const [item, ...others] = output(NODE);
		expect(others).toEqual([]);
		expect(item).toMatchObject({ json: { status: 'in_progress' }, pairedItem: { item: 0 } });
		const listed = item?.json.tasks as Array<{ taskId?: string; error?: string }>;
		expect(listed).toHaveLength(3);

		const waited = await run(sandbox.current, onTask('wait'), {
			items: [{ json: item?.json ?? {} }],
			onError: 'continueRegularOutput',
		});
		expect(waited.output(NODE).map(({ json }) => json.taskId ?? json.error)).toEqual(
			listed.map(({ taskId, error }) => taskId ?? error),
		);
		const files = waited.output(NODE).filter(({ binary }) => binary?.data);
		expect(files).toHaveLength(2);
	});

	it.each(['get', 'wait'] as const)('a list of IDs is taken by Task → %s', async (operation) => {
		const submitted = await run(sandbox.current, several(2));
		const taskId = '={{ $json.ids }}';
		const items = itemsOf({ ids: idsOf(submitted) });
		const result = await run(sandbox.current, onTask(operation, { taskId }), { items });
		expect(idsOf(result)).toEqual(idsOf(submitted));

		const bad = itemsOf({ ids: ['good', 'not good'] });
		expect(
			errorText(await run(sandbox.current, onTask(operation, { taskId }), { items: bad })),
		).toContain('Task ID 2 must be an ID');
	});
});

describe('As the tool of an agent', () => {
	const tool = () => ({
		nodes: [new KirinVideo()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
		parameters: several(2, 'poll', { prompt: "={{ $fromAI('prompt') }}" }),
		call: { prompt: 'A fox' },
	});

	it('a call answers with all videos', async () => {
		const { answer } = await runAsTool(tool());

		expect(answer?.map(({ status }) => status)).toEqual(['completed', 'completed']);
		expect(tasks()).toHaveLength(2);
	});

	it.each([true, false])(
		'a call pays for no video twice, with Retry On Fail too (through the engine: %s)',
		async (throughEngine) => {
			sandbox.current.faults = [
				{ on: 'precharge', kind: { status: 400 }, times: 1 },
				{ on: 'precharge', kind: 'slow', delayMs: 200 },
			];
			const { answer, toolError } = await runAsTool({
				...tool(),
				parameters: { ...tool().parameters, costLimits: { maximumCostUsd: '9' } },
				throughEngine,
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			});

			expect(toolError).toBeUndefined();
			expect(answer).toHaveLength(2);
			const completed = answer?.filter(({ status }) => status === 'completed');
			// n8n's engine tries a node again whose first item is an error; other callers read it.
			expect(completed).toHaveLength(throughEngine ? 2 : 1);
			expect(new Set(completed?.map(({ taskId }) => taskId))).toEqual(
				new Set(tasks().map(({ id }) => id)),
			);
		},
	);
});
