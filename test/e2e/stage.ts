/** An n8n server with the packed node, beside a sandbox: all that a test of the product needs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createHome } from '../../demo/n8n-home';
import { freePort } from '../../demo/n8n-process';
import { startServer } from '../../demo/n8n-server';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { N8nClient } from '../bench/n8n-client';
import type { WorkflowNode } from '../bench/workflow';
import { place } from './place';

export interface Stage {
	client: N8nClient;
	sandbox: Sandbox;
	/** The reference to a credential for the sandbox, as a node carries it. */
	credentials: NonNullable<WorkflowNode['credentials']>;
	/** All that n8n has logged so far. */
	log(): string;
	close(): Promise<void>;
}

export interface StageOptions {
	sandbox?: SandboxOptions;
	/** Further settings of n8n. */
	env?: NodeJS.ProcessEnv;
}

/** Starts both; the caller closes them. */
export async function openStage({ sandbox: options, env }: StageOptions = {}): Promise<Stage> {
	const { install, packageFolder, temporary } = place();
	const home = await mkdtemp(join(temporary, 'n8n-'));
	await createHome(install, home, packageFolder);
	const sandbox = await startSandbox(options);
	const port = await freePort();
	const settings = { N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`, ...env };
	const server = await startServer(install, home, { port, env: settings }).catch(async (error) => {
		await sandbox.close();
		throw error;
	});
	const client = new N8nClient(server);
	const { apiKey, apiUrl } = sandbox;
	const credentials = await client.addCredential('kirinVideoApi', { apiKey, baseUrl: apiUrl });
	return {
		client,
		sandbox,
		credentials,
		log: () => server.process.stdout(),
		async close() {
			await server.process.stop();
			await sandbox.close();
			await rm(home, { recursive: true, force: true });
		},
	};
}
