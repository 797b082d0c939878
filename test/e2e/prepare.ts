/** Before the first test: n8n is installed, and the package is built and packed, once for all files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installN8n } from '../../demo/install-n8n';
import { buildPackage, packPackage } from '../../demo/package';
import { step } from '../../demo/steps';
import { placeInEnvironment } from './place';

export default async function prepare(): Promise<() => Promise<void>> {
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-e2e-'));
	const install = await step('Install n8n', installN8n);
	const { folder, archive } = await step('Build and pack the node', async () => {
		await buildPackage();
		return await packPackage(temporary);
	});
	placeInEnvironment({ install, packageFolder: folder, archive, temporary });
	return async () => await rm(temporary, { recursive: true, force: true });
}
