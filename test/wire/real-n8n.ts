/**
 * The wire in a real n8n, in real time, where n8n's own HTTP layer decides: answers that stall and drip,
 * encodings, abrupt ends. One server, and an execution for each case, all at once.
 *
 *     npm run test:wire
 *
 * The last line is `N passed, M failed`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { installN8n } from '../../demo/install-n8n';
import { createHome } from '../../demo/n8n-home';
import { freePort } from '../../demo/n8n-process';
import { startServer } from '../../demo/n8n-server';
import { buildPackage, packPackage } from '../../demo/package';
import { step } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { N8nClient, type Execution } from '../bench/n8n-client';
import { webhookWorkflow } from '../bench/workflow';
import { itemsOf, toldBy, untilAll } from '../e2e-server/executions';
import { NODE_TYPE, generateFromText, onTask } from '../saved-parameters';
import { mp4 } from './iso-video';
import { KEY, findKey } from './key-forms';
import {
	startLyingServer,
	type Answer,
	type Lie,
	type LyingServer,
	type Script,
	type ServiceTime,
} from './lying-server';

const NODE = 'Kirin Video';

const realTime: ServiceTime = {
	now: () => Date.now(),
	after(ms, act) {
		const timer = setTimeout(act, ms);
		return () => clearTimeout(timer);
	},
};

/** As short as the fields allow: these cases take real time. */
const PARAMETERS = {
	waiting: { maximumWaitMinutes: 0.5 },
	requestOptions: { timeout: 3_000 },
};

/** When a case counts as hung: far beyond its deadline and one call's limit. */
const LIMIT_MS = 4 * 60_000;

const RENDER_MS = 500;

const video = mp4(300_000);
const MP4 = { 'content-type': 'video/mp4' };

type End = 'the video' | 'an error' | 'an item';

interface Case {
	name: string;
	script: Script;
	end: End;
	parameters?: INodeParameters;
}

const generate = generateFromText(PARAMETERS);

const twisted =
	(twist: Partial<Answer>): Lie =>
	(_, truth) => ({ ...truth, ...twist });

const once = (twist: Partial<Answer>): Array<Lie | undefined> => [twisted(twist)];

const dripping: Partial<Answer> = {
	length: 1_000_000,
	delivery: { dripFrom: 0, drip: 1, dripMs: 300, endless: 1 },
};

const encoded = (encoding: string, body: Buffer, length: Answer['length'] = 'true'): Answer => ({
	headers: { ...MP4, 'content-encoding': encoding },
	body,
	length,
});

const CASES: Case[] = [
	{ name: 'The truth', script: {}, end: 'the video' },
	{
		name: 'A create that drips once',
		script: { create: once(dripping) },
		end: 'the video',
	},
	{
		name: 'A get that drips without end',
		script: { get: twisted(dripping) },
		end: 'an error',
	},
	{
		name: 'A get that stalls in its body',
		script: { get: twisted({ delivery: { stallAt: 20 } }) },
		end: 'an error',
	},
	{
		name: 'A get that never begins, once',
		script: { get: once({ delivery: { from: 'head', stallAt: 0 } }) },
		end: 'the video',
	},
	{
		name: 'A get that is cut in its body, once',
		script: { get: once({ delivery: { cutAt: 20, cut: 'reset' } }) },
		end: 'the video',
	},
	{
		name: 'An estimate that drips without end',
		script: { estimate: twisted(dripping) },
		end: 'an error',
		parameters: onTask('estimateCost', {
			prompt: 'A fox in the snow',
			requestOptions: PARAMETERS.requestOptions,
		}),
	},
	{
		name: 'A download that stalls once',
		script: { download: once({ delivery: { stallAt: 100_000 } }) },
		end: 'the video',
	},
	{
		name: 'A download that always stalls',
		script: { download: twisted({ delivery: { stallAt: 100_000 } }) },
		end: 'an error',
	},
	...(['gzip', 'br', 'deflate'] as const).flatMap((encoding): Case[] => {
		const body = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding](video);
		return [
			{
				name: `A download in ${encoding}, with a length`,
				script: { download: encoded(encoding, body) },
				end: 'the video',
			},
			{
				name: `A download in ${encoding}, in chunks`,
				script: { download: encoded(encoding, body, 'chunked') },
				end: 'the video',
			},
		];
	}),
	{
		name: 'A download that is cut once, with a length',
		script: { download: once({ delivery: { cutAt: 100_000 } }) },
		end: 'the video',
	},
	{
		name: 'A download that is cut once, without a length',
		script: { download: once({ length: 'none', delivery: { cutAt: 100_000 } }) },
		end: 'the video',
	},
	{
		name: 'A download that is reset once, without a length',
		script: {
			download: once({ length: 'none', delivery: { cutAt: 100_000, cut: 'reset' } }),
		},
		end: 'the video',
	},
	{
		name: 'A download that is always cut, without a length',
		script: { download: twisted({ length: 'none', delivery: { cutAt: 100_000 } }) },
		end: 'an error',
	},
	{
		name: 'A page that is labelled as a video',
		script: { download: { headers: MP4, body: '<!DOCTYPE html><p>Please sign in' } },
		end: 'an error',
	},
	{
		name: 'A video that is labelled as bytes',
		script: { download: { headers: { 'content-type': 'binary/octet-stream' }, body: video } },
		end: 'the video',
	},
	{
		name: 'An answer to get that is encoded',
		script: {
			get: (_, truth) => ({
				headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
				body: gzipSync(JSON.stringify(truth.body)),
			}),
		},
		end: 'the video',
	},
];

interface Started extends Case {
	id: string;
	server: LyingServer;
}

async function start(client: N8nClient, one: Case, index: number): Promise<Started> {
	const server = await startLyingServer(realTime);
	atEnd(() => server.close());
	Object.assign(server, { script: one.script, renderMs: RENDER_MS, video });
	const credentials = await client.addCredential('kirinVideoApi', {
		apiKey: KEY,
		baseUrl: server.apiUrl,
	});
	const path = `wire-${index}`;
	const parameters = one.parameters ?? generate;
	const node = { name: NODE, type: NODE_TYPE, typeVersion: 1, parameters, credentials };
	const id = await client.addActiveWorkflow(webhookWorkflow(path, path, { nodes: [node] }));
	return { ...one, server, id: await client.triggerFirst(id, path, { items: [{}] }) };
}

/** @returns what is wrong, if anything */
async function wrongWith(client: N8nClient, started: Started): Promise<string | undefined> {
	const { id, server, end } = started;
	const execution = await client.execution(id);
	if (typeof execution === 'string') return 'it has not ended';
	if (findKey(toldBy(execution)) !== undefined) return 'the key is in the execution';
	if (server.tasks.length > 1) return `${server.tasks.length} tasks were made`;
	const told = tellingOf(execution);
	const [task] = server.tasks;
	const isNamed = !task || [task.id, task.externalTaskId].some((one) => one && told.includes(one));
	if (!isNamed) return `the task is not named: ${told.slice(0, 300)}`;
	const [item] = itemsOf(execution, NODE);
	if (end === 'an error') return execution.status === 'error' ? undefined : 'it did not fail';
	if (!item) return `it failed: ${told.slice(0, 300)}`;
	const file = item.binary?.data?.id;
	if (!file) return 'the item has no file';
	return (await client.binary(file)).equals(video) ? undefined : 'the file is another';
}

function tellingOf(execution: Execution): string {
	const { runData, error } = execution;
	const items = itemsOf(execution, NODE).map(({ json }) => json);
	return JSON.stringify([error, runData?.[NODE]?.at(-1)?.error, items]);
}

async function main(): Promise<void> {
	const install = await step('Install n8n', (report) => installN8n(report));
	const folder = await mkdtemp(join(tmpdir(), 'kirin-video-wire-'));
	atEnd(() => rm(folder, { recursive: true, force: true }));
	const home = join(folder, 'n8n');
	await step('Build and pack the node', async () => {
		await buildPackage();
		await createHome(install, home, (await packPackage(folder)).folder);
	});
	const n8n = await step('Start n8n', async () =>
		startServer(install, home, { port: await freePort() }),
	);
	const client = new N8nClient(n8n);
	const started: Started[] = [];
	await step(`Start ${CASES.length} executions`, async () => {
		for (const [index, one] of CASES.entries()) started.push(await start(client, one, index));
	});
	await step('Let them end', async () => {
		const ids = started.map(({ id }) => id);
		const limit = { limitMs: LIMIT_MS, what: 'over' };
		// What has not ended then is told of each case below.
		await untilAll(client, ids, (execution) => typeof execution !== 'string', limit).catch(
			() => undefined,
		);
	});
	let failed = 0;
	for (const one of started) {
		const wrong = await wrongWith(client, one);
		if (wrong !== undefined) failed++;
		console.log(wrong === undefined ? `✓ ${one.name}` : `✗ ${one.name}: ${wrong}`);
		if (wrong === 'it has not ended') await client.stop(one.id).catch(() => undefined);
	}
	console.log(`${started.length - failed} passed, ${failed} failed`);
	process.exitCode = failed > 0 ? 1 : 0;
}

wholeRun('The wire suite', main);
