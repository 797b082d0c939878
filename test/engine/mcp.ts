import { WebhookContext } from 'n8n-core';
import { NodeConnectionTypes, type IDataObject, type IWebhookData } from 'n8n-workflow';
import { listenToLog } from './log';
import { prepareExecution } from './execution';
import { AGENT } from './harness-nodes';
import type { ToolOptions } from './tool';
import { workflowWith } from './workflow';

interface Tool {
	invoke(call: IDataObject): Promise<unknown>;
}

/**
 * Calls a tool as the MCP Server Trigger does: from within its webhook, before there is an execution, so
 * with no execution ID, no context and run index 0.
 *
 * @returns what the client reads, and what n8n logged
 */
export async function callByMcp(
	options: ToolOptions,
): Promise<{ answer: IDataObject[]; log: string[] }> {
	const { parameters, call, name = 'Kirin Video', ...rest } = options;
	const { retryOnFail, maxTries, waitBetweenTries } = rest;
	const settings = retryOnFail ? { retryOnFail, maxTries, waitBetweenTries } : {};
	const single = workflowWith(parameters, {
		name,
		type: 'n8n-nodes-kirin-video.kirinVideoTool',
		credentials: Object.keys(options.credentials ?? {}),
		...settings,
	});
	const trigger = { id: 'MCP', name: 'MCP', type: AGENT, typeVersion: 1, parameters: {} };
	const { workflow, additionalData } = await prepareExecution({
		...rest,
		workflow: {
			nodes: [
				{ ...trigger, position: [0, 0] },
				...single.nodes.filter((node) => node.name === name),
			],
			connections: {
				[name]: { ai_tool: [[{ node: 'MCP', type: NodeConnectionTypes.AiTool, index: 0 }]] },
			},
		},
	});
	additionalData.executionId = undefined;
	Object.assign(additionalData, { httpRequest: { body: {} } });
	const node = workflow.getNode('MCP');
	if (!node) throw new Error('The workflow has no trigger');
	const context = new WebhookContext(
		workflow,
		node,
		additionalData,
		'webhook',
		{ node: 'MCP', webhookDescription: {} } as IWebhookData,
		[],
		null,
	);
	const logged = listenToLog();
	const tools = (await context.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[];
	const text = String(await tools[0]?.invoke(call));
	return { answer: JSON.parse(text) as IDataObject[], log: logged() };
}
