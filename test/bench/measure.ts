/** Takes all measurements of a plan, in one go. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { run } from '../../demo/child';
import { type N8nInstall, installN8n, N8N_VERSION } from '../../demo/install-n8n';
import { buildPackage, packPackage } from '../../demo/package';
import { step } from '../../demo/steps';
import { atEnd } from '../../demo/whole-run';
import { startSandbox } from '../../sandbox';
import { type ArenaPlace, Arena } from './arena';
import type { Contender } from './contender';
import { measureCosts } from './cost/costs';
import { type NodeDescription, concurrencyOption, kirin, KIRIN_TYPE } from './kirin';
import { type PeakGrowth, peakGrowth } from './large-video';
import { loadTimes } from './load-time';
import { loop } from './loop';
import type { Measurements } from './measurements';
import { miniMax, openAi } from './peers';
import type { Plan } from './plan';
import { batch } from './scenario';
import { runAlone, runSideBySide } from './side-by-side';
import { median } from './statistics';

const GENERATE = { id: 'kirin', title: 'Kirin Video: Generate', waiting: 'poll' } as const;
const CALLBACK_TITLE = 'Kirin Video: Resume on Callback';
const DOWNLOADS = 9;
/** With a limit on the tasks under way, many tasks take many rounds: these are short ones. */
const ROUND_SECONDS = 2;

export async function measure(name: 'full' | 'short', plan: Plan): Promise<Measurements> {
	const install = await step(`Install n8n ${N8N_VERSION}`, installN8n);
	const temporary = await temporaryFolder();
	const { place, ...ofPackage } = await measurePackage(install, temporary, plan);
	const downloadSeconds = await step('Download a video without n8n', plainDownload);

	const skipped: Measurements['skipped'] = [];
	const arenas = await step('Start an n8n for each contender', async (report) => {
		const open = (contender: Contender) => Arena.open(contender, place, plan.restSeconds);
		const first = [kirin(GENERATE), loop, openAi, miniMax];
		report(`${first.length}, and wait until they are at rest`);
		const opened = await Promise.all(first.map(open));
		const callback = kirin({ id: 'callback', title: CALLBACK_TITLE, waiting: 'callback' });
		return [...opened, await open(callback)];
	});
	for (const { title, reason } of skipped) console.log(`– ${title}: skipped, ${reason}`);
	const titles = Object.fromEntries(arenas.map(({ contender }) => [contender.id, contender.title]));

	const together = await step('All contenders side by side', (report) =>
		runSideBySide(arenas, plan, report),
	);
	const alone = await step('Large videos, one contender at a time', (report) =>
		runAlone(arenas, plan, report),
	);
	const option = concurrencyOption(await describe(arenas));
	await Promise.all(arenas.map((arena) => arena.close()));

	const { manyArena, roundsArena, growthArenas } = await step(
		'Start new ones for our node by itself',
		async () => {
			const open = (options: INodeParameters = {}) =>
				Arena.open(kirin({ ...GENERATE, options }), place, plan.restSeconds);
			const [unlimited, rounds, ...others] = await Promise.all([
				open(option && { [option.name]: 0 }),
				option?.default ? open() : undefined,
				...Array.from({ length: plan.growthServers }, () => open()),
			]);
			return { manyArena: unlimited, roundsArena: rounds, growthArenas: others };
		},
	);
	const many = await step(`${plan.manyTasks} tasks at once`, async () => ({
		unlimited: await manyArena.run(batch(plan.manyTasks, { id: 'many' })),
		...(roundsArena &&
			option && {
				byDefault: {
					concurrency: option.default,
					result: await roundsArena.run(
						batch(plan.manyTasks, { id: 'many', seconds: ROUND_SECONDS }),
					),
				},
			}),
	}));
	const growth = await step('A video of 1 GiB against smaller ones', async (report) => {
		const growths: PeakGrowth[] = [];
		for (const arena of growthArenas) {
			growths.push(await peakGrowth(arena));
			report(`${growths.length} of ${plan.growthServers}`);
		}
		return growths;
	});

	const costs = await step('CPU time and memory, beside the least there can be', (report) =>
		measureCosts(place, plan.costs, report),
	);

	const nodeVersion = await run(install.nodeBin, ['--version'], { what: 'Asking for the version' });
	return {
		plan: name,
		machine: {
			cpu: cpus()[0]?.model.trim() ?? 'unknown',
			cores: cpus().length,
			node: nodeVersion.trim(),
			n8n: N8N_VERSION,
		},
		titles,
		skipped,
		runs: [...together, ...alone],
		downloadSeconds,
		many,
		growth,
		costs,
		...ofPackage,
	};
}

/** What the package itself is, and where it has been unpacked for what follows. */
async function measurePackage(install: N8nInstall, temporary: string, plan: Plan) {
	const packFolder = join(temporary, 'packed');
	await mkdir(packFolder);
	const packed = await step('Build and pack the node', async () => {
		await buildPackage();
		return await packPackage(packFolder);
	});
	const place: ArenaPlace = { install, packageFolder: packed.folder, temporary };
	const loadMs = await step('Load the package in new processes', async (report) =>
		loadTimes(install, place, plan.loadTimes, (done) => report(`${done} of ${plan.loadTimes}`)),
	);
	return { place, loadMs, packedBytes: (await stat(packed.archive)).size };
}

/** The measurements of a full run, with those of the package itself taken anew. */
export async function measurePackageAnew(earlier: Measurements, plan: Plan): Promise<Measurements> {
	const install = await step(`Install n8n ${N8N_VERSION}`, installN8n);
	const temporary = await temporaryFolder();
	const { loadMs, packedBytes } = await measurePackage(install, temporary, plan);
	return { ...earlier, loadMs, packedBytes };
}

async function temporaryFolder(): Promise<string> {
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-bench-'));
	atEnd(() => rm(temporary, { recursive: true, force: true }));
	return temporary;
}

async function describe(arenas: Arena[]): Promise<NodeDescription> {
	const [arena] = arenas;
	if (!arena) throw new Error('There is no n8n to ask.');
	return await arena.client.describeNode(KIRIN_TYPE, 1);
}

/** Seconds that this process needs to fetch a small video from the sandbox. */
async function plainDownload(): Promise<number> {
	const sandbox = await startSandbox({ renderSeconds: 0 });
	try {
		const url = `${sandbox.apiUrl}/model/v1/generation`;
		const headers = {
			authorization: `Bearer ${sandbox.apiKey}`,
			'content-type': 'application/json',
		};
		const body = JSON.stringify({
			model: 'kirin_v2_5_turbo_t2v',
			input: [{ params: { prompt: 'A crane over a lake' } }],
		});
		const created = await fetch(url, { method: 'POST', headers, body });
		const { id } = (await created.json()) as { id: string };
		const seconds: number[] = [];
		while (seconds.length < DOWNLOADS) {
			const start = performance.now();
			await (await fetch(`${sandbox.filesUrl}/results/${id}/video.mp4`)).arrayBuffer();
			seconds.push((performance.now() - start) / 1000);
		}
		return median(seconds);
	} finally {
		await sandbox.close();
	}
}
