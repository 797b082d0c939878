import type {
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IPinData,
	IWorkflowSettings,
} from 'n8n-workflow';
import { MANUAL_TRIGGER, NO_OP, SET } from './harness-nodes';

/** A workflow as n8n exports it. */
export interface WorkflowJson {
	id?: string;
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

type NodeSettings = Pick<
	INode,
	'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries' | 'executeOnce' | 'alwaysOutputData'
>;

export interface WorkflowOptions extends NodeSettings {
	/** What the start node emits; one empty item unless given. */
	items?: INodeExecutionData[];
	/** Name and type of the node under test. */
	name?: string;
	type?: string;
	typeVersion?: number;
	/** The node's credential types. */
	credentials?: string[];
	/** Fields that the node "After" computes for every item, e.g. `={{ $('Kirin Video').item.json.id }}`. */
	after?: Record<string, string>;
}

/** Start → Kirin Video → After, and from its error output (`continueErrorOutput`) → Failed. */
export function workflowWith(
	parameters: INodeParameters,
	options: WorkflowOptions = {},
): WorkflowJson {
	const {
		items = [{ json: {} }],
		name = 'Kirin Video',
		type = 'n8n-nodes-kirin-video.kirinVideo',
		typeVersion = 1,
		credentials = ['kirinVideoApi'],
		after,
		...settings
	} = options;
	const underTest: INode = {
		...node(name, type, 1),
		typeVersion,
		parameters,
		credentials: Object.fromEntries(credentials.map((key) => [key, { id: key, name: key }])),
		...settings,
	};
	const assignments = Object.entries(after ?? {}).map(([field, value]) => ({
		id: field,
		name: field,
		type: 'string',
		value,
	}));
	const afterNode: INode = after
		? { ...node('After', SET, 2), typeVersion: 3.4, parameters: { assignments: { assignments } } }
		: node('After', NO_OP, 2);
	return {
		nodes: [node('Start', MANUAL_TRIGGER, 0), underTest, afterNode, node('Failed', NO_OP, 3)],
		connections: {
			Start: { main: [[to(name)]] },
			[name]: { main: [[to('After')], [to('Failed')]] },
		},
		settings: { executionOrder: 'v1' },
		pinData: { Start: items },
	};
}

/** Items from plain objects. */
export function itemsOf(...objects: IDataObject[]): INodeExecutionData[] {
	return objects.map((json) => ({ json }));
}

function node(name: string, type: string, column: number): INode {
	return { id: name, name, type, typeVersion: 1, position: [column * 200, 0], parameters: {} };
}

function to(name: string) {
	return { node: name, type: 'main' as const, index: 0 };
}
