/**
 * n8n in queue mode, with a worker that is killed: PostgreSQL, Redis, one n8n main, one process for
 * webhooks and two workers, all real, run 200 items against the sandbox. The last line is JSON.
 * With `--keep` they are started, with their workflows, and left to you.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n, N8N_VERSION } from '../../demo/install-n8n';
import { OWNER } from '../../demo/n8n-server';
import { buildPackage, packPackage } from '../../demo/package';
import { secondsSince, step } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { startSandbox } from '../../sandbox';
import { makeBatch, makePhases } from './batch';
import { readEverywhere, servedHashes, videosIn } from './binaries';
import { checkComposeFile } from './compose-file';
import { videoItemsOf } from './executions';
import { Fleet, WORKERS } from './fleet';
import { compileOwnNodes } from './own-nodes';
import { createDatabase } from './postgres';
import { reserveRedis } from './redis';
import { rescue } from './rescue';
import { retryCrashed } from './retry-crashed';
import { runBatch } from './run-batch';
import { judge, type Evidence } from './verdict';
import { addWorkflows } from './workflows';

async function main(): Promise<void> {
	const start = performance.now();
	const { values } = parseArgs({ options: { keep: { type: 'boolean' } } });
	const fleetAndSandbox = await prepare(values.keep === true);
	const { fleet } = fleetAndSandbox;
	if (values.keep) {
		console.log(invitation(fleetAndSandbox));
		await fleet.anyEnded();
		throw new Error(`A process of n8n ended by itself:\n${fleet.tails()}`);
	}
	try {
		const { figures, wrong } = judge(await gather(fleetAndSandbox));
		if (wrong.length > 0) {
			console.log(`\n${fleet.tails()}\n\n${wrong.join('\n')}\n`);
			process.exitCode = 1;
		}
		const seconds = Math.round(secondsSince(start));
		atEnd(() => Promise.resolve(console.log(JSON.stringify({ ...figures, seconds }))));
	} catch (error) {
		console.log(`\n${fleet.tails()}\n`);
		throw error;
	}
}

/** What to do with the processes that `--keep` leaves running. */
function invitation({ fleet, sandbox }: Prepared): string {
	const { editor, webhooks } = fleet.addresses();
	return `
n8n in queue mode: ${editor} (editor), ${webhooks} (production webhooks)
Sign in with:      ${OWNER.email}, password ${OWNER.password}
The sandbox:       ${sandbox.apiUrl}
Ctrl-C ends everything and removes what it stored.`;
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

async function prepare(hasAllWorkers: boolean) {
	await step('Check the compose file', async (report) => report(await checkComposeFile()));
	const install = await step(`Install n8n ${N8N_VERSION}`, installN8n);
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-queue-'));
	atEnd(() => rm(temporary, { recursive: true, force: true }));
	const packageFolder = await step('Build and pack the node', async () => {
		await buildPackage();
		return (await packPackage(temporary)).folder;
	});
	const run = `kirin_queue_${process.pid}_${Date.now().toString(36)}`;
	const services = await step('Prepare PostgreSQL and Redis', async () => ({
		...(await createDatabase(run, temporary)),
		...(await reserveRedis(run)),
	}));
	const sandbox = await startSandbox();
	atEnd(() => sandbox.close());
	const ownNodes = join(temporary, 'own-nodes');
	await compileOwnNodes(ownNodes);
	const place = { install, packageFolder, ownNodes, temporary, services };
	// The other worker comes later, so that what is to crash runs on the one that is killed.
	const workers = hasAllWorkers ? WORKERS : WORKERS.slice(0, 1);
	const fleet = await step(`Start n8n: main, webhook, ${workers.join(', ')}`, () =>
		Fleet.start(place, workers),
	);
	await addWorkflows(fleet.client, sandbox);
	return { fleet, sandbox, batch: makeBatch(run), phases: makePhases(run) };
}

async function gather({ fleet, sandbox, batch, phases }: Prepared): Promise<Evidence> {
	const retried = await step('Retry executions that have crashed', (report) =>
		retryCrashed(fleet, sandbox, phases, report),
	);
	const run = await step('Run the batch', (report) => runBatch(fleet, sandbox, batch, report));
	const status = new Map(run.ended.map((one) => [one.id, one.status]));
	const succeeded = run.started.filter(({ id }) => status.get(id) === 'success');
	const dead = run.started.filter((one) => !succeeded.includes(one));
	const output: Evidence['output'] = new Map(
		await Promise.all(
			succeeded.map(async ({ id }) => [id, await videoItemsOf(fleet.client, id)] as const),
		),
	);
	const delivered = [...output.values(), ...retried.map((one) => one.output)].flat();
	const deliveredTasks = new Set(videosIn(delivered).map(({ taskId }) => taskId));
	const rescued = await step(`Rescue ${dead.length} executions`, (report) =>
		rescue(fleet, dead, deliveredTasks, report),
	);
	const videos = videosIn([...delivered, ...rescued.runAgain, ...rescued.pickedUp]);
	const { tasks, requests, billed } = sandbox.ledger;
	const ledger = { tasks: [...tasks], requests: [...requests], billed };
	const taskIds = videos.map(({ taskId }) => taskId);
	const served = await servedHashes(sandbox, taskIds);
	const read = await step('Read all videos in every process', () => readEverywhere(fleet, videos));
	return { retried, run, output, rescue: rescued, ledger, log: fleet.log, served, read, videos };
}

wholeRun('The queue suite', main);
