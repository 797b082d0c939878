import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IConnections, INode } from 'n8n-workflow';

const FOLDER = join(__dirname, '..', '..', 'examples');

export const NOTE = 'n8n-nodes-base.stickyNote';

/** A workflow of examples/, as a user imports it. */
export interface Example {
	file: string;
	id: string;
	versionId: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
}

const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

export const examples: Example[] = files.map((file) => ({
	...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Example, 'file'>),
	file,
}));

export function exampleIn(file: string): Example {
	const found = examples.find((example) => example.file === file);
	if (!found) throw new Error(`There is no example ${file}`);
	return found;
}
