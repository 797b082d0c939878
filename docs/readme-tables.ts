/** The README with its tables brought up to date with the code. */
import type { INodeTypeDescription } from 'n8n-workflow';
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
	];
	return tables.reduce((text, [name, table]) => between(text, name, table), readme);
}

function between(text: string, name: string, table: string): string {
	const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
	const from = text.indexOf(begin);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`The README has no place for the ${name}`);
	return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}
