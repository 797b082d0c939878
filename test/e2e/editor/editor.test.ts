import type { Browser } from 'playwright-core';
import { KirinVideo } from '../../../nodes/KirinVideo/KirinVideo.node';
import { modelsFor } from '../../../nodes/KirinVideo/request/models';
import { imageSourceFields, parameterFields } from '../../../nodes/KirinVideo/request/parameters';
import { type WorkflowNode, inARow, workflowOf } from '../../bench/workflow';
import { example } from '../../e2e-server/shipped-example';
import { exampleIn } from '../../unit/example-files';
import { MODEL, catalogueModel, generateFromImage, generateFromText } from '../../saved-parameters';
import { fieldsShown } from '../../unit/editor';
import { untilEnded } from '../by-hand';
import { node, video } from '../neighbours/nodes';
import { place } from '../place';
import { openStage, type Stage } from '../stage';
import {
	type OutsideWorld,
	type WorldAnswer,
	type WorldRequest,
	openOutsideWorld,
} from '../world/outside-world';
import { launchBrowser } from './browser';
import { Editor } from './editor';
import { Pictures, readShown } from './pictures';

const NODE = 'Kirin Video';
const ACTION = 'Generate video from text';
const RENDER_SECONDS = 3;

const [firstVideo] = exampleIn('first-video.json').nodes.filter(({ name }) => name === NODE);
const prompt = firstVideo?.parameters.prompt as string;

/** The service as it is on the internet; n8n has a private address here. */
const PUBLIC_SERVICE = 'cloud.vtrix.ai';

let world: OutsideWorld;
let stage: Stage;
let browser: Browser;
let editor: Editor;
const pictures = new Pictures('editor');
const picture = (name: string) => pictures.ofStep(editor.page, name);

beforeAll(async () => {
	world = await openOutsideWorld({ [PUBLIC_SERVICE]: askSandbox }, place().temporary);
	stage = await openStage({ sandbox: { renderSeconds: RENDER_SECONDS }, env: world.env });
	browser = await launchBrowser();
	editor = await Editor.signIn(browser, stage.client.address);
});
afterAll(async () => {
	await browser?.close();
	await stage?.close();
	await world?.close();
});

async function askSandbox({ method, path, headers, body }: WorldRequest): Promise<WorldAnswer> {
	const answer = await fetch(`${stage.sandbox.apiUrl}${path}`, {
		method,
		headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
		...(method !== 'GET' && { body }),
	});
	return { status: answer.status, body: await answer.json() };
}

async function addExample(file: string): Promise<string> {
	return await stage.client.addWorkflow(example(file, stage.credentials));
}

/** A test of which, when it fails, a picture is left. */
function step(name: string, act: () => Promise<void>): void {
	it(name, () =>
		act().catch(async (error) => {
			await picture('failed');
			throw error;
		}),
	);
}

// One visit, told in order: each test goes on where the one before it has ended.
describe('In the editor', () => {
	step(
		'the node is found by its name and by what it does, as the first step and later',
		async () => {
			const wanted = [
				'kirin',
				'text to video',
				'image to video',
				't2v',
				'AI video',
				'video generation',
				'video generator',
				'generate video',
				'create video',
				'make video',
				'text2video',
				'prompt to video',
			];
			const find = async () => {
				const found = [];
				for (const words of wanted) found.push(await editor.findNode(words, NODE));
				await picture('found');
				return new Set(found);
			};
			await editor.openNewWorkflow();
			await editor.openNodeList();
			const atFirst = await find();
			await editor.addManualTrigger();
			await editor.openNodeList();
			const later = await find();

			expect([...atFirst]).toEqual([expect.stringMatching(/^Generate videos/) as string]);
			expect(later).toEqual(atFirst);
		},
	);

	step('its actions are its operations, and one is dragged onto the canvas', async () => {
		const actions = await editor.openActions(NODE);
		await picture('actions');
		await editor.dragOntoCanvas(ACTION);

		expect(actions).toEqual([
			ACTION,
			'Generate video from image',
			'Estimate cost of video from image',
			'Estimate cost of video from text',
			'Get task',
			'Wait for task',
		]);
		expect(await editor.shownFields()).toContainEqual(['Operation', 'Generate From Text']);
	});

	step(
		'a credential tells a bad key from a dead host and from an address that is none',
		async () => {
			const { apiUrl } = stage.sandbox;
			const { host } = new URL(apiUrl);
			await editor.openNewCredential();
			const whereKeysAre = await editor.credentialDialog.innerText();
			await editor.write('apiKey', 'a-key-of-somebody-else');
			await editor.write('baseUrl', apiUrl);
			const badKey = await editor.saveBadCredential();
			await picture('bad-key');
			await editor.write('baseUrl', 'http://127.0.0.1:9');
			const deadHost = await editor.saveBadCredential();
			await picture('dead-host');
			await editor.write('baseUrl', host);
			const noUrl = await editor.saveBadCredential();
			await picture('no-url');

			expect(whereKeysAre).toMatch(
				/Vtrix, a paid service.* an account with credit.*API Keys section/,
			);
			expect(badKey).toContain(`${host} did not accept the API key`);
			expect(deadHost).toContain('127.0.0.1:9');
			expect(deadHost).toContain('refused');
			expect(noUrl).toContain('http://');
			expect([badKey, deadHost, noUrl].join()).not.toContain('a-key-of-somebody-else');
		},
	);

	step('a credential with a good key passes', async () => {
		const { apiKey, apiUrl, ledger } = stage.sandbox;
		await editor.write('apiKey', apiKey);
		await editor.write('baseUrl', apiUrl);
		await editor.saveGoodCredential();
		await editor.openCredential();
		await editor.credentialDialog.getByText('Connection tested successfully').waitFor();
		await picture('good-key');
		await editor.closeCredential();

		expect(ledger.tasks).toHaveLength(0);
	});

	step('fields come and go with the model', async () => {
		const labels = async () =>
			(await editor.settled(() => editor.shownFields())).map(([label]) => label);
		const atFirst = await labels();
		await editor.chooseFromList('model', 'Kirin V2 Master');
		const ofMaster = await labels();
		await picture('model-without-mode');
		await editor.chooseFromList('model', 'Kirin V2.6');
		await editor.choose('mode', 'Professional');
		const ofV26 = await labels();
		await picture('model-with-sound');
		await editor.chooseFromList('model', 'Kirin V2.5 Turbo');
		await editor.choose('mode', 'Standard');

		expect(atFirst).toContain('Mode');
		expect(ofMaster).toEqual(atFirst.filter((label) => label !== 'Mode'));
		expect(ofV26).toEqual(expect.arrayContaining(['Mode', 'Sound']));
		expect(await labels()).toEqual(atFirst);
	});

	step('the hint of the model says what becomes of the values of other fields', async () => {
		const hint = await editor.readHint('Model');
		await picture('model-hint');

		expect(hint).toContain('lose their values when you change it');
	});

	step('every model has the fields of its page, for texts and for images', async () => {
		const { description } = new KirinVideo();
		const own = [...Object.values(parameterFields), ...Object.values(imageSourceFields)].map(
			({ label }) => label,
		);
		const seen: Record<string, string[]> = {};
		const wanted: Record<string, string[]> = {};
		const afterSwitching: Record<string, string[]> = {};
		for (const input of ['image', 'text'] as const) {
			await editor.choose('operation', input === 'text' ? 'From Text' : 'From Image');
			const state = input === 'text' ? 'hidden' : 'visible';
			await editor.field('imageSource').waitFor({ state });
			const generate = input === 'text' ? generateFromText : generateFromImage;
			const atFirst = await editor.settled(() => editor.labels());
			await picture(`fields-after-switching-to-${input}`);
			afterSwitching[input] = atFirst.filter((label) => own.includes(label));
			for (const { id, name } of modelsFor(input)) {
				await editor.chooseFromList(MODEL[input], name);
				const labels = await editor.settled(() => editor.labels());
				await picture(`fields-${id}`);
				seen[id] = labels.filter((label) => own.includes(label));
				wanted[id] = fieldsShown(description, generate(catalogueModel(id))).filter((label) =>
					own.includes(label),
				);
			}
		}
		await editor.chooseFromList(MODEL.text, 'Kirin V2.5 Turbo');

		expect(seen).toEqual(wanted);
		// Each input has a model of its own, which the other operation leaves alone.
		expect(afterSwitching).toEqual({
			image: wanted.kirin_v2_5_turbo_i2v,
			text: wanted.kirin_v2_5_turbo_t2v,
		});
	});

	step('the finished video plays, and its facts can be read', async () => {
		await editor.write('prompt', prompt);
		await editor.executeStep();
		await editor.untilExecuted();
		await editor.viewOutput('JSON');
		await picture('json');
		const json = await editor.output.innerText();
		const video = await editor.playVideo();
		await picture('video');

		const [task] = stage.sandbox.ledger.tasks;
		expect(video).toEqual({ videoWidth: 1280, videoHeight: 720, duration: 5 });
		// docs/troubleshooting.md says how to build without, because n8n pins no files.
		expect(await editor.marked('ndv-pin-data').isDisabled()).toBe(true);
		expect(json).toContain(task?.id);
		expect(json).toContain('"completed"');
		expect(json).toContain(`"${task?.cost}"`);
	});

	step('is as the README shows it (else run `npm run docs:pictures`)', async () => {
		const shown = { fields: await editor.shownFields() };
		await pictures.forReadme(editor.page, 'generate', shown);

		expect(readShown().generate).toEqual(shown);
	});

	step('what is added to a bundle of settings changes nothing by itself', async () => {
		await editor.addToCollection('Add waiting setting', 'Interval (Seconds)');
		await editor.addToCollection('Add output setting', 'File Name');
		await editor.addToCollection('Add cost limit', 'Maximum Cost (USD)');
		await editor.addToCollection('Add option', 'Watermark');
		await picture('bundles');
		const fields = new Map(await editor.settled(() => editor.shownFields()));
		// An empty limit is refused: whether it means none or nothing, nobody can tell.
		await editor.write('maximumCostUsd', '5');

		expect(fields.get('Interval (Seconds)')).toBe('1');
		expect(fields.get('File Name')).toBe('');
		expect(fields.get('Watermark')).toBe('off');
	});

	step('a wait for callbacks says what it needs, before and while it waits', async () => {
		await editor.choose('waitForCompletion', 'Resume on Callback');
		await editor.page.getByText('The service has to reach this n8n').waitFor();
		await picture('callback-notice');
		await editor.write('prompt', `${prompt} [sandbox: render 20s]`);
		await editor.executeStep();
		const waiting = editor.output.getByText('Waiting until the service calls n8n at');
		await waiting.waitFor();
		await picture('callback-waiting');
		const told = await waiting.innerText();
		await editor.untilExecuted();
		await editor.choose('waitForCompletion', 'Poll Until Finished');

		expect(told).toContain(`${stage.client.address}. If the service cannot reach that address`);
		expect(stage.sandbox.ledger.count('callback')).toBeGreaterThan(0);
	});

	step('a failed task says what happened, what it cost and what to do', async () => {
		await editor.write('prompt', `${prompt} [sandbox: fail 002011096 No boat was found]`);
		await editor.executeStep();
		const { message, description } = await editor.readError();
		await picture('failed-task');

		const task = stage.sandbox.ledger.tasks.at(-1);
		expect(message).toContain('Kirin V2.5 Turbo failed with a result parsing error (002011096)');
		expect(message).toContain(task?.id);
		expect(description).toContain('No boat was found');
		expect(description).toContain('no cost');
		expect(description).toContain('run the item again');
	});

	step('bad input is told by field, limit and value, and nothing is sent', async () => {
		const before = stage.sandbox.ledger.requests.length;
		await editor.write('prompt', 'x'.repeat(2501));
		await editor.executeStep();
		await editor.output.getByText('2501').first().waitFor();
		const { message, description } = await editor.readError();
		await picture('bad-input');

		expect(message).toContain('Prompt must have 1 to 2500 characters, but has 2501');
		expect(description).toContain('Nothing was submitted');
		expect(stage.sandbox.ledger.requests).toHaveLength(before);
	});

	step('Stop stops', async () => {
		const { requests, tasks } = stage.sandbox.ledger;
		const before = tasks.length;
		await editor.write('prompt', `${prompt} [sandbox: never]`);
		await editor.executeStep();
		while (tasks.length === before) await editor.page.waitForTimeout(100);
		await editor.stop();
		await picture('stopped');
		const atStop = requests.length;
		// Some looks would be due by then: the adaptive strategy asks each second or two at first.
		await editor.page.waitForTimeout(8_000);

		expect(requests).toHaveLength(atStop);
		const [last] = await stage.client.executions(1);
		expect(last?.status).toBe('canceled');
		expect(stage.log()).toContain(tasks.at(-1)?.id);
	});

	/** Opens a workflow of our node alone in the editor. */
	async function openAlone(change: Partial<WorkflowNode>, settings?: object): Promise<string> {
		const nodes = [node('Start', 'manualTrigger', 1), video(stage.credentials, change)];
		const workflow = workflowOf('Alone', nodes, inARow('Start', NODE), settings);
		const id = await stage.client.addWorkflow(workflow);
		await editor.openWorkflow(id);
		return id;
	}

	/** The same, runs it, and opens the node. */
	async function runAndOpen(change: Partial<WorkflowNode>, settings?: object): Promise<void> {
		const id = await openAlone(change, settings);
		await editor.executeWorkflow();
		await untilEnded(stage.client, await stage.client.firstExecution(id));
		await editor.untilNotRunning();
		await editor.openNode(NODE);
	}

	step('under On Error → Continue a failed task is an item that Task → Wait takes', async () => {
		await runAndOpen({
			parameters: generateFromText({ prompt: `${prompt} [sandbox: fail]` }),
			onError: 'continueRegularOutput',
		});
		await editor.viewOutput('JSON');
		await picture('continued');
		const json = await editor.output.innerText();

		expect(json).toContain(stage.sandbox.ledger.tasks.at(-1)?.id);
		expect(json).toContain('"failed"');
	});

	step('an execution that times out shows its task', async () => {
		const parameters = generateFromText({ prompt: `${prompt} [sandbox: never]` });
		await runAndOpen({ parameters }, { executionTimeout: 8 });
		await picture('timed-out');

		expect(await editor.output.innerText()).toContain(stage.sandbox.ledger.tasks.at(-1)?.id);
	});

	step('a parameter that the service refuses is named in the title', async () => {
		const options = { additionalParameters: '{"seed": 7}' };
		await runAndOpen({ parameters: generateFromText({ prompt, options }) });
		const { message, description } = await editor.readError();
		await picture('refused-parameter');

		expect(message).toMatch(/^The service refused a parameter \(HTTP 400\): .*seed/);
		expect(description).toContain('No task was created, so nothing is billed');
	});

	step('tasks that nobody waits for come with a word on how to get their videos', async () => {
		await runAndOpen({ parameters: generateFromText({ prompt }, 'none') });
		await editor.output.getByText('The videos are on their way').waitFor();
		await picture('not-waiting');
	});

	step('a wait for callbacks that cannot come warns in its item', async () => {
		const { apiKey } = stage.sandbox;
		const baseUrl = `https://${PUBLIC_SERVICE}`;
		const credentials = await stage.client.addCredential('kirinVideoApi', { apiKey, baseUrl });
		const parameters = generateFromText({ prompt: `${prompt} [sandbox: never]` }, 'callback');
		Object.assign(parameters, { waiting: { maximumWaitMinutes: 0.1 } });
		await runAndOpen({ parameters, credentials });
		await editor.viewOutput('JSON');
		await picture('callback-warning');
		const json = await editor.output.innerText();

		expect(json).toContain('"warning"');
		expect(json).toContain(`The service cannot call n8n at ${stage.client.address}`);
		expect(json).toContain('N8N_WEBHOOK_URL');
	});

	step('the tail image shows with what the model takes it with, and not without', async () => {
		const model = catalogueModel('kirin_v2_5_turbo_i2v');
		await openAlone({ parameters: generateFromImage(model) });
		await editor.openNode(NODE);
		const before = await editor.settled(() => editor.labels());
		await editor.choose('mode', 'Professional');
		await editor.choose('tailImageSource', 'Binary Field');
		const after = await editor.settled(() => editor.labels());
		await picture('tail-image');

		expect(before.filter((label) => label.startsWith('Tail Image'))).toEqual([]);
		expect(after.filter((label) => label.startsWith('Tail Image'))).toEqual([
			'Tail Image Source',
			'Tail Image Input Binary Field',
		]);
	});

	step('an agent is offered the node as a tool', async () => {
		const id = await addExample('ai-agent-tool.json');
		await editor.openWorkflow(id);
		await editor.addToInput('AI Agent', 'Tool', 'Tools');
		const description = await editor.findNode('kirin', 'Kirin Video Tool');
		await picture('tool');

		expect(description).toContain('costs money');
	});

	step(
		'as a tool it downloads nothing, and the agent fills in what the user leaves to it',
		async () => {
			await editor.openWorkflow(await addExample('ai-agent-tool.json'));
			await editor.openNode('Make a video');
			const fields = new Map(await editor.settled(() => editor.shownFields()));
			await picture('tool-fields');

			expect(fields.get('Download Video')).toBe('off');
			await editor.page.getByText('$fromAI').first().waitFor();
		},
	);

	step('the trigger tells the URL that the service has to call, and how to test it', async () => {
		await editor.openNewWorkflow();
		await editor.openNodeList();
		await editor.findNode('kirin', NODE);
		await editor.openActions(NODE);
		await editor.inNodeList('On video completed').click();
		await editor.page.getByText('Webhook URLs').click();
		await picture('trigger');
		const fields = await editor.shownFields();
		const url = await editor.page.getByText('/webhook-test/').innerText();
		// While it listens, n8n covers the URL and has words of its own.
		await editor.page.getByText('Copy the Test URL before you listen').waitFor();
		await editor.openTriggerHelp();
		await editor.page.getByText('then run that workflow').waitFor();
		await picture('trigger-help');
		await editor.listen();
		await picture('trigger-listening');
		await editor.stopListening();

		expect(url).toContain(stage.client.address);
		expect(fields).toEqual([
			['Trigger On', 'Video Completed'],
			['Download Video', 'on'],
			['Put Output File in Field', 'data'],
		]);
	});

	step('the batch example is as the README shows it', async () => {
		const id = await addExample('batch-to-drive-and-slack.json');
		await editor.openWorkflow(id);
		const nodes = await editor.namesOnCanvas();
		await picture('batch');
		await pictures.forReadme(editor.page, 'batch', { nodes });

		expect(readShown().batch).toEqual({ nodes });
	});
});
