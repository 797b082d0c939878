/** The README, as far as it follows from the code and from what was run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { betweenMarkers } from './between-markers';
import { compatibilityTable } from './compatibility';
import { fieldsTable, imageModelsTable, modelsTable } from './model-tables';

const FILE = join(__dirname, '..', 'README.md');

/** The README with its tables brought up to date. */
export function withTables(readme: string): string {
	return [
		['fields', fieldsTable()] as const,
		['models', modelsTable()] as const,
		['image models', imageModelsTable()] as const,
		['compatibility', compatibilityTable()] as const,
	].reduce((text, [name, table]) => betweenMarkers(text, name, table), readme);
}

export function writeReadme(): void {
	writeFileSync(FILE, withTables(readFileSync(FILE, 'utf8')));
}
