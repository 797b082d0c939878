/** `npm run set-owner -- --name … --email … --repository …`: writes who owns the package into its files. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { placeholdersIn, setOwner } from './owner';

const ROOT = join(__dirname, '..');

const { values } = parseArgs({
	options: { name: { type: 'string' }, email: { type: 'string' }, repository: { type: 'string' } },
});

try {
	if (Object.keys(values).length === 0) {
		throw new Error(
			'Say who owns the package: --name "Ada Lovelace" --email ada@example.com --repository https://github.com/ada/n8n-nodes-kirin-video',
		);
	}
	for (const file of setOwner(ROOT, values)) console.log(file);
	const left = placeholdersIn(ROOT);
	console.log(left.length > 0 ? `Still missing: ${left.join(', ')}` : 'Nothing is missing.');
} catch (error) {
	console.error((error as Error).message);
	process.exitCode = 1;
}
