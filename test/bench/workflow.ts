/** The workflow that every contender runs in: a webhook takes prompts, and makes an item of each. */
import { randomUUID } from 'node:crypto';

export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: object;
	credentials?: Record<string, { id: string; name: string }>;
	onError?: 'continueRegularOutput';
	/** Drawn above the others: of two branches, n8n runs the upper one first. */
	isAbove?: boolean;
}

/** What a contender adds: its nodes, the first of which takes the items. */
export interface Chain {
	nodes: [WorkflowNode, ...WorkflowNode[]];
	/** From one node's output number to another node; nodes that follow in a row need not be told. */
	links?: Array<{ from: string; output: number; to: string }>;
}

/** The node that makes the items: a contender's time begins where it ends. */
export const ITEMS_NODE = 'Items';
const WEBHOOK_NODE = 'Webhook';
const COLUMN_PX = 240;
const ROW_PX = 160;

export function webhookWorkflow(name: string, path: string, chain: Chain) {
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
	const links =
		chain.links ??
		chain.nodes.slice(1).map((node, index) => {
			const from = chain.nodes[index]?.name ?? '';
			return { from, output: 0, to: node.name };
		});
	const all = [
		{ from: WEBHOOK_NODE, output: 0, to: ITEMS_NODE },
		{ from: ITEMS_NODE, output: 0, to: chain.nodes[0].name },
		...links,
	];
	const connections: Record<string, { main: object[][] }> = {};
	for (const { from, output, to } of all) {
		const { main } = (connections[from] ??= { main: [] });
		while (main.length <= output) main.push([]);
		main[output]?.push({ node: to, type: 'main', index: 0 });
	}
	return {
		name,
		settings: { executionOrder: 'v1' },
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
