/** MCP over HTTP: our node as a tool of n8n's MCP Server Trigger. */
import { randomUUID } from 'node:crypto';
import { workflowOf } from '../../bench/workflow';
import { servedVideo } from '../../e2e-server/served-video';
import { generateFromText, NODE_TYPE } from '../../saved-parameters';
import type { Case } from '../case';
import { McpClient } from '../mcp-client';
import type { Scenario } from '../scenario';
import { storedFiles } from '../stored-files';

const TOOL = 'Make_a_video';

async function serve(scenario: Case): Promise<string> {
	const path = `mcp-${randomUUID()}`;
	const tool = {
		name: TOOL,
		type: `${NODE_TYPE}Tool`,
		typeVersion: 1,
		parameters: {
			descriptionType: 'manual',
			toolDescription: 'Makes a video from a text',
			...generateFromText({
				prompt: "={{ $fromAI('prompt', 'What the video shows', 'string') }}",
				waiting: { strategy: 'fixed', intervalSeconds: 1 },
			}),
		},
		credentials: scenario.credentials,
	};
	const trigger = {
		name: 'MCP Server Trigger',
		type: '@n8n/n8n-nodes-langchain.mcpTrigger',
		typeVersion: 2,
		parameters: { path },
	};
	const workflow = workflowOf(scenario.name, [trigger, tool], []);
	Object.assign(workflow.nodes[0] ?? {}, { webhookId: path });
	Object.assign(workflow.connections, {
		[TOOL]: { ai_tool: [[{ node: trigger.name, type: 'ai_tool', index: 0 }]] },
	});
	await scenario.client.addActiveWorkflow(workflow);
	return `${scenario.stage.n8n.url}mcp/${path}`;
}

/** The same prompt, four times: whoever calls wants a video each time. */
const fourCalls: Scenario = {
	name: 'mcp-four-calls-over-two-sessions',
	phase: 'together',
	async act(scenario) {
		const url = await serve(scenario);
		const [prompt = ''] = scenario.prompts(1);
		scenario.want(prompt, 4, 4);
		const taskIds = new Set<string>();
		for (let session = 0; session < 2; session++) {
			const mcp = await McpClient.open(url, scenario);
			for (let calls = 0; calls < 2; calls++) {
				const told = await mcp.callTool(TOOL, { prompt });
				scenario.tell(told);
				const { tasks } = scenario.ledger;
				const named = tasks.filter(({ id }) => told.includes(id));
				scenario.check(named.length === 1, `an answer names ${named.length} tasks: ${told}`);
				for (const { id } of named) taskIds.add(id);
			}
		}
		await scenario.deliver(
			[...taskIds].map((taskId) => ({ json: { taskId } })),
			[...taskIds].map(() => prompt),
			'task',
		);
		const [task] = scenario.ledger.tasks;
		const { length = 0 } = task ? await servedVideo(scenario.sandbox, task.id) : [];
		const stored = await storedFiles(scenario.stage.home, length);
		scenario.check(stored === 0, `${stored} videos are left in n8n's storage`);
	},
};

export const mcp: Scenario[] = [fourCalls];
