/** The part of n8n's scan that reads what is published: the compiled files and the manifest. */
import { join } from 'node:path';
import { ESLint } from 'eslint';

const RULES = join(__dirname, '..', '..', 'eslint.scan.mjs');

/** @returns the scan's findings in an unpacked package, empty where there are none */
export async function findingsIn(folder: string): Promise<string> {
	const eslint = new ESLint({ cwd: folder, overrideConfigFile: RULES });
	const results = await eslint.lintFiles(['**/*.js', 'package.json']);
	const formatter = await eslint.loadFormatter('stylish');
	return await formatter.format(ESLint.getErrorResults(results));
}
