/** Which versions an installed n8n is made of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../demo/child';
import type { N8nInstall } from '../../demo/install-n8n';

export interface Versions {
	n8n: string;
	n8nCore: string;
	node: string;
}

export async function versionsOf({ version, modules, nodeBin }: N8nInstall): Promise<Versions> {
	const manifest = readFileSync(join(modules, 'n8n-core', 'package.json'), 'utf8');
	const node = await run(nodeBin, ['--version'], { what: 'Asking Node for its version' });
	return {
		n8n: version,
		n8nCore: (JSON.parse(manifest) as { version: string }).version,
		node: node.trim().replace(/^v/, ''),
	};
}
