/**
 * `npm run dev`: n8n's editor on the example, with the sandbox as the service, for work on the nodes.
 * TypeScript compiles each change straight into that n8n, which reloads the nodes while it runs.
 */
import { watch } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox';
import { startChild } from './child';
import { startEditor } from './editor';
import { credentialFor, firstVideo } from './first-video';
import { installN8n, N8N_VERSION } from './install-n8n';
import { createHomeFor, importAll } from './n8n-home';
import { step } from './steps';
import { atEnd, wholeRun } from './whole-run';

const ROOT = join(__dirname, '..');
/** Long enough to see the node wait. */
const RENDER_SECONDS = 7;
/** What tsc says at the end of each compilation. */
const COMPILED = /Found (\d+) errors?\. Watching for file changes/;
/** What the compiler leaves behind. */
const ASSET = /\.(svg|json)$/;

async function main(): Promise<void> {
	const install = await step(`Install n8n ${N8N_VERSION}`, installN8n);
	const temporary = await mkdtemp(join(tmpdir(), 'kirin-video-dev-'));
	atEnd(() => rm(temporary, { recursive: true, force: true }));
	const userFolder = join(temporary, 'n8n');

	// Without the metadata that the build makes: n8n loads the code, so that it sees each change.
	const place = await createHomeFor(install, userFolder);
	await cp(join(ROOT, 'package.json'), join(place, 'package.json'));
	const dist = join(place, 'dist');
	await step('Compile the nodes', async () => {
		await copyAssets(dist);
		await compileOnEachChange(dist);
	});
	const sandbox = await step('Start the sandbox', async (report) => {
		const started = await startSandbox({ renderSeconds: RENDER_SECONDS });
		atEnd(() => started.close());
		report(started.apiUrl);
		return started;
	});
	await step('Import the workflow and its credential into n8n', () =>
		importAll(install, userFolder, {
			credentials: [credentialFor(sandbox)],
			workflows: [firstVideo.workflow],
		}),
	);
	const editor = await step('Start n8n', () =>
		startEditor(install, userFolder, { N8N_DEV_RELOAD: 'true' }),
	);
	console.log(editor.invitation(firstVideo.workflow));
	console.log('Change a file in nodes/ or credentials/: the editor shows it some seconds later.\n');
	await editor.ended;
	throw new Error(`n8n ended by itself:\n${editor.tail()}`);
}

/** Copies icons and codex files, now and whenever one changes. */
async function copyAssets(dist: string): Promise<void> {
	for (const room of ['nodes', 'credentials']) {
		const source = join(ROOT, room);
		const filter = (path: string) => ASSET.test(path) || !/\.\w+$/.test(path);
		await cp(source, join(dist, room), { recursive: true, filter });
		const watcher = watch(source, { recursive: true }, (_event, file) => {
			if (!file || !ASSET.test(file)) return;
			cp(join(source, file), join(dist, room, file)).catch(() => undefined); // it was removed
		});
		atEnd(() => Promise.resolve(watcher.close()));
	}
}

/** @returns once all is compiled for the first time @throws when the compiler ends before */
async function compileOnEachChange(dist: string): Promise<void> {
	const compiler = require.resolve('typescript/bin/tsc');
	await new Promise<void>((resolve, reject) => {
		let isFirst = true;
		const child = startChild(
			process.execPath,
			[compiler, '--watch', '--preserveWatchOutput', '--outDir', dist],
			{
				cwd: ROOT,
				onLine: (line) => {
					const isCompiled = COMPILED.test(line);
					if (isCompiled) resolve();
					// The first compilation is a step that is shown; of later ones all that is said is of use.
					if (!isFirst || (line.trim() !== '' && line.includes('error'))) console.log(line);
					isFirst &&= !isCompiled;
				},
			},
		);
		void child.ended.then(() => reject(new Error(`The compiler ended:\n${child.tail()}`)));
	});
}

wholeRun('The editor for development', main);
