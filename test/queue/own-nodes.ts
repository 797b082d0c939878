/** Compiles the suite's own nodes, so that n8n can load them. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

const SOURCE = join(__dirname, 'nodes');

export async function compileOwnNodes(into: string): Promise<void> {
	await mkdir(into, { recursive: true });
	for (const file of await readdir(SOURCE)) {
		const source = await readFile(join(SOURCE, file), 'utf8');
		const { outputText } = ts.transpileModule(source, {
			compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
		});
		await writeFile(join(into, file.replace(/\.ts$/, '.js')), outputText);
	}
}
