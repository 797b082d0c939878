/** What our package adds to n8n's start: its loading by the loader that n8n starts with, in new processes. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../demo/child';
import type { N8nInstall } from '../../demo/install-n8n';

/** The smallest node there can be. */
const BARE_NODE = `exports.Bare = class {
	description = { displayName: 'Bare', name: 'bare', group: [], version: 1, description: '',
		defaults: { name: 'Bare' }, inputs: [], outputs: [], properties: [] };
};`;

/**
 * Measures one after another, and gives the ms that each took.
 * @param temporary for a package to compare with
 */
export async function loadTimes(
	{ nodeBin, n8nBin, env }: N8nInstall,
	{ packageFolder, temporary }: { packageFolder: string; temporary: string },
	times: number,
	onEach: (done: number) => void,
): Promise<number[]> {
	const bare = join(temporary, 'n8n-nodes-bare');
	await mkdir(bare);
	const n8n = { nodes: ['Bare.node.js'], credentials: [] };
	await writeFile(join(bare, 'Bare.node.js'), BARE_NODE);
	await writeFile(
		join(bare, 'package.json'),
		JSON.stringify({ name: 'n8n-nodes-bare', version: '1.0.0', n8n }),
	);
	// …/node_modules/n8n/bin/n8n: n8n, too, offers its modules to packages by this variable.
	const modules = join(dirname(n8nBin), '..', '..');
	const script = join(__dirname, 'load-package.js');
	const measured: number[] = [];
	while (measured.length < times) {
		const output = await run(nodeBin, [script, n8nBin, bare, packageFolder], {
			env: { ...env, NODE_PATH: modules },
			what: 'Loading the package',
		});
		measured.push(Number(output));
		onEach(measured.length);
	}
	return measured;
}
