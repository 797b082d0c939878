/** Our node where something else calls it: as a sub-workflow, and as the tool of an agent. */
import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { inARow, webhookWorkflow, workflowOf, type WorkflowNode } from '../../bench/workflow';
import { ChatModel } from '../../e2e/world/chat-model';
import { itemsOf } from '../../e2e-server/executions';
import { generateFromText, NODE_TYPE } from '../../saved-parameters';
import { NODE, type Case, type Workflow } from '../case';
import { answer, failing } from '../front';
import { kindOf } from '../kinds';
import type { Scenario } from '../scenario';

const CALL = 'Call the sub-workflow';

/** A workflow that calls another one, in which our node is. */
async function parentOf(scenario: Case, options: INodeParameters): Promise<Workflow> {
	const trigger: WorkflowNode = {
		name: 'When called',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		parameters: { inputSource: 'passthrough' },
	};
	const ours: WorkflowNode = {
		name: NODE,
		type: NODE_TYPE,
		typeVersion: 1,
		parameters: kindOf('poll').parameters({ options }),
		credentials: scenario.credentials,
	};
	const name = `${scenario.name}, called`;
	const called = workflowOf(name, [trigger, ours], inARow(trigger.name, NODE));
	const workflowId = await scenario.client.addActiveWorkflow(called);
	const path = `money-parent-${randomUUID()}`;
	const call: WorkflowNode = {
		name: CALL,
		type: 'n8n-nodes-base.executeWorkflow',
		typeVersion: 1.2,
		parameters: { workflowId: { __rl: true, mode: 'id', value: workflowId }, options: {} },
	};
	const parent = webhookWorkflow(scenario.name, path, { nodes: [call] });
	return { id: await scenario.client.addActiveWorkflow(parent), path };
}

/** One of two tasks fails in the sub-workflow; Retry of the parent calls it anew. */
function subWorkflow(ids: 'own-ids' | 'no-ids'): Scenario {
	return {
		name: `retry-of-a-parent/${ids}`,
		phase: 'together',
		async act(scenario) {
			const prompts = scenario.prompts(2);
			const [first = '', second = ''] = prompts;
			// Each call is an execution of its own: without an ID of the user's nothing connects the two.
			if (ids === 'no-ids') scenario.want(first, 2, 1);
			scenario.front.rules.push((call) =>
				call.kind === 'create' && call.prompt === second && call.times === 1
					? call.forward({ body: failing(call.body) })
					: undefined,
			);
			const own = { externalTaskId: '={{ $json.order }}' };
			const parent = await parentOf(scenario, ids === 'own-ids' ? own : {});
			const items = prompts.map((prompt, index) => ({ prompt, order: `order-${index}` }));
			const id = await scenario.run(parent, items);
			const failed = await scenario.ended(id);
			scenario.check(failed.status === 'error', `the parent ends as ${failed.status}`);
			const execution = await scenario.retried(id, 'saved');
			scenario.check(execution.status === 'success', `its Retry ends as ${execution.status}`);
			await scenario.deliver(itemsOf(execution, CALL), prompts, 'video');
		},
	};
}

const TOOL = 'Make a video';
const AGENT = 'Agent';

/** A workflow in which an agent calls our node with this prompt. */
async function agentWorkflow(scenario: Case, prompt: string, tool: object): Promise<Workflow> {
	const { client, front } = scenario;
	const model = new ChatModel();
	model.calls = [{ prompt }];
	front.rules.push(({ method, path, key, body }) => {
		if (path !== '/v1/chat/completions') return undefined;
		const headers = { authorization: `Bearer ${key}` };
		const request = { method, host: 'api.openai.com', path, query: new URLSearchParams(), headers };
		const say = model.hosts['api.openai.com'];
		return Promise.resolve(say?.({ ...request, body: Buffer.from(JSON.stringify(body)) })).then(
			(said) => answer(said?.status ?? 200, said?.body as object),
		);
	});
	const nodes: [WorkflowNode, ...WorkflowNode[]] = [
		{
			name: AGENT,
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: 3,
			parameters: { promptType: 'define', text: '={{ $json.prompt }}', options: {} },
		},
		{
			name: 'Chat model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			parameters: { model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' }, options: {} },
			credentials: await client.addCredential('openAiApi', {
				...model.credential,
				url: `${front.apiUrl}/v1`,
			}),
		},
		{
			name: TOOL,
			type: `${NODE_TYPE}Tool`,
			typeVersion: 1,
			parameters: {
				descriptionType: 'manual',
				toolDescription: 'Makes a video from a text',
				...generateFromText({
					prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
					downloadVideo: false,
					waiting: { strategy: 'fixed', intervalSeconds: 1 },
				}),
			},
			credentials: scenario.credentials,
			...tool,
		},
	];
	const path = `money-agent-${randomUUID()}`;
	const workflow = webhookWorkflow(scenario.name, path, { nodes, links: [] });
	const to = (type: string) => ({ [type]: [[{ node: AGENT, type, index: 0 }]] });
	Object.assign(workflow.connections, {
		'Chat model': to('ai_languageModel'),
		[TOOL]: to('ai_tool'),
	});
	return { id: await client.addActiveWorkflow(workflow), path };
}

/** The model refuses once the tool has answered; Retry of the execution lets the agent call anew. */
const agentRetried: Scenario = {
	name: 'retry-of-an-agent',
	phase: 'together',
	async act(scenario) {
		const [prompt = ''] = scenario.prompts(1);
		// Each call of an agent is meant as a new video.
		scenario.want(prompt, 2, 0);
		let refusals = 1;
		scenario.front.rules.push((call) => {
			const isAfterTool = JSON.stringify(call.body ?? '').includes('tool_call_id');
			if (call.path !== '/v1/chat/completions' || !isAfterTool || refusals-- <= 0) return undefined;
			return Promise.resolve(answer(400, { error: { message: 'No more of this, please' } }));
		});
		const id = await scenario.run(await agentWorkflow(scenario, prompt, {}), [prompt]);
		const first = await scenario.ended(id);
		scenario.check(first.status === 'error', `the agent's execution ends as ${first.status}`);
		const second = await scenario.retried(id, 'saved');
		scenario.check(second.status === 'success', `its Retry ends as ${second.status}`);
		const said = JSON.stringify(itemsOf(second, AGENT));
		const made = scenario.ledger.tasks.at(-1);
		scenario.check(
			said.includes(made?.id ?? 'no task'),
			`the agent does not name its task: ${said}`,
		);
	},
};

/** The tool's try after a create that has left: it answers, so that n8n does not try again. */
const agentTries: Scenario = {
	name: 'agent-tool-with-retry-on-fail',
	phase: 'together',
	async act(scenario) {
		const [prompt = ''] = scenario.prompts(1);
		scenario.want(prompt, 1, 0);
		scenario.front.rules.push((call) =>
			call.kind === 'get' ? Promise.resolve(answer(401, { message: 'Invalid key' })) : undefined,
		);
		const tool = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const id = await scenario.run(await agentWorkflow(scenario, prompt, tool), [prompt]);
		const execution = await scenario.ended(id);
		scenario.check(execution.status === 'success', `the execution ends as ${execution.status}`);
		const said = JSON.stringify(itemsOf(execution, AGENT));
		const [task] = scenario.ledger.tasks;
		scenario.check(
			said.includes(task?.id ?? 'no task'),
			`the agent does not name its task: ${said}`,
		);
	},
};

export const callers: Scenario[] = [
	subWorkflow('own-ids'),
	subWorkflow('no-ids'),
	agentRetried,
	agentTries,
];
