import {
	NodeConnectionTypes,
	type EngineRequest,
	type EngineResponse,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** The nodes around the one under test. They carry n8n's own names, so exported workflows run. */
export const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';
export const NO_OP = 'n8n-nodes-base.noOp';
export const SET = 'n8n-nodes-base.set';
export const SPLIT_OUT = 'n8n-nodes-base.splitOut';
export const IF = 'n8n-nodes-base.if';
export const WAIT = 'n8n-nodes-base.wait';
export const AGENT = '@n8n/n8n-nodes-langchain.agent';

function describe(
	displayName: string,
	properties: INodeProperties[],
	overrides: Partial<INodeTypeDescription> = {},
): INodeTypeDescription {
	return {
		displayName,
		name: displayName,
		group: ['transform'],
		version: [1, 1.1, 2, 2.2, 3, 3.4],
		description: displayName,
		defaults: { name: displayName },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties,
		...overrides,
	};
}

function passOn(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return Promise.resolve([this.getInputData()]);
}

/** Starts a workflow. The items of a test are its pinned data, as an exported workflow has them. */
const manualTrigger: INodeType = {
	description: describe('Manual Trigger', [], { group: ['trigger'], inputs: [] }),
	execute: passOn,
};

const noOp: INodeType = { description: describe('No Operation, do nothing', []), execute: passOn };

/** Edit Fields, as far as tests need it: every assignment, or the whole JSON, is evaluated for every item. */
const set: INodeType = {
	description: describe('Edit Fields (Set)', [
		{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
		{ displayName: 'JSON', name: 'jsonOutput', type: 'json', default: '{}' },
		{ displayName: 'Fields', name: 'assignments', type: 'assignmentCollection', default: {} },
		{
			displayName: 'Include Other Fields',
			name: 'includeOtherFields',
			type: 'boolean',
			default: false,
		},
	]),
	execute() {
		const items = this.getInputData().map((item, itemIndex) => {
			const keepsOthers = this.getNodeParameter('includeOtherFields', itemIndex);
			const json: IDataObject = keepsOthers ? { ...item.json } : {};
			if (this.getNodeParameter('mode', itemIndex) === 'raw') {
				const text = this.getNodeParameter('jsonOutput', itemIndex) as string;
				Object.assign(json, JSON.parse(text));
			}
			const fields = this.getNodeParameter('assignments.assignments', itemIndex, []);
			for (const { name, value } of fields as Array<{ name: string; value: string }>) {
				json[name] = value;
			}
			const { binary } = keepsOthers ? item : {};
			return { json, ...(binary && { binary }), pairedItem: { item: itemIndex } };
		});
		return Promise.resolve([items]);
	},
};

/** Split Out for one field with a list of values or of objects. */
const splitOut: INodeType = {
	description: describe('Split Out', [
		{ displayName: 'Field', name: 'fieldToSplitOut', type: 'string', default: '' },
		{ displayName: 'Include', name: 'include', type: 'string', default: 'noOtherFields' },
	]),
	execute() {
		const items = this.getInputData().flatMap(({ json }, itemIndex) => {
			const field = this.getNodeParameter('fieldToSplitOut', itemIndex) as string;
			const keepsOthers = this.getNodeParameter('include', itemIndex) === 'allOtherFields';
			return (json[field] as Array<IDataObject | string>).map((value) => ({
				json: {
					...(keepsOthers && json),
					...(typeof value === 'object' && !keepsOthers ? value : { [field]: value }),
				},
				pairedItem: { item: itemIndex },
			}));
		});
		return Promise.resolve([items]);
	},
};

/** If; what its conditions mean is decided by n8n's own filter. */
const ifNode: INodeType = {
	description: describe(
		'If',
		[{ displayName: 'Conditions', name: 'conditions', type: 'filter', default: {} }],
		{ outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main] },
	),
	execute() {
		const outputs: [INodeExecutionData[], INodeExecutionData[]] = [[], []];
		this.getInputData().forEach((item, itemIndex) => {
			const isTrue = this.getNodeParameter('conditions', itemIndex, false, { extractValue: true });
			outputs[isTrue ? 0 : 1].push({ ...item, pairedItem: { item: itemIndex } });
		});
		return Promise.resolve(outputs);
	},
};

/** Wait, after a time; as long as n8n needs to keep the wait in its database. */
const wait: INodeType = {
	description: describe('Wait', [
		{ displayName: 'Amount', name: 'amount', type: 'number', default: 5 },
	]),
	async execute() {
		const seconds = this.getNodeParameter('amount', 0) as number;
		if (seconds < 65) throw new Error(`A wait of ${seconds} s would not survive a restart`);
		await this.putExecutionToWait(new Date(Date.now() + seconds * 1_000));
		return [this.getInputData()];
	},
};

/** What an agent does with one tool call that its model asks for; there is no model here. */
const agent: INodeType = {
	description: describe(
		'AI Agent',
		[
			{ displayName: 'Tool', name: 'tool', type: 'string', default: '' },
			{ displayName: 'Arguments', name: 'toolArguments', type: 'json', default: '{}' },
			{ displayName: 'Through Engine', name: 'throughEngine', type: 'boolean', default: true },
		],
		{ inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool] },
	),
	async execute(response?: EngineResponse): Promise<INodeExecutionData[][] | EngineRequest> {
		const answered = response?.actionResponses[0];
		if (answered) {
			const { data, error } = answered.data;
			const items = data?.[NodeConnectionTypes.AiTool]?.[0] ?? [];
			return [[{ json: { answer: items.map(({ json }) => json), error: error?.message } }]];
		}
		const [tool] = (await this.getInputConnectionData(
			NodeConnectionTypes.AiTool,
			0,
		)) as AgentTool[];
		const call = this.getNodeParameter('toolArguments', 0) as IDataObject;
		if (this.getNodeParameter('throughEngine', 0)) {
			return {
				actions: [
					{
						actionType: 'ExecutionNodeAction',
						nodeName: this.getNodeParameter('tool', 0) as string,
						input: call,
						type: NodeConnectionTypes.AiTool,
						id: 'call-1',
						metadata: {},
					},
				],
				metadata: {},
			};
		}
		const answer = JSON.parse(String(await tool?.invoke(call))) as IDataObject[];
		return [[{ json: { answer, name: tool?.name, description: tool?.description } }]];
	},
};

interface AgentTool {
	name: string;
	description: string;
	invoke(call: IDataObject): Promise<unknown>;
}

export const harnessNodes: Record<string, INodeType> = {
	[MANUAL_TRIGGER]: manualTrigger,
	[NO_OP]: noOp,
	[SET]: set,
	[SPLIT_OUT]: splitOut,
	[IF]: ifNode,
	[WAIT]: wait,
	[AGENT]: agent,
};
