/**
 * What our nodes do on n8n's Engine 2.0, which is opt-in: each way of waiting is run once, in a real n8n
 * with a PostgreSQL database for that engine. Fails when the outcome is not the recorded one, so that
 * the day it changes is noticed; `-- --write` records it in docs/compatibility.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../demo/install-n8n';
import { createHome } from '../../demo/n8n-home';
import { freePort } from '../../demo/n8n-process';
import { startServer } from '../../demo/n8n-server';
import { buildPackage, packPackage } from '../../demo/package';
import { step } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { type Engine2Record, readEngine2, saveEngine2 } from '../../docs/compatibility';
import { writePages } from '../../docs/pages';
import { startSandbox } from '../../sandbox';
import { N8nClient } from '../bench/n8n-client';
import { versionsOf } from '../compat/versions-of';
import { createDatabase, urlOf } from '../queue/postgres';
import { tryWays } from './ways';

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { write: { type: 'boolean' } } });
	const install = await step('Install n8n', (report) => installN8n(report));
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-engine-2-'));
	atEnd(() => rm(temporary, { recursive: true, force: true }));
	const packageFolder = await step('Build and pack the node', async () => {
		await buildPackage();
		return (await packPackage(temporary)).folder;
	});
	const sandbox = await startSandbox({ renderSeconds: 4 });
	atEnd(() => sandbox.close());
	const server = await step('Start n8n with Engine 2.0', async () => {
		const home = join(temporary, 'n8n');
		await createHome(install, home, packageFolder);
		const database = await createDatabase(`kirin_engine_2_${process.pid}`, temporary);
		const port = await freePort();
		const env = {
			WEBHOOK_URL: `http://127.0.0.1:${port}/`,
			N8N_ENABLED_MODULES: 'engine-v2',
			N8N_ENGINE_DATABASE_URL: urlOf(database),
			N8N_ENGINE_HOST: '127.0.0.1',
			N8N_ENGINE_PORT: String(await freePort()),
			N8N_ENGINE_CONTROL_PLANE_HOST: '127.0.0.1',
			N8N_ENGINE_CONTROL_PLANE_PORT: String(await freePort()),
			N8N_EXPRESSION_ENGINE: 'vm',
		};
		return await startServer(install, home, { port, env });
	});
	const ways = await step('Run each way of waiting', (report) =>
		tryWays(new N8nClient(server), sandbox, () => server.process.stdout(), report),
	);
	const found: Engine2Record = {
		n8n: install.version,
		node: (await versionsOf(install)).node,
		ways,
	};
	for (const { way, outcome } of ways) console.log(`${way}: ${outcome}`);
	if (values.write) {
		saveEngine2(found);
		writePages();
	}

	const recorded = readEngine2().ways;
	const changed = ways.filter(
		({ way, outcome }) => recorded.find((one) => one.way === way)?.outcome !== outcome,
	);
	for (const { way } of changed) {
		console.log(
			`${way} has come out another way than docs/compatibility.md says. If that is right, run this with \`-- --write\` and bring the section on Engine 2.0 up to date.`,
		);
	}
	if (changed.length > 0) {
		console.log(server.process.tail());
		process.exitCode = 1;
	}
	const failed = changed.length;
	const passed = ways.length - failed;
	atEnd(() => Promise.resolve(console.log(`${passed} passed, ${failed} failed`)));
}

wholeRun('The probe of Engine 2.0', main);
