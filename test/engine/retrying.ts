import type { WorkflowExecute } from 'n8n-core';
import { deepCopy } from 'n8n-workflow';
import { launch, notBegun, prepareExecution, type EngineRun, type RunOptions } from './execution';
import { startEngine } from './start-engine';

/**
 * n8n's Retry in the list of executions, as its ExecutionService does it (n8n 2.0 to 2.41): a new
 * execution, in mode "retry", with the data that the old one was stored with.
 */
export async function retryExecution(options: RunOptions, failed: EngineRun): Promise<EngineRun> {
	const data = deepCopy(failed.run.data);
	const { resultData } = data;
	const { lastNodeExecuted } = resultData;
	if (lastNodeExecuted) {
		delete resultData.error;
		const runs = resultData.runData[lastNodeExecuted];
		if (runs?.at(-1)?.error !== undefined) runs.pop();
	}
	const execution = await prepareExecution({ ...options, mode: 'retry', executionId: undefined });
	const { workflow } = execution;
	return await launch(execution, (engine) => engine.processRunExecutionData(workflow), data)
		.settled;
}

/**
 * Retry of an execution that has crashed: n8n has only what it stored at the start, which is where the
 * workflow starts over from, and the resume token (from n8n 2.14 on).
 */
export async function retryCrashed(
	options: RunOptions,
	crashed: Pick<EngineRun, 'run'>,
): Promise<EngineRun> {
	const execution = await prepareExecution({ ...options, mode: 'retry', executionId: undefined });
	const { workflow, json } = execution;
	return await launch(
		execution,
		(engine: WorkflowExecute) =>
			startEngine(engine, {
				workflow,
				startNode: workflow.getStartNode(),
				pinData: json.pinData,
			}),
		notBegun(crashed.run.data.resumeToken),
	).settled;
}
