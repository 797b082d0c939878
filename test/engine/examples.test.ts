import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { readMp4 } from '../../sandbox';
import { exampleIn } from '../unit/example-files';
import { png } from '../unit/image-bytes';
import {
	type RunOptions,
	binaryBytes,
	passDeadline,
	runAsTool,
	runWorkflow,
	storedBinary,
} from './engine';
import { NO_OP, SET } from './harness-nodes';
import { KEY, NODE, sandboxForTests, until } from './kirin';

const sandbox = sandboxForTests();

const CREDENTIALS = () => ({
	nodes: [new KirinVideo()],
	credentialTypes: [new KirinVideoApi()],
	credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
});

/** An example without its notes; `change` may exchange a node by its name. */
function example(file: string, change: Record<string, (node: INode) => INode> = {}): RunOptions {
	const { name, nodes, connections } = exampleIn(file);
	const changed = nodes
		.filter(({ type }) => type !== 'n8n-nodes-base.stickyNote')
		.map((node) => change[node.name]?.(node) ?? node);
	return { ...CREDENTIALS(), workflow: { name, nodes: changed, connections } };
}

/** In place of a node that needs an account: what it would be given. */
function wouldGet(fields: (parameters: INodeParameters) => Record<string, unknown>) {
	return (node: INode): INode => ({
		...node,
		type: SET,
		typeVersion: 3.4,
		credentials: undefined,
		parameters: {
			includeOtherFields: true,
			assignments: {
				assignments: Object.entries(fields(node.parameters)).map(([name, value]) => ({
					id: name,
					name,
					type: 'string',
					value: value as string,
				})),
			},
		},
	});
}

/** Makes each item's prompt tell the sandbox what to do with it. */
function withMarkers(...markers: string[]) {
	return (node: INode): INode => ({
		...node,
		parameters: {
			...node.parameters,
			prompt: `={{ $json.prompt + ' ' + (${JSON.stringify(markers)}[$itemIndex] ?? '') }}`,
			waiting: { maximumWaitMinutes: 1 },
		},
	});
}

async function ratioOf(item: INodeExecutionData): Promise<string> {
	const { width, height } = await readMp4(await binaryBytes(item));
	return (width / height).toFixed(1);
}

describe('The example', () => {
	it('first-video makes a video', async () => {
		const { output } = await runWorkflow(example('first-video.json'));

		expect(output(NODE)).toHaveLength(1);
		expect(output(NODE)[0]?.binary?.data).toBeDefined();
	});

	it('batch-to-drive-and-slack hands each file on under the title of its row', async () => {
		const toDrive = wouldGet(({ name, inputDataFieldName }) => ({ name, inputDataFieldName }));
		const toSlack = wouldGet(({ options }) => ({
			comment: (options as INodeParameters).initialComment,
		}));
		const { error, output } = await runWorkflow(
			example('batch-to-drive-and-slack.json', {
				'Kirin Video': withMarkers('', '[sandbox: fail]'),
				'Google Drive': toDrive,
				Slack: toSlack,
			}),
		);

		expect(error).toBeUndefined();
		expect(output('Google Drive').map(({ json }) => json.name)).toEqual([
			'Paper boat.mp4',
			'Pine forest.mp4',
		]);
		for (const item of [...output('Google Drive'), ...output('Slack')]) {
			expect(item.binary?.data).toBeDefined();
		}
		const cost = sandbox.current.ledger.tasks[0]?.cost;
		expect(output('Slack')[0]?.json.comment).toBe(
			`Paper boat: made with kirin_v2_5_turbo_t2v for ${cost} USD`,
		);
		expect(output('Rows that failed').map(({ json }) => json.title)).toEqual(['Lighthouse']);
		expect(sandbox.current.ledger.tasks.map(({ params }) => params.duration).sort()).toEqual([
			'10',
			'5',
			'5',
		]);
	});

	it('first-and-last-frame makes a video from one image to another', async () => {
		const image = async (width: number) => await storedBinary(png(width, 400), 'image/png');
		const without = (node: INode): INode => ({
			...node,
			type: NO_OP,
			typeVersion: 1,
			parameters: {},
		});
		const options = example('first-and-last-frame.json', {
			'First frame': without,
			'Last frame': without,
		});
		const binary = { first: await image(640), last: await image(641) };
		const { error, output } = await runWorkflow({ ...options, items: [{ json: {}, binary }] });

		expect(error).toBeUndefined();
		expect(output(NODE)[0]?.binary?.data).toBeDefined();
		expect(sandbox.current.ledger.tasks[0]?.params).toMatchObject({
			image: Buffer.from(png(640, 400)).toString('base64'),
			image_tail: Buffer.from(png(641, 400)).toString('base64'),
			mode: 'pro',
		});
	});

	it('three-shots makes one video of three shots', async () => {
		const { error, output } = await runWorkflow(example('three-shots.json'));

		expect(error).toBeUndefined();
		expect(output(NODE)[0]?.binary?.data).toBeDefined();
		const [task] = sandbox.current.ledger.tasks;
		expect(task?.params.multi_prompt).toHaveLength(3);
		expect(task?.unverified).toEqual([]);
	});

	it('batch-with-budget submits all rows within the budget, and none above it', async () => {
		const { output } = await runWorkflow(example('batch-with-budget.json'));
		expect(output(NODE)).toHaveLength(3);

		sandbox.current.reset();
		const tight = (node: INode): INode => ({
			...node,
			parameters: { ...node.parameters, costLimits: { maximumTotalCostUsd: '0.62' } },
		});
		const options = example('batch-with-budget.json', { 'Kirin Video': tight });
		const { error } = await runWorkflow(options);
		expect(error?.message).toContain('0.63 USD for 3 items is above');
		expect(sandbox.current.ledger.tasks).toEqual([]);
	});

	it('social-formats makes a landscape, a portrait and a square video of one prompt', async () => {
		const { error, output } = await runWorkflow(example('social-formats.json'));
		const items = output('Use the videos');

		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.fileName)).toEqual([
			'coffee-16x9.mp4',
			'coffee-9x16.mp4',
			'coffee-1x1.mp4',
		]);
		expect(await Promise.all(items.map(ratioOf))).toEqual(['1.8', '0.6', '1.0']);
		expect(new Set(sandbox.current.ledger.tasks.map(({ prompt }) => prompt)).size).toBe(1);
	});

	it('second-try makes a failed video again on another model', async () => {
		const { error, output } = await runWorkflow(
			example('second-try.json', { 'Kirin Video': withMarkers('[sandbox: fail]') }),
		);

		expect(error).toBeUndefined();
		expect(sandbox.current.ledger.tasks.map(({ model }) => model).sort()).toEqual([
			'kirin_v2_5_turbo_t2v',
			'kirin_v2_5_turbo_t2v',
			'kirin_v2_master_t2v',
		]);
		expect(output('Second try')).toHaveLength(1);
		expect(output('Second try')[0]?.binary?.data).toBeDefined();
		expect(output('Look at these')).toEqual([]);
	});

	it('second-try pays for no second video of a task that is still under way', async () => {
		const { output } = await runWorkflow(
			example('second-try.json', { 'Kirin Video': withMarkers('[sandbox: never]') }),
		);

		expect(sandbox.current.ledger.tasks).toHaveLength(2);
		expect(output('Look at these').map(({ json }) => json.details)).toMatchObject([
			{ status: 'in_progress' },
		]);
	});

	it('resume-on-callback gets every video, even when no call ever comes', async () => {
		const options = example('resume-on-callback.json');
		const waiting = await runWorkflow(options);
		expect(waiting.status).toBe('waiting');

		const { output } = await passDeadline(options, waiting);

		expect(output('Wait for the rest')).toHaveLength(3);
		expect(output('Use the videos').map(({ json }) => json.status)).toEqual([
			'completed',
			'completed',
			'completed',
		]);
		expect(sandbox.current.ledger.tasks).toHaveLength(3);
	});

	it.each([
		['the video', '', 'Use the video'],
		['the error of a task that has failed', '[sandbox: fail]', 'Tasks that failed'],
	])('polling-loop goes around until there is %s', async (_, marker, last) => {
		const options = example('polling-loop.json', { 'Kirin Video': withMarkers(marker) });
		// As long as it lags, a get tells of a task that has just begun.
		sandbox.current.settings.lagMs = 1e12;
		const first = await runWorkflow(options);
		expect(first.status).toBe('waiting');
		const second = await passDeadline(options, first);
		expect(second.status).toBe('waiting');
		expect(second.output('Get the task')[0]?.json.nextPollSeconds).toBeGreaterThan(0);

		await until(() => (sandbox.current.ledger.tasks[0]?.endsAt ?? 0) <= Date.now());
		sandbox.current.settings.lagMs = undefined;
		const { error, output } = await passDeadline(options, second);
		expect(error).toBeUndefined();
		expect(output(last)).toHaveLength(1);
		expect(output('Use the video').map(({ binary }) => Object.keys(binary ?? {}))).toEqual(
			marker ? [] : [['data']],
		);
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it.each([true, false])(
		'ai-agent-tool answers an agent (through the engine: %s)',
		async (throughEngine) => {
			const { nodes } = exampleIn('ai-agent-tool.json');
			const tool = nodes.find(({ name }) => name === 'Make a video');
			const { answer, description } = await runAsTool({
				...CREDENTIALS(),
				name: 'Make a video',
				parameters: tool?.parameters ?? {},
				call: { prompt: 'A lighthouse in a storm', duration: 10 },
				throughEngine,
			});

			expect(answer?.[0]).toMatchObject({ status: 'completed' });
			expect(sandbox.current.ledger.tasks[0]?.params).toMatchObject({
				prompt: 'A lighthouse in a storm',
				duration: '10',
			});
			expect(sandbox.current.ledger.count('download')).toBe(0);
			if (!throughEngine) expect(description).toContain('costs money');
		},
	);
});
