import type { WorkflowExecute } from 'n8n-core';
import type { INode, IPinData, Workflow } from 'n8n-workflow';

interface Start {
	workflow: Workflow;
	startNode?: INode;
	pinData?: IPinData;
}

type Running = ReturnType<WorkflowExecute['run']>;

/** The parameters of older versions, n8n-core 2.0 among them, stand one by one. */
type OlderRun = (
	workflow: Workflow,
	startNode?: INode,
	destinationNode?: undefined,
	pinData?: IPinData,
) => Running;

/** Lets the engine start a workflow, whatever version of n8n-core it is from. */
export function startEngine(engine: WorkflowExecute, start: Start): Running {
	if (engine.run.length === 1) return engine.run(start);
	const run = engine.run.bind(engine) as unknown as OlderRun;
	return run(start.workflow, start.startNode, undefined, start.pinData);
}
