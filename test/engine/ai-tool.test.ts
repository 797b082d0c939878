import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { runAsTool, type ToolOptions, type ToolRun } from './engine';
import { KEY, generating, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

async function call(prompt: string, options: Partial<ToolOptions> = {}) {
	return await runAsTool({
		nodes: [new KirinVideo()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
		parameters: generating({
			prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
			duration: "={{ $fromAI('seconds', 'Length, 5 or 10', 'number') }}",
		}),
		call: { prompt, seconds: 10 },
		...options,
	});
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
		it('an error brings the next try, and then says all in its message', async () => {
			const { error, taskData } = await call('A fox [sandbox: fail]', {
				throughEngine,
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 0,
			});
			const thrown = throughEngine ? taskData('Kirin Video').at(-1)?.error : error;

			expect(thrown?.message).toContain('internal generation error');
			expect(thrown?.message).toContain('simplify the prompt. A new run creates a new task.');
			expect(sandbox.current.ledger.tasks).toHaveLength(2);
		});
	},
);
