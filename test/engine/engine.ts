import { prepareEngine } from './session';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeExecutionData } from 'n8n-workflow';

export type { EngineRun, RunOptions } from './execution';
export { testCredential } from './credential-test';
export { runWorkflow, startWorkflow, type StartedRun } from './run-workflow';
export { runAsTool, type ToolOptions, type ToolRun } from './tool';
export { callResumeUrl, passDeadline } from './waiting';
export { itemsOf, workflowWith, type WorkflowJson, type WorkflowOptions } from './workflow';

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
