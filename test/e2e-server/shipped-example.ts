/** The workflows of `examples/`, as they are shipped. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowNode } from '../bench/workflow';

const FOLDER = join(__dirname, '..', '..', 'examples');

export interface ExampleNode extends WorkflowNode {
	parameters: Record<string, unknown>;
	webhookId?: string;
}

export interface Example {
	name: string;
	nodes: ExampleNode[];
	connections: Record<string, Record<string, Array<Array<{ node: string; index: number }>>>>;
}

/**
 * A workflow of `examples/`, with this n8n's credential in the place of the example's. It has no ID, so
 * that n8n gives it a new one each time.
 */
export function example(file: string, credentials: WorkflowNode['credentials']): Example {
	const text = readFileSync(join(FOLDER, file), 'utf8');
	const workflow = JSON.parse(text) as Example & { id?: string; versionId?: string };
	delete workflow.id;
	delete workflow.versionId;
	for (const node of workflow.nodes) if (node.credentials) node.credentials = credentials;
	return workflow;
}
