import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installN8n } from '../../../demo/install-n8n';
import { buildPackage, packPackage } from '../../../demo/package';
import { measureCosts } from './costs';
async function main() {
	const install = await installN8n(() => {});
	await buildPackage();
	const temporary = await mkdtemp(join(tmpdir(), 'cost-'));
	const packed = await packPackage(temporary);
	const n = Number(process.env.N ?? 100);
	const r = await measureCosts(
		{ install, packageFolder: packed.folder, temporary },
		{
			sizes: [
				{ tasks: 1, times: 3 },
				{ tasks: n, times: 1 },
			],
			callbacks: [Number(process.env.CB ?? 50)],
			events: 50,
			lazily: false,
		},
		(t) => console.log(t),
	);
	for (const x of r) console.log(JSON.stringify(x));
	process.exit(0);
}
void main();
