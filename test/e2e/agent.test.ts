/** Our node as the tool of n8n's AI Agent: what the model is told, and what the agent makes of it. */
import type { Execution } from '../bench/n8n-client';
import { itemsOf } from '../e2e-server/executions';
import { example } from '../e2e-server/shipped-example';
import { runByHand } from './by-hand';
import { place } from './place';
import { openStage, type Stage } from './stage';
import { ChatModel } from './world/chat-model';
import { carriersOf, openOutsideWorld, type OutsideWorld } from './world/outside-world';

const API_KEY = 'kirin-key-that-no-model-may-see';

let model: ChatModel;
let world: OutsideWorld;
let stage: Stage;
let modelCredential: Stage['credentials'];
beforeAll(async () => {
	model = new ChatModel();
	world = await openOutsideWorld(model.hosts, place().temporary);
	stage = await openStage({ sandbox: { speed: 20, apiKey: API_KEY }, env: world.env });
	modelCredential = await stage.client.addCredential('openAiApi', model.credential);
});
beforeEach(() => {
	stage.sandbox.reset();
	model.toolAnswers.length = world.requests.length = 0;
});
afterEach(() => {
	expect(world.unanswered.splice(0)).toEqual([]);
	expect(carriersOf(API_KEY, world.requests)).toEqual([]);
});
afterAll(async () => {
	await stage?.close();
	await world?.close();
});

/** In the example it is a version that leaves the calls to n8n's engine; the older one calls by itself. */
const AGENT_VERSIONS = [3, 2.2];

const POLLING = { strategy: 'fixed', intervalSeconds: 1 };

/** Asks the agent of the shipped example in the editor's chat; the model makes these calls of the tool. */
async function ask(calls: object[], typeVersion = 3): Promise<Execution> {
	model.calls = calls;
	const workflow = example('ai-agent-tool.json', stage.credentials);
	for (const node of workflow.nodes) {
		if (node.name === 'Chat model') node.credentials = modelCredential;
		if (node.name === 'AI Agent') node.typeVersion = typeVersion;
		// Renders are short here.
		if (node.name === 'Make a video') node.parameters.waiting = POLLING;
	}
	const item = { sessionId: 'one', action: 'sendMessage', chatInput: 'A lighthouse, please' };
	return await runByHand(stage.client, workflow, { trigger: 'Chat', item });
}

/** What the agent says in the end: the stand-in quotes all that the tool has answered. */
function saidBy(execution: Execution): unknown {
	return itemsOf(execution, 'AI Agent')[0]?.json.output;
}

/** The JSON that the tool has answered, as the model reads it. */
function answers(): object[] {
	return model.toolAnswers.flatMap((text) => JSON.parse(text) as object[]);
}

describe.each(AGENT_VERSIONS)('An AI agent (version %s)', (version) => {
	it('is told what the tool wants, and gets the address, the cost and the task ID', async () => {
		const execution = await ask([{ prompt: 'A lighthouse in a storm', duration: 10 }], version);
		const [task] = stage.sandbox.ledger.tasks;

		expect(model.tools).toMatchObject([
			{
				name: 'Make_a_video',
				description: expect.stringContaining('costs money') as string,
				parameters: {
					properties: {
						prompt: { type: 'string', description: expect.stringContaining('2500') as string },
						duration: { type: 'number', description: expect.stringContaining('5 or 10') as string },
					},
					required: ['prompt', 'duration'],
				},
			},
		]);
		expect(task?.params).toMatchObject({ prompt: 'A lighthouse in a storm', duration: '10' });
		const videoUrl = `${stage.sandbox.filesUrl}/results/${task?.id}/video.mp4`;
		expect(answers()).toMatchObject([
			{ taskId: task?.id, status: 'completed', videoUrl, cost: task?.cost },
		]);
		expect(execution).toMatchObject({ status: 'success' });
		expect(saidBy(execution)).toContain(videoUrl);
	});

	it('reads why a task has failed, which one, and what to do', async () => {
		const prompt = 'A lighthouse [sandbox: fail 002011095]';
		const execution = await ask([{ prompt, duration: 5 }], version);
		const [told = ''] = model.toolAnswers;

		expect(execution).toMatchObject({ status: 'success' });
		expect(told).toContain('internal generation error (002011095)');
		expect(told).toContain(stage.sandbox.ledger.tasks[0]?.id);
		expect(told).toContain('simplify the prompt. A new run creates a new task.');
	});

	it('reads which value is wrong and what it may be, and nothing is created', async () => {
		await ask([{ prompt: 'A lighthouse', duration: 7 }], version);

		expectRefused('Duration must be one of 5, 10, but is the number 7');
	});

	it('that calls twice at once gets two videos', async () => {
		const call = { prompt: 'A lighthouse', duration: 5 };
		await ask([call, call], version);
		const { tasks } = stage.sandbox.ledger;

		expect(tasks).toHaveLength(2);
		const ids = answers().map((answer) => (answer as { taskId: string }).taskId);
		expect(ids.sort()).toEqual(tasks.map(({ id }) => id).sort());
	});
});

// Older ones hold the arguments against the schema themselves, and do not call the tool at all.
it.each([
	[{ prompt: { text: 'A fox' }, duration: 5 }, 'but is the object {\\"text\\":\\"A fox\\"}'],
	[{ duration: 5 }, 'but is empty'],
])('An AI agent whose model leaves the schema, %j, is told so', async (call, problem) => {
	await ask([call]);

	expectRefused('Prompt must be text of 1 to 2500 characters');
	expectRefused(problem);
});

function expectRefused(problem: string): void {
	const [told = ''] = model.toolAnswers;
	expect(told).toContain(problem);
	expect(told).toContain('nothing is billed');
	expect(told).not.toContain('[object');
	expect(stage.sandbox.ledger.requests).toEqual([]);
}
