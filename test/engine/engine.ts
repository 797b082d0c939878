import { prepareEngine } from './session';
import { launch, notBegun, prepareExecution, type EngineRun, type RunOptions } from './execution';
import { startEngine } from './start-engine';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import { deepCopy, type IBinaryData, type INodeExecutionData } from 'n8n-workflow';

export type { EngineRun, RunOptions } from './execution';
export { testCredential } from './credential-test';
export { runAsTool, type ToolOptions, type ToolRun } from './tool';
export { callResumeUrl, passDeadline } from './waiting';
export { itemsOf, workflowWith, type WorkflowJson, type WorkflowOptions } from './workflow';

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

/** The bytes behind an item's binary field, read from n8n's binary store. */
export async function binaryBytes(
	item: INodeExecutionData | undefined,
	field = 'data',
): Promise<Buffer> {
	const binary = item?.binary?.[field];
	if (!binary) throw new Error(`The item has no binary field "${field}"`);
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}

/** A file in n8n's binary store, as a node before would have left it. */
export async function storedBinary(bytes: Uint8Array, mimeType: string): Promise<IBinaryData> {
	await prepareEngine();
	return await Container.get(BinaryDataService).store(
		{ type: 'execution', workflowId: 'kirin-workflow', executionId: 'before' },
		Buffer.from(bytes),
		{ data: '', mimeType },
	);
}
