/** The README with its tables brought up to date with the code, and with what was run. */
import type { INodeTypeDescription } from 'n8n-workflow';
import { betweenMarkers } from './between-markers';
import { compatibilityTable } from './compatibility';
import { fieldTables, operationsTable, triggerTable } from './field-tables';
import { imageModelsTable, modelsTable } from './model-tables';

/** The descriptions of both nodes. */
export interface Nodes {
	node: INodeTypeDescription;
	trigger: INodeTypeDescription;
}

/** @throws Error when there is a table that the README has no place for */
export function withTables(readme: string, { node, trigger }: Nodes): string {
	const tables: Array<[name: string, table: string]> = [
		['operations', operationsTable(node)],
		...fieldTables(node),
		['models', modelsTable()],
		['image models', imageModelsTable()],
		['trigger fields', triggerTable(trigger, node)],
		['compatibility', compatibilityTable()],
	];
	return tables.reduce((text, [name, table]) => betweenMarkers(text, name, table), readme);
}
