/** Runs a whole workflow in the real engine. */
import { deepCopy } from 'n8n-workflow';
import { launch, notBegun, prepareExecution, type EngineRun, type RunOptions } from './execution';
import { startEngine } from './start-engine';

export interface StartedRun {
	/** Settles when the engine is done, which is when the node that was running lets go. */
	promise: Promise<EngineRun>;
	/** The Stop button. */
	stop: () => void;
}

/**
 * Runs a workflow in the real engine. Its outcome is in what it resolves with; it rejects only where
 * n8n refuses to start a workflow, as for a required parameter that is empty.
 */
export async function runWorkflow(options: RunOptions): Promise<EngineRun> {
	return await (
		await startWorkflow(options)
	).promise;
}

/** Starts a workflow that can be stopped. */
export async function startWorkflow(options: RunOptions): Promise<StartedRun> {
	const execution = await prepareExecution(options);
	const { workflow, json } = execution;
	const startNode = workflow.getStartNode();
	const pinData =
		options.items && startNode
			? { ...json.pinData, [startNode.name]: deepCopy(options.items) }
			: json.pinData;
	const { resumeToken } = options;
	const { settled, cancel } = launch(
		execution,
		(engine) => startEngine(engine, { workflow, startNode, pinData }),
		resumeToken === undefined ? undefined : notBegun(resumeToken),
	);
	return { promise: settled, stop: cancel };
}
