/** Videos on their way from a table to Google Drive and Slack, by n8n's own nodes. */
import { inARow, workflowOf } from '../../bench/workflow';
import { itemsOf } from '../../e2e-server/executions';
import { servedVideo, sha256 } from '../../e2e-server/served-video';
import { type Example, type ExampleNode, example } from '../../e2e-server/shipped-example';
import { generateFromText } from '../../saved-parameters';
import { runByHand, START } from '../by-hand';
import { place } from '../place';
import { type Stage, openStage } from '../stage';
import { Google } from '../world/google';
import { type OutsideWorld, carriersOf, openOutsideWorld } from '../world/outside-world';
import { Slack } from '../world/slack';
import { node } from './nodes';

const API_KEY = 'kirin-key-that-nobody-else-may-see';

let google: Google;
let slack: Slack;
let world: OutsideWorld;
let stage: Stage;
let driveCredential: ExampleNode['credentials'];
let sheetsCredential: ExampleNode['credentials'];
let slackCredential: ExampleNode['credentials'];

beforeAll(async () => {
	google = new Google();
	slack = new Slack();
	world = await openOutsideWorld({ ...google.hosts, ...slack.hosts }, place().temporary);
	stage = await openStage({ sandbox: { speed: 20, apiKey: API_KEY }, env: world.env });
	const { client } = stage;
	driveCredential = await client.addCredential('googleDriveOAuth2Api', google.oAuth2Credential);
	sheetsCredential = await client.addCredential('googleApi', google.serviceAccountCredential);
	slackCredential = await client.addCredential('slackApi', slack.credential);
});
beforeEach(() => {
	stage.sandbox.reset();
	google.files.length = slack.files.length = world.requests.length = 0;
});
afterEach(() => {
	expect(world.unanswered.splice(0)).toEqual([]);
	expect(carriersOf(API_KEY, world.requests)).toEqual([]);
});
afterAll(async () => {
	await stage?.close();
	await world?.close();
});

interface Row {
	title: string;
	prompt: string;
	duration: number;
	aspectRatio: string;
}

type Nodes = Record<'Table' | 'Kirin Video' | 'Google Drive' | 'Slack', ExampleNode>;

/** The shipped example, with accounts, a channel, and nothing else unless `change` says so. */
function tableToDriveAndSlack(change: (nodes: Nodes) => void = () => {}): Example {
	const workflow = example('batch-to-drive-and-slack.json', stage.credentials);
	const nodes = Object.fromEntries(workflow.nodes.map((node) => [node.name, node])) as Nodes;
	nodes['Google Drive'].credentials = driveCredential;
	nodes.Slack.credentials = slackCredential;
	Object.assign(nodes.Slack.parameters.options as object, { channelId: slack.channel.id });
	change(nodes);
	return workflow;
}

function rowsIn(table: ExampleNode): Row[] {
	return (JSON.parse(String(table.parameters.jsonOutput)) as { rows: Row[] }).rows;
}

function rowsOf({ nodes }: Example): Row[] {
	return nodes.filter(({ name }) => name === 'Table').flatMap(rowsIn);
}

/** What has to have arrived of each row: the very bytes of the one task that was made of it. */
async function videosOf(rows: Row[]) {
	return await Promise.all(
		rows.map(async ({ title, prompt }) => {
			const [task, ...more] = stage.sandbox.ledger.tasks.filter((one) => one.prompt === prompt);
			if (!task || more.length > 0) throw new Error(`"${title}" is not exactly one task`);
			return { title, task, hash: sha256(await servedVideo(stage.sandbox, task.id)) };
		}),
	);
}

async function expectArrived(rows: Row[]): Promise<void> {
	const videos = await videosOf(rows);
	expect(google.files.map(hashed)).toEqual(
		videos.map(({ title, hash }) => ({
			id: expect.any(String) as string,
			name: `${title}.mp4`,
			mimeType: 'video/mp4',
			parents: ['root'],
			hash,
		})),
	);
	expect(slack.files.map(hashed)).toEqual(
		videos.map(({ title, task, hash }) => ({
			id: expect.any(String) as string,
			name: `${task.id}.mp4`,
			mimeType: 'video/mp4',
			title,
			channel: slack.channel.id,
			comment: `${title}: made with ${task.model} for ${task.cost} USD`,
			hash,
		})),
	);
	// Otherwise one row's video could pass for another's.
	expect(new Set(videos.map(({ hash }) => hash)).size).toBe(rows.length);
}

function hashed<File extends { bytes: Buffer }>({ bytes, ...file }: File) {
	return { ...file, hash: sha256(bytes) };
}

describe('Videos of a table arrive at Google Drive and Slack', () => {
	it('as they were served, each under the title of its row', async () => {
		const workflow = tableToDriveAndSlack();
		const execution = await runByHand(stage.client, workflow);

		expect(execution).toMatchObject({ status: 'success' });
		await expectArrived(rowsOf(workflow));
	});

	it('from Google Sheets, however the renders overtake one another, in parts where they are large', async () => {
		const rows: Row[] = [
			{ title: 'Slow', prompt: 'A snail [sandbox: render 60s]', duration: 5, aspectRatio: '16:9' },
			{ title: 'Large', prompt: 'A whale [sandbox: size 5MiB]', duration: 10, aspectRatio: '1:1' },
			{ title: 'Größe & 100 %', prompt: 'Ein Maß', duration: 5, aspectRatio: '9:16' },
		];
		const columns = ['title', 'prompt', 'duration', 'aspectRatio'] as const;
		google.spreadsheets.set('1TableOfPrompts', [
			[...columns],
			...rows.map((row) => columns.map((column) => row[column])),
		]);
		const execution = await runByHand(stage.client, fromGoogleSheets('1TableOfPrompts'));

		expect(execution).toMatchObject({ status: 'success' });
		await expectArrived(rows);
	});

	it('after the wait of Resume on Callback', async () => {
		const workflow = tableToDriveAndSlack(({ 'Kirin Video': { parameters } }) => {
			Object.assign(parameters, generateFromText({}, 'callback'), { prompt: parameters.prompt });
		});
		const execution = await runByHand(stage.client, workflow);

		expect(execution).toMatchObject({ status: 'success' });
		expect(stage.sandbox.ledger.count('callback')).toBeGreaterThan(0);
		await expectArrived(rowsOf(workflow));
	});

	it('though one of them fails, and that row comes out by itself', async () => {
		const workflow = tableToDriveAndSlack(({ Table }) => {
			const rows = rowsIn(Table);
			rows[0]!.prompt += ' [sandbox: fail]';
			Table.parameters.jsonOutput = JSON.stringify({ rows });
		});
		const execution = await runByHand(stage.client, workflow);
		const [failed, ...others] = rowsOf(workflow);

		expect(execution).toMatchObject({ status: 'success' });
		await expectArrived(others);
		const left = itemsOf(execution, 'Rows that failed').map(({ json }) => json);
		expect(left).toMatchObject([{ title: failed?.title, error: expect.any(String) as string }]);
		const task = stage.sandbox.ledger.tasks.find(({ prompt }) => prompt === failed?.prompt);
		expect(task).toBeDefined();
		expect(left[0]?.error).toContain(task?.id);
	});
});

it('The outside world refuses and remembers whoever nobody stands in for', async () => {
	const ask = (name: string, url: string) =>
		node(name, 'httpRequest', 4.3, { url, options: { timeout: 10_000 } });
	const asks = [
		{ ...ask('Stranger', 'https://stranger.example/'), onError: 'continueRegularOutput' as const },
		ask('Plain', 'http://stranger.example/'),
	];
	const workflow = workflowOf(
		'Asks strangers',
		[node(START, 'manualTrigger', 1), ...asks],
		inARow(START, 'Stranger', 'Plain'),
	);
	const execution = await runByHand(stage.client, workflow);

	expect(execution).toMatchObject({ status: 'error' });
	expect(world.unanswered.splice(0)).toEqual([
		'CONNECT stranger.example:443',
		'GET http://stranger.example/',
	]);
});

/** As the example's note says: Google Sheets in place of Table and Rows, and called Rows. */
function fromGoogleSheets(documentId: string): Example {
	const workflow = tableToDriveAndSlack();
	const rows = workflow.nodes.find(({ name }) => name === 'Rows');
	Object.assign(rows ?? {}, {
		type: 'n8n-nodes-base.googleSheets',
		typeVersion: 4.7,
		parameters: {
			authentication: 'serviceAccount',
			resource: 'sheet',
			operation: 'read',
			documentId: { __rl: true, mode: 'id', value: documentId },
			sheetName: { __rl: true, mode: 'name', value: 'Sheet1' },
			options: {},
		},
		credentials: sheetsCredential,
	});
	const { Table, ...connections } = workflow.connections;
	connections.Start = Table ?? {};
	const nodes = workflow.nodes.filter(({ name }) => name !== 'Table');
	return { ...workflow, nodes, connections };
}
