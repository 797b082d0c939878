/**
 * `npm run check:structure`: whether the code still has the layout that it is meant to have. It shows
 * what breaks it; the last line is a JSON object of counts. The rules for imports are in
 * .dependency-cruiser.cjs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenImports } from './imports';
import { operationLiterals } from './operation-literals';

const ROOT = join(__dirname, '..', '..');
/** More than this is no longer one answer to one question. */
const MOST_FILES = 12;

/** Every folder below one of the root's folders, that one included, and its files. */
function foldersBelow(folder: string): Array<{ folder: string; files: string[] }> {
	const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
	const inner = entries.filter((entry) => entry.isDirectory());
	return [{ folder, files }, ...inner.flatMap(({ name }) => foldersBelow(`${folder}/${name}`))];
}

function linesOf(file: string): number {
	return readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1;
}

async function main(): Promise<void> {
	const imports = await brokenImports(ROOT);
	const literals = operationLiterals(ROOT);
	const rooms = foldersBelow('nodes');
	const product = [...rooms, ...foldersBelow('credentials')].flatMap(({ folder, files }) =>
		files.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`),
	);

	for (const { rule, text } of imports) console.log(`${rule}: ${text}`);
	for (const literal of literals) console.log(`operation literal: ${literal}`);
	for (const { folder, files } of rooms) {
		if (files.length > MOST_FILES)
			console.log(`largest folder: ${folder} has ${files.length} files`);
	}

	const count = (rule: string) => imports.filter((broken) => broken.rule === rule).length;
	const counts = {
		cycles: count('cycle'),
		upward: count('upward'),
		n8nInTask: count('n8nInTask'),
		operationLiterals: literals.length,
		largestFolder: Math.max(...rooms.map(({ files }) => files.length)),
		productLines: product.reduce((sum, file) => sum + linesOf(file), 0),
	};
	console.log(JSON.stringify(counts));
	const { cycles, upward, n8nInTask, largestFolder } = counts;
	const isGood = cycles + upward + n8nInTask + literals.length === 0 && largestFolder <= MOST_FILES;
	process.exitCode = isGood ? 0 : 1;
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
