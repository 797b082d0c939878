/**
 * The first steps: from an n8n that has nothing to the node on the canvas, by the words of the README
 * alone. Each label that is clicked is read from it; what it does not say cannot be done.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Child } from '../../../demo/child';
import { createHomeFor } from '../../../demo/n8n-home';
import { freePort } from '../../../demo/n8n-process';
import { startServer } from '../../../demo/n8n-server';
import { readPage, sectionsOf } from '../../unit/markdown-page';
import { place } from '../place';
import { type OutsideWorld, openOutsideWorld } from '../world/outside-world';
import { Registry } from '../world/registry';
import { launchBrowser } from './browser';
import { Editor } from './editor';
import { Pictures } from './pictures';

const pictures = new Pictures('first-use');
let world: OutsideWorld;
let home: string;
let n8n: Child;
let browser: Browser;
let editor: Editor;

beforeAll(async () => {
	const { install, archive, packageFolder, temporary } = place();
	const registry = new Registry(install, archive, packageFolder);
	world = await openOutsideWorld(registry.hosts, temporary);
	home = await mkdtemp(join(temporary, 'n8n-'));
	await createHomeFor(install, home);
	const port = await freePort();
	const server = await startServer(install, home, {
		port,
		// npm would look for a newer version of itself.
		env: { ...world.env, npm_config_update_notifier: 'false', npm_config_cache: join(home, 'npm') },
	});
	n8n = server.process;
	browser = await launchBrowser();
	editor = await Editor.signIn(browser, server.address);
});
afterAll(async () => {
	await browser?.close();
	await n8n?.stop();
	await world?.close();
	if (home) await rm(home, { recursive: true, force: true });
});

const sections = sectionsOf(readPage('README.md'));

/** Words of a section of the README; the editor is used by nothing else. */
function said(section: string, words: string): string {
	const { text = '' } = sections.find(({ anchor }) => anchor === section) ?? {};
	expect(text.replace(/[*_`]/g, '')).toContain(words);
	return words;
}

/** A test of which a picture is left. */
function step(name: string, picture: string, act: () => Promise<void>): void {
	it(name, () => act().finally(() => pictures.ofStep(editor.page, picture)));
}

const install = (words: string) => said('install', words);
const first = (words: string) => said('your-first-video', words);

// One visit, told in order: each test goes on where the one before it has ended.
describe('With the README, a new user', () => {
	step('installs the package', 'installed', async () => {
		const [menu = '', page = '', button = ''] = install(
			'Settings → Community nodes → Install',
		).split(' → ');
		await editor.openSettings(menu, page);
		await editor.installPackage(button, install('n8n-nodes-kirin-video'));
	});

	step('finds the node and adds it behind a trigger', 'added', async () => {
		first('behind any trigger');
		await editor.openNewWorkflow();
		await editor.openNodeList();
		await editor.addManualTrigger();
		await editor.openNodeList();
		await editor.findNode(first('text to video'), first('Kirin Video'));
		await editor.openActions('Kirin Video');
		await editor.dragOntoCanvas(first('Generate video from text'));
	});
});
