/** Our node among those by which n8n steers a workflow: loops, merges, sub-workflows, errors. */
import type { OutputItem } from '../../bench/n8n-client';
import { inARow, webhookWorkflow, workflowOf } from '../../bench/workflow';
import { itemsOf } from '../../e2e-server/executions';
import { servedVideo, sha256 } from '../../e2e-server/served-video';
import { type Waiting, generateFromText } from '../../saved-parameters';
import { runByHand, untilEnded } from '../by-hand';
import { type Stage, openStage } from '../stage';
import { FROM_START, node, ROWS, startWith, titled, VIDEO, video } from './nodes';

let stage: Stage;
beforeAll(async () => {
	stage = await openStage({ sandbox: { speed: 40 } });
});
beforeEach(() => stage.sandbox.reset());
afterAll(() => stage?.close());

interface Row {
	title: string;
	prompt: string;
}

/** The first renders last longest, and no two files are alike. Smaller ones are no whole videos. */
const ROWS_OVERTAKING: Row[] = [
	{ title: 'Slow', prompt: 'A snail [sandbox: render 60s; size 60kB]' },
	{ title: 'Middling', prompt: 'A dog [sandbox: render 40s; size 70kB]' },
	{ title: 'Fast', prompt: 'A hare [sandbox: render 20s; size 80kB]' },
];

/** What an item holds, by what the service knows of it. */
async function seen(items: OutputItem[]) {
	return await Promise.all(
		items.map(async ({ json, binary }) => {
			const id = binary?.data?.id;
			const task = stage.sandbox.ledger.tasks.find((one) => one.id === json.taskId);
			const hash = id && sha256(await stage.client.binary(id));
			const served = task && sha256(await servedVideo(stage.sandbox, task.id));
			return { title: json.title, prompt: task?.prompt, isServed: served === hash };
		}),
	);
}

function wanted(rows: Row[]) {
	return rows.map(({ title, prompt }) => ({ title, prompt, isServed: true }));
}

const WAYS: Waiting[] = ['poll', 'callback'];
const PROMPT = { prompt: '={{ $json.prompt }}' };

it.each(WAYS)(
	'Loop Over Items, waiting by %s: every batch makes its own videos, and all come out in order',
	async (waiting) => {
		// The same item of each batch has the same prompt: only the run tells them apart.
		const prompts = ['A cat', 'A dog', 'A cat', 'A dog', 'A cat'];
		const workflow = workflowOf(
			'Loop',
			[
				...startWith(prompts.map((prompt) => ({ prompt }))),
				node('Loop', 'splitInBatches', 3, { batchSize: 2, options: {} }),
				video(stage.credentials, { parameters: generateFromText(PROMPT, waiting) }),
				node('Done', 'noOp', 1),
			],
			[
				...inARow(...FROM_START, 'Loop', 'Done'),
				{ from: 'Loop', output: 1, to: VIDEO },
				{ from: VIDEO, to: 'Loop' },
			],
		);
		const execution = await runByHand(stage.client, workflow);
		const { tasks } = stage.sandbox.ledger;
		const done = itemsOf(execution, 'Done');

		expect(execution).toMatchObject({ status: 'success' });
		expect(execution.runData[VIDEO]).toHaveLength(3);
		expect(await seen(done)).toEqual(prompts.map((prompt) => ({ prompt, isServed: true })));
		expect(new Set(done.map(({ json }) => json.taskId)).size).toBe(prompts.length);
		expect(tasks).toHaveLength(prompts.length);
		expect(new Set(tasks.map(({ externalTaskId }) => externalTaskId)).size).toBe(prompts.length);
	},
);

it('Merge by position joins each video to its row', async () => {
	const workflow = workflowOf(
		'Merge',
		[
			...startWith(ROWS_OVERTAKING),
			video(stage.credentials),
			node('Merge', 'merge', 3.2, { mode: 'combine', combineBy: 'combineByPosition' }),
		],
		[...inARow(...FROM_START, VIDEO, 'Merge'), { from: ROWS, to: 'Merge', input: 1 }],
	);
	const execution = await runByHand(stage.client, workflow);

	expect(execution).toMatchObject({ status: 'success' });
	expect(await seen(itemsOf(execution, 'Merge'))).toEqual(wanted(ROWS_OVERTAKING));
});

it.each(WAYS)('an expression finds, waiting by %s, the row of each video', async (waiting) => {
	const workflow = workflowOf(
		'Paired',
		[
			...startWith(ROWS_OVERTAKING),
			video(stage.credentials, { parameters: generateFromText(PROMPT, waiting) }),
			titled('Titled'),
		],
		inARow(...FROM_START, VIDEO, 'Titled'),
	);
	const execution = await runByHand(stage.client, workflow);

	expect(execution).toMatchObject({ status: 'success' });
	expect(await seen(itemsOf(execution, 'Titled'))).toEqual(wanted(ROWS_OVERTAKING));
});

it.each(WAYS)(
	'a sub-workflow that waits by %s hands its videos back, each for its row',
	async (waiting) => {
		const workflowId = await stage.client.addActiveWorkflow(
			workflowOf(
				'Makes videos',
				[
					node('Called', 'executeWorkflowTrigger', 1.1, { inputSource: 'passthrough' }),
					video(stage.credentials, { parameters: generateFromText(PROMPT, waiting) }),
				],
				inARow('Called', VIDEO),
			),
		);
		const workflow = workflowOf(
			'Calls',
			[
				...startWith(ROWS_OVERTAKING),
				node('Sub-workflow', 'executeWorkflow', 1.3, {
					workflowId: { __rl: true, mode: 'id', value: workflowId },
					options: {},
				}),
				titled('Titled'),
			],
			inARow(...FROM_START, 'Sub-workflow', 'Titled'),
		);
		const execution = await runByHand(stage.client, workflow);

		expect(execution).toMatchObject({ status: 'success' });
		expect(await seen(itemsOf(execution, 'Titled'))).toEqual(wanted(ROWS_OVERTAKING));
	},
);

it('an Error Trigger is told what failed, which task, and what to do', async () => {
	const errorWorkflow = await stage.client.addActiveWorkflow(
		workflowOf(
			'Tells',
			[node('Error Trigger', 'errorTrigger', 1), node('Told', 'noOp', 1)],
			inARow('Error Trigger', 'Told'),
		),
	);
	const workflow = webhookWorkflow(
		'Fails',
		'fails',
		{ nodes: [video(stage.credentials)] },
		{ errorWorkflow },
	);
	await stage.client.addActiveWorkflow(workflow);
	const items = [{ prompt: 'A fox [sandbox: fail 002011095]' }];
	const failed = await stage.client.trigger('fails', { items });
	expect(await untilEnded(stage.client, failed)).toMatchObject({ status: 'error' });

	const told = await untilEnded(stage.client, await untilStarted(errorWorkflow));
	const [{ json } = { json: {} }] = itemsOf(told, 'Told');
	expect(json).toMatchObject({
		workflow: { name: 'Fails' },
		execution: {
			id: failed,
			lastNodeExecuted: VIDEO,
			error: {
				message: expect.stringMatching(/internal generation error \(002011095\)/) as string,
				description: expect.stringContaining('A new run creates a new task') as string,
			},
		},
	});
	expect(JSON.stringify(json)).toContain(stage.sandbox.ledger.tasks[0]?.id);
	expect(JSON.stringify(json)).not.toContain(stage.sandbox.apiKey);
});

/** The execution that n8n starts of a workflow by itself. */
async function untilStarted(workflowId: string): Promise<string> {
	for (;;) {
		const executions = await stage.client.executions(20);
		const found = executions.find((execution) => execution.workflowId === workflowId);
		if (found) return found.id;
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

it('pinned data takes the place of a video: a manual run asks the service nothing', async () => {
	const pinned = { taskId: 'pinned', status: 'completed', videoUrl: 'https://example.com/v.mp4' };
	const workflow = {
		...workflowOf(
			'Pinned',
			[...startWith(ROWS_OVERTAKING.slice(0, 1)), video(stage.credentials), titled('Titled')],
			inARow(...FROM_START, VIDEO, 'Titled'),
		),
		pinData: { [VIDEO]: [{ json: pinned, pairedItem: 0 }] },
	};
	const execution = await runByHand(stage.client, workflow);

	expect(execution).toMatchObject({ status: 'success' });
	expect(itemsOf(execution, 'Titled').map(({ json }) => json)).toMatchObject([pinned]);
	expect(stage.sandbox.ledger.requests).toEqual([]);
});

it('Execute Once makes one video of many items', async () => {
	const workflow = workflowOf(
		'Once',
		[...startWith(ROWS_OVERTAKING), video(stage.credentials, { executeOnce: true })],
		inARow(...FROM_START, VIDEO),
	);
	const execution = await runByHand(stage.client, workflow);

	expect(execution).toMatchObject({ status: 'success' });
	expect(itemsOf(execution, VIDEO)).toHaveLength(1);
	expect(stage.sandbox.ledger.tasks).toHaveLength(1);
});
