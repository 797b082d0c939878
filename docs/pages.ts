/** The pages of the documentation with the parts that follow from the code and from what was run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
// With their endings, for without one a loader may take the codex files, which end in .node.json.
import { KirinVideo } from '../nodes/KirinVideo/KirinVideo.node.js';
import { KirinVideoTrigger } from '../nodes/KirinVideoTrigger/KirinVideoTrigger.node.js';
import { betweenMarkers } from './between-markers';
import { compatibilityTable } from './compatibility';
import { collectionSections, fieldTables, triggerTable } from './field-tables';
import { imageModelsTable, modelsTable } from './model-tables';
import { listOfOperations, waysOfWaiting } from './operations-list';

const ROOT = join(__dirname, '..');

/** The descriptions of both nodes. */
export interface Nodes {
	node: INodeTypeDescription;
	trigger: INodeTypeDescription;
}

/** Names of the places on a page, and what belongs there. */
type Parts = Record<string, string>;

/** What each page has that follows from the code, by the page's path in the repository. */
export function generatedParts({ node, trigger }: Nodes): Record<string, Parts> {
	return {
		'README.md': { operations: listOfOperations(), 'ways of waiting': waysOfWaiting(node) },
		'docs/fields.md': { ...fieldTables(node), collections: collectionSections(node) },
		'docs/models.md': { models: modelsTable(), 'image models': imageModelsTable() },
		'docs/trigger.md': { 'trigger fields': triggerTable(trigger, node) },
		'docs/compatibility.md': { compatibility: compatibilityTable() },
	};
}

/** @throws Error when there is a part that the page has no place for */
export function withParts(page: string, parts: Parts): string {
	return Object.entries(parts).reduce(
		(text, [name, content]) => betweenMarkers(text, name, content),
		page,
	);
}

/** Brings every page up to date. */
export function writePages(): void {
	const nodes = {
		node: new KirinVideo().description,
		trigger: new KirinVideoTrigger().description,
	};
	for (const [path, parts] of Object.entries(generatedParts(nodes))) {
		const file = join(ROOT, path);
		writeFileSync(file, withParts(readFileSync(file, 'utf8'), parts));
	}
}
