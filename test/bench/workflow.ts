/** The workflow that every contender runs in: a webhook takes prompts, and makes an item of each. */
import { randomUUID } from 'node:crypto';

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: object;
	credentials?: Record<string, { id: string; name: string }>;
	onError?: 'continueRegularOutput' | 'continueErrorOutput';
	/** n8n gives the node its first item only. */
	executeOnce?: boolean;
	/** An output without items gets an empty one, so that what follows runs. */
	alwaysOutputData?: boolean;
	/** Drawn above the others: of two branches, n8n runs the upper one first. */
	isAbove?: boolean;
}

/** What a contender adds: its nodes, the first of which takes the items. */
export interface Chain {
	nodes: [WorkflowNode, ...WorkflowNode[]];
	/** Nodes that follow in a row need not be told. */
	links?: Link[];
}

/** From one node's output to another node's input; those without a number are the first. */
export interface Link {
	from: string;
	output?: number;
	to: string;
	input?: number;
}

/** The links of nodes that follow in a row. */
export function inARow(...names: string[]): Link[] {
	return names.slice(1).map((to, index) => ({ from: names[index] ?? '', to }));
}

/** The node that makes the items: a contender's time begins where it ends. */
export const ITEMS_NODE = 'Items';
const WEBHOOK_NODE = 'Webhook';
const COLUMN_PX = 240;
const ROW_PX = 160;

/** A webhook, an item for each entry of `items` in its body, and the chain. */
export function webhookWorkflow(name: string, path: string, chain: Chain, settings?: object) {
	const first: WorkflowNode[] = [
		{
			name: WEBHOOK_NODE,
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			parameters: {
				httpMethod: 'POST',
				path,
				// Answered at once: a connection that waits for the end would be held for minutes.
				responseMode: 'onReceived',
				options: { responseData: '={{ $execution.id }}' },
			},
		},
		{
			name: ITEMS_NODE,
			type: 'n8n-nodes-base.splitOut',
			typeVersion: 1,
			parameters: { fieldToSplitOut: 'body.items', options: {} },
		},
	];
	const nodes = [...first, ...chain.nodes];
	const names = nodes.map(({ name }) => name);
	const links = chain.links
		? [...inARow(...names.slice(0, first.length + 1)), ...chain.links]
		: inARow(...names);
	return workflowOf(name, nodes, links, settings);
}

/** A workflow as n8n takes it. */
export function workflowOf(name: string, nodes: WorkflowNode[], links: Link[], settings?: object) {
	const connections: Record<string, { main: object[][] }> = {};
	for (const { from, output = 0, to, input = 0 } of links) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: input });
	}
	return {
		name,
		settings: { executionOrder: 'v1', ...settings },
		nodes: nodes.map(({ isAbove, ...node }, index) => ({
			...node,
			id: randomUUID(),
			position: [index * COLUMN_PX, isAbove ? -ROW_PX : 0],
			// n8n finds a production webhook by this, not by the node's ID.
			...(node.name === WEBHOOK_NODE && { webhookId: randomUUID() }),
		})),
		connections,
	};
}
