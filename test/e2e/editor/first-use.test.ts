/**
 * The first steps: from an n8n that has nothing to a video in Slack, by the words of the README alone.
 * Each label that is clicked is read from it; what it does not say cannot be done.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Child } from '../../../demo/child';
import { createHomeFor } from '../../../demo/n8n-home';
import { freePort } from '../../../demo/n8n-process';
import { startServer } from '../../../demo/n8n-server';
import { startSandbox, type Sandbox } from '../../../sandbox';
import { servedVideo, sha256 } from '../../e2e-server/served-video';
import { readPage, sectionsOf } from '../../unit/markdown-page';
import { place } from '../place';
import { type OutsideWorld, openOutsideWorld } from '../world/outside-world';
import { Registry } from '../world/registry';
import { Slack } from '../world/slack';
import { launchBrowser } from './browser';
import { Editor } from './editor';
import { Pictures } from './pictures';

const RENDER_SECONDS = 3;
const PROMPT = 'A paper boat drifts down a gutter at night';

const pictures = new Pictures('first-use');
const slack = new Slack();
let sandbox: Sandbox;
let world: OutsideWorld;
let home: string;
let n8n: Child;
let browser: Browser;
let editor: Editor;

beforeAll(async () => {
	const { install, archive, packageFolder, temporary } = place();
	const registry = new Registry(install, archive, packageFolder);
	world = await openOutsideWorld({ ...registry.hosts, ...slack.hosts }, temporary);
	sandbox = await startSandbox({ renderSeconds: RENDER_SECONDS });
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
	await sandbox?.close();
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
const credential = (words: string) => said('the-credential', words);
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

	step('creates the credential', 'credential', async () => {
		first('create it there');
		await editor.openNewCredential();
		await editor.credentialDialog.getByText(credential('Kirin Video API')).waitFor();
		await editor.writeLabelled(credential('API Key'), sandbox.apiKey);
		await editor.writeLabelled(credential('Base URL'), sandbox.apiUrl);
		await editor.saveGoodCredential();
	});

	step('writes a prompt and makes the video', 'made', async () => {
		await editor.writeLabelled(first('Prompt'), PROMPT);
		await editor.executeStep(first('Execute step'));
		await editor.untilExecuted();

		expect(sandbox.ledger.tasks).toMatchObject([{ prompt: PROMPT }]);
	});

	step('reads its address, its cost and its task ID', 'read', async () => {
		await editor.viewOutput(first('JSON'));
		first('its address, its cost and its task ID');
		const [task] = sandbox.ledger.tasks;
		await editor.output.getByText(`"${task?.id}"`).waitFor();
		const json = await editor.output.innerText();

		expect(json).toContain(`${sandbox.filesUrl}/results/${task?.id}`);
		expect(json).toContain(`"${task?.cost}"`);
		expect(json).toContain(`"${task?.id}"`);
	});

	step('sees it play', 'seen', async () => {
		const [view = '', open = ''] = first('Binary → View').split(' → ');

		expect(await editor.playVideo(view, open)).toMatchObject({ duration: 5 });
	});

	step('adds Slack behind it', 'slack', async () => {
		await editor.closeNode();
		await editor.addBehind(first('Generate video from text'));
		await editor.findNode(first('Slack'), 'Slack');
		await editor.openActions('Slack');
		await editor.chooseAction(first('Upload a file'));
		await editor.openNewCredential();
		await editor.writeLabelled(first('Access Token'), slack.credential.accessToken);
		await editor.saveGoodCredential();
	});

	step('posts the very video there, and pays for no other', 'posted', async () => {
		await editor.writeLabelled(first('File Property'), first('data'));
		const [list = '', option = ''] = first('Add option → Channel Name or ID').split(' → ');
		await editor.addToCollection(list, option);
		await editor.choose('channelId', slack.channel.name);
		await editor.executeStep(first('Execute step'));
		await editor.untilExecuted();

		first('nothing is made anew');
		expect(sandbox.ledger.tasks).toHaveLength(1);
		const [task] = sandbox.ledger.tasks;
		expect(slack.files).toMatchObject([{ channel: slack.channel.id, mimeType: 'video/mp4' }]);
		const [file] = slack.files;
		const served = await servedVideo(sandbox, task?.id ?? '');
		expect(sha256(file!.bytes)).toBe(sha256(served));
	});
});
