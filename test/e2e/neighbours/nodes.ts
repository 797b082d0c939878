/** n8n's own nodes, and ours, as the workflows here have them. */
import { KIRIN_TYPE } from '../../bench/kirin';
import type { WorkflowNode } from '../../bench/workflow';
import { START } from '../by-hand';

const TABLE = 'Table';
export const ROWS = 'Rows';
export const VIDEO = 'Kirin Video';

/** The manual trigger, and what makes an item of each row. */
export function startWith(rows: object[]): WorkflowNode[] {
	const jsonOutput = JSON.stringify({ rows });
	return [
		node(START, 'manualTrigger', 1),
		node(TABLE, 'set', 3.4, { mode: 'raw', jsonOutput, options: {} }),
		node(ROWS, 'splitOut', 1, { fieldToSplitOut: 'rows', options: {} }),
	];
}

/** The nodes of `startWith`, to be followed by others in a row. */
export const FROM_START = [START, TABLE, ROWS];

/** A node of n8n-nodes-base. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: object = {},
): WorkflowNode {
	return { name, type: `n8n-nodes-base.${type}`, typeVersion, parameters };
}

/** Our node: the prompt comes from the item, and as renders are short here, so is the interval. */
export function video(
	credentials: WorkflowNode['credentials'],
	change: Partial<WorkflowNode> = {},
): WorkflowNode {
	const { parameters, ...rest } = change;
	return {
		name: VIDEO,
		type: KIRIN_TYPE,
		typeVersion: 1,
		credentials,
		...rest,
		parameters: {
			prompt: '={{ $json.prompt }}',
			waiting: { intervalSeconds: 1, strategy: 'fixed' },
			...parameters,
		},
	};
}

/** Adds to each item, which keeps all that it has, the title of the row that it was made of. */
export function titled(name: string): WorkflowNode {
	const title = {
		id: 't',
		name: 'title',
		type: 'string',
		value: "={{ $('Rows').item.json.title }}",
	};
	return node(name, 'set', 3.4, {
		mode: 'manual',
		includeOtherFields: true,
		assignments: { assignments: [title] },
	});
}
