import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { EngineRun, RunOptions } from './execution';
import { AGENT, MANUAL_TRIGGER } from './harness-nodes';
import { runWorkflow } from './run-workflow';
import { workflowWith, type WorkflowOptions } from './workflow';

export interface ToolOptions
	extends Omit<RunOptions, 'workflow' | 'items'>, Omit<WorkflowOptions, 'items' | 'credentials'> {
	/** The tool node's parameters; `{{ $fromAI('prompt') }}` is what the model fills in. */
	parameters: INodeParameters;
	/** The arguments that the model passes. */
	call: IDataObject;
	/**
	 * Agents of version 3 hand a tool call to the engine, which runs the node like any other; older
	 * ones and other AI nodes call the tool themselves.
	 */
	throughEngine?: boolean;
}

export interface ToolRun extends EngineRun {
	/** What the model gets to read; `error` is the message of a failed call. */
	answer?: IDataObject[];
	toolError?: string;
	/** How the tool presents itself to the model, where the agent calls it itself. */
	name?: string;
	description?: string;
}

/** Runs a node as the tool of an agent that makes one call. */
export async function runAsTool(options: ToolOptions): Promise<ToolRun> {
	const { parameters, call, throughEngine = true, ...rest } = options;
	const { type = 'n8n-nodes-kirin-video.kirinVideo', name = 'Kirin Video' } = rest;
	const { onError, retryOnFail, maxTries, waitBetweenTries } = rest;
	const workflow = workflowWith(parameters, {
		name,
		...(onError && { onError }),
		...(retryOnFail && { retryOnFail, maxTries, waitBetweenTries }),
		credentials: Object.keys(options.credentials ?? {}),
		type: `${type}Tool`,
	});
	const base = { typeVersion: 1, position: [0, 0] as [number, number] };
	const run = await runWorkflow({
		...rest,
		workflow: {
			...workflow,
			nodes: [
				{ ...base, id: 'Start', name: 'Start', type: MANUAL_TRIGGER, parameters: {} },
				{
					...base,
					id: 'Agent',
					name: 'Agent',
					type: AGENT,
					parameters: { tool: name, toolArguments: call as never, throughEngine },
				},
				...workflow.nodes.filter((node) => node.name === name),
			],
			connections: {
				Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
				[name]: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
			},
		},
	});
	const json = run.output('Agent')[0]?.json ?? {};
	return {
		...run,
		answer: json.answer as IDataObject[] | undefined,
		toolError: json.error as string | undefined,
		name: json.name as string | undefined,
		description: json.description as string | undefined,
	};
}
