import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { runAsTool, type ToolOptions, type ToolRun } from './engine';
import { callByMcp } from './mcp';
import { KEY, generating, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

const tasks = () => sandbox.current.ledger.tasks;

async function call(prompt: string, options: Partial<ToolOptions> = {}) {
	return await runAsTool({ ...toolOptions(prompt), ...options });
}

function toolOptions(prompt: string): ToolOptions {
	return {
		nodes: [new KirinVideo()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
		parameters: generating({
			prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
			duration: "={{ $fromAI('seconds', 'Length, 5 or 10', 'number') }}",
		}),
		call: { prompt, seconds: 10 },
	};
}

/** An answer in any case: what a tool throws does not reach every model. */
function whatTheAgentReads({ toolError, answer }: ToolRun): string {
	if (toolError || !answer?.[0]?.error) throw new Error('The model is told of no error');
	return JSON.stringify(answer);
}

describe.each([true, false])(
	'As the tool of an agent (through the engine: %s)',
	(throughEngine) => {
		it('it answers with the address and the cost', async () => {
			const { answer } = await call('A fox', { throughEngine });

			expect(answer?.[0]).toMatchObject({
				status: 'completed',
				videoUrl: expect.stringContaining('video.mp4') as string,
				cost: sandbox.current.ledger.tasks[0]?.cost,
			});
			expect(answer?.[0]).not.toHaveProperty('details');
			expect(sandbox.current.ledger.tasks[0]?.params).toMatchObject({
				prompt: 'A fox',
				duration: '10',
			});
		});

		it('it tells the agent what went wrong, with the task ID, and what to do', async () => {
			const prompt = 'A fox [sandbox: fail 002011095]';
			const told = whatTheAgentReads(await call(prompt, { throughEngine }));

			expect(told).toContain('internal generation error');
			expect(told).toContain(sandbox.current.ledger.tasks[0]?.id);
			expect(told).toContain('simplify the prompt. A new run creates a new task.');
			expect(told).not.toContain(KEY);
		});

		it('it refuses bad input in words that the agent can act on', async () => {
			const told = whatTheAgentReads(await call('', { throughEngine }));

			expect(told).toContain('Prompt must be text of 1 to 2500 characters');
			expect(told).toContain('nothing is billed');
			expect(sandbox.current.ledger.requests).toHaveLength(0);
		});
	},
);

describe.each([true, false])(
	'With Retry On Fail, as the tool of an agent (through the engine: %s)',
	(throughEngine) => {
		const retrying = { throughEngine, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

		it('it answers and throws nothing once a create may have left', async () => {
			sandbox.current.faults = [
				{ on: 'create', point: 'after', kind: 'reset' },
				{ on: 'get', kind: { status: 401 } },
			];
			const told = whatTheAgentReads(await call('A fox', retrying));

			expect(told).toContain('It is not known whether a task was created');
			expect(told).toContain(tasks()[0]?.externalTaskId);
			expect(told).not.toContain('Press Retry');
			expect(tasks()).toHaveLength(1);
		});

		it('it says all in the message of what it throws before', async () => {
			const { error, taskData } = await call('', retrying);
			const thrown = throughEngine ? taskData('Kirin Video').at(-1)?.error : error;

			expect(thrown?.message).toContain('Prompt must be text of 1 to 2500 characters');
			expect(thrown?.message).toContain('nothing is billed');
			expect(sandbox.current.ledger.requests).toHaveLength(0);
		});
	},
);

describe('A tool', () => {
	const downloads = () => sandbox.current.ledger.requests.filter(({ kind }) => kind === 'download');

	it.each([true, false])(
		'downloads nothing unless asked to (through the engine: %s)',
		async (throughEngine) => {
			await call('A fox', { throughEngine });
			expect(downloads()).toEqual([]);

			await call('A fox', { throughEngine, parameters: generating({ downloadVideo: true }) });
			expect(downloads()).toHaveLength(1);
		},
	);

	it('makes a new video with each call of an MCP client, which belongs to no execution', async () => {
		const options = toolOptions('A fox');
		const [first] = (await callByMcp(options)).answer;
		const [second] = (await callByMcp(options)).answer;

		expect(first).toMatchObject({ status: 'completed' });
		expect(second).toMatchObject({ status: 'completed' });
		expect(first).not.toHaveProperty('adopted');
		expect(tasks().map(({ id }) => id)).toEqual([first?.taskId, second?.taskId]);
		expect(downloads()).toEqual([]);
	});

	it('that MCP calls answers, and pays once, when the answer to create is lost, with Retry On Fail too', async () => {
		sandbox.current.faults = [
			{ on: 'create', point: 'after', kind: 'reset' },
			{ on: 'get', kind: { status: 401 } },
		];
		const { answer, log } = await callByMcp({
			...toolOptions('A fox'),
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1,
		});

		expect(answer[0]?.error).toContain('It is not known whether a task was created');
		expect(tasks()).toHaveLength(1);
		expect(log.join('\n')).toContain(`external task ID ${tasks()[0]?.externalTaskId}`);
	});
});
