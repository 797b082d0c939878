/** The Compose files among the examples. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './markdown-page';

export interface ComposeFile {
	text: string;
	services: Record<string, Service>;
	volumes: Record<string, null>;
}

export interface Service {
	image: string;
	entrypoint?: string[];
	environment?: Record<string, string>;
	volumes?: string[];
	depends_on?: Record<string, object>;
}

const FOLDER = join(ROOT, 'examples');

/** Each with its name. */
export function composeFiles(): Array<[name: string, file: ComposeFile]> {
	return readdirSync(FOLDER)
		.filter((name) => name.endsWith('.yml'))
		.map((name) => [name, readComposeFile(name)]);
}

export function readComposeFile(name: string): ComposeFile {
	const text = readFileSync(join(FOLDER, name), 'utf8');
	return { text, ...(parse(text, { merge: true }) as Pick<ComposeFile, 'services' | 'volumes'>) };
}
