/**
 * The demo: a real n8n runs the example workflow with this package's node against the sandbox, and
 * the finished MP4 ends up in `demo-output/`. With `--editor`, n8n's editor stays open on it instead.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { readMp4, startSandbox, type Ledger } from '../sandbox';
import { startEditor } from './editor';
import { credentialFor, firstVideo, readItem, saveVideo } from './first-video';
import { installN8n, N8N_VERSION } from './install-n8n';
import { createHome, importAll } from './n8n-home';
import { startN8n } from './n8n-process';
import { buildPackage, packPackage } from './package';
import { secondsSince, step } from './steps';
import { atEnd, wholeRun } from './whole-run';

const OUTPUT_FOLDER = join(__dirname, '..', 'demo-output');
/** Long enough for the demo to show a wait. */
const RENDER_SECONDS = 7;
/** How far a video's length may be from what was asked: encoders end on a whole frame. */
const LENGTH_TOLERANCE_SECONDS = 0.25;
/** Far more than the run needs: n8n is stopped then, and what it said is shown. */
const RUN_LIMIT_MS = 180_000;
const CHECK_MS = 250;

const USAGE = `npm run demo                 run the example workflow in n8n and save its video
npm run demo -- --editor     open it in n8n's editor instead, until Ctrl-C
npm run demo -- --help       show this`;

async function main(): Promise<void> {
	const start = performance.now();
	const { values } = parseArgs({
		options: { editor: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}

	const install = await step(`Install n8n ${N8N_VERSION}`, installN8n);

	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-demo-'));
	atEnd(() => rm(temporary, { recursive: true, force: true }));
	const userFolder = join(temporary, 'n8n');

	const packed = await step('Build and pack the node', async () => {
		await buildPackage();
		return await packPackage(temporary);
	});
	const sandbox = await step('Start the sandbox', async (report) => {
		const started = await startSandbox({ renderSeconds: RENDER_SECONDS });
		atEnd(() => started.close());
		report(started.apiUrl);
		return started;
	});
	await step('Import the workflow and its credential into n8n', async () => {
		await createHome(install, userFolder, packed.folder);
		await importAll(install, userFolder, {
			credentials: [credentialFor(sandbox)],
			workflows: [firstVideo.workflow],
		});
	});

	if (values.editor) {
		const editor = await step('Start n8n', () => startEditor(install, userFolder));
		console.log(editor.invitation(firstVideo.workflow));
		await editor.ended;
		throw new Error(`n8n ended by itself:\n${editor.tail()}`);
	}

	console.log(`\n  "${firstVideo.prompt}"\n`);
	const item = await step('Run the workflow', async (report) => {
		const execution = await startN8n(
			install,
			['execute', `--id=${firstVideo.workflow.id}`, '--rawOutput'],
			{ userFolder },
		);
		const limit = setTimeout(() => void execution.stop(), RUN_LIMIT_MS);
		const looks = setInterval(() => report(describe(sandbox.ledger)), CHECK_MS);
		const result = await readItem(execution).finally(() => {
			clearTimeout(limit);
			clearInterval(looks);
		});
		report(describe(sandbox.ledger));
		return result;
	});
	const saved = await step('Save and check the video', async (report) => {
		const file = await saveVideo(item, { userFolder }, { folder: OUTPUT_FOLDER });
		report(checkVideo(await readMp4(file)));
		return file;
	});

	console.log(`\nThe item that n8n hands to the next node:\n${JSON.stringify(item.json, null, 2)}`);
	console.log(
		`\nThe video is in ${relative(process.cwd(), saved)}; all of it took ${secondsSince(start).toFixed(1)} s.`,
	);
	console.log(
		'Next: `npm run demo -- --editor` opens the same workflow in n8n, or import examples/first-video.json into your own n8n.',
	);
}

/** How far the workflow is, as the service sees it. */
function describe(ledger: Ledger): string {
	const [task] = ledger.tasks;
	if (!task) return 'n8n is starting';
	const polls = ledger.count('get');
	const soFar = `task ${task.id}: ${polls} ${polls === 1 ? 'poll' : 'polls'}`;
	return ledger.count('download') ? `${soFar}, downloaded` : soFar;
}

/** @throws when the video is not what the workflow asked for. */
function checkVideo({
	seconds,
	width,
	height,
}: {
	seconds: number;
	width: number;
	height: number;
}) {
	const found = `${seconds.toFixed(1)} s of ${width}×${height}`;
	const [across = NaN, down = NaN] = firstVideo.requestedRatio.split(':').map(Number);
	const rightLength = Math.abs(seconds - firstVideo.requestedSeconds) <= LENGTH_TOLERANCE_SECONDS;
	// Sides are whole and even, so the ratio is met within a pixel or two.
	const rightShape = Math.abs(width - (height * across) / down) <= 2;
	if (rightLength && rightShape) return found;
	throw new Error(
		`Asked for ${firstVideo.requestedSeconds} s in ${firstVideo.requestedRatio}, and the video has ${found}.`,
	);
}

wholeRun('The demo', main);
