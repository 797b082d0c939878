import {
	binaryBytes,
	itemsOf,
	runAsTool,
	runWorkflow,
	startWorkflow,
	workflowWith,
	type RunOptions,
	type WorkflowOptions,
} from './engine';
import { TinyApi, TinyNode } from './tiny-node';
import { TINY_KEY, fileOf, startTinyServer, type TinyServer } from './tiny-server';

const TINY = 'n8n-nodes-kirin-video.tiny';

let server: TinyServer;

beforeEach(async () => {
	server = await startTinyServer();
});

afterEach(async () => await server.close());

function setting(apiKey = TINY_KEY) {
	return {
		nodes: [new TinyNode()],
		credentialTypes: [new TinyApi()],
		credentials: { tinyApi: { apiKey, baseUrl: server.url } },
	};
}

function tiny(prompts: string[], options: WorkflowOptions = {}): RunOptions {
	return {
		...setting(),
		workflow: workflowWith(
			{ prompt: '={{ $json.prompt }}' },
			{
				name: 'Tiny',
				type: TINY,
				credentials: ['tinyApi'],
				items: itemsOf(...prompts.map((prompt) => ({ prompt }))),
				...options,
			},
		),
	};
}

describe('items', () => {
	it('run at the same time, each with its own expressions', async () => {
		const { status, output } = await runWorkflow(tiny(['slow', 'a', 'slow', 'slow']));

		expect(status).toBe('success');
		expect(output('Tiny').map(({ json }) => json.id)).toEqual([
			'of-slow',
			'of-a',
			'of-slow',
			'of-slow',
		]);
		expect(server.mostAtOnce).toBeGreaterThanOrEqual(3);
	});

	it('stay paired with their origin through the nodes behind', async () => {
		const { output } = await runWorkflow(
			tiny(['a', 'b'], {
				after: {
					id: "={{ $('Tiny').item.json.id }}",
					prompt: "={{ $('Start').item.json.prompt }}",
				},
			}),
		);

		expect(output('After').map(({ json }) => json)).toEqual([
			{ id: 'of-a', prompt: 'a' },
			{ id: 'of-b', prompt: 'b' },
		]);
	});

	it('given with the run replace those pinned in the workflow', async () => {
		const { output } = await runWorkflow({ ...tiny(['a']), items: itemsOf({ prompt: 'b' }) });

		expect(output('Tiny')[0]?.json.id).toBe('of-b');
	});
});

describe('a binary stream', () => {
	it('goes to disk and is read back whole', async () => {
		const { output } = await runWorkflow(tiny(['a']));
		const [item] = output('After');

		expect(item?.binary?.data?.id).toMatch(/^filesystem-v2:/);
		expect((await binaryBytes(item)).equals(fileOf('of-a'))).toBe(true);
	});
});

describe('Stop', () => {
	it('aborts the signal of the node, and nothing behind it runs', async () => {
		const { promise, stop } = await startWorkflow(tiny(['forever']));
		while (!server.requests.includes('GET /made/of-forever')) await tick();
		stop();
		const { status, run, output } = await promise;
		const polls = server.requests.length;
		await tick(100);

		expect(status).toBe('canceled');
		expect(run.status).toBe('canceled');
		expect(output('After')).toEqual([]);
		expect(server.requests).toHaveLength(polls);
	});
});

describe('a failed item', () => {
	it('fails the node, with the message for the user', async () => {
		const { status, error, taskData, output } = await runWorkflow(tiny(['a', 'fail']));

		expect(status).toBe('error');
		expect(error?.message).toBe('Could not be made');
		expect(taskData('Tiny')[0]?.executionStatus).toBe('error');
		expect(output('Tiny')).toEqual([]);
	});

	it('goes on as an error where the node continues', async () => {
		const run = await runWorkflow(tiny(['a', 'fail'], { onError: 'continueRegularOutput' }));

		expect(run.status).toBe('success');
		expect(run.output('After').map(({ json }) => json)).toEqual([
			{ id: 'of-a' },
			{ error: 'Could not be made' },
		]);
	});

	it('takes the error output', async () => {
		const run = await runWorkflow(tiny(['a', 'fail'], { onError: 'continueErrorOutput' }));

		expect(run.output('After').map(({ json }) => json.id)).toEqual(['of-a']);
		expect(run.output('Failed').map(({ json }) => json)).toEqual([{ error: 'Could not be made' }]);
	});

	it('is tried again with all the others where the node retries', async () => {
		const { status, output } = await runWorkflow(
			tiny(['a', 'flaky'], { retryOnFail: true, maxTries: 2, waitBetweenTries: 10 }),
		);

		expect(status).toBe('success');
		expect(output('Tiny')).toHaveLength(2);
		expect(server.prompts.sort()).toEqual(['a', 'a', 'flaky', 'flaky']);
	});
});

describe('the API key', () => {
	it('is sent as the credential says, and is in no log and no stored execution', async () => {
		const run = await runWorkflow(tiny(['a', 'fail']));

		expect(server.prompts).toHaveLength(2);
		expect(run.log.join('\n')).toContain('Running node "Tiny" finished with error');
		expect(run.log.join('\n')).not.toContain(TINY_KEY);
		expect(run.stored()).not.toContain(TINY_KEY);
	});
});

describe('as the tool of an agent', () => {
	it.each([true, false])('answers a call (through the engine: %s)', async (throughEngine) => {
		const { answer, status } = await runAsTool({
			...setting(),
			name: 'Tiny',
			type: TINY,
			parameters: { prompt: "={{ $fromAI('prompt', 'What to make', 'string') }}" },
			call: { prompt: 'a' },
			throughEngine,
		});

		expect(status).toBe('success');
		expect(answer).toEqual([{ id: 'of-a' }]);
	});
});

async function tick(ms = 5): Promise<void> {
	await new Promise((done) => setTimeout(done, ms));
}
