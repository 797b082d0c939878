import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { callResumeUrl, runWorkflow, type RunOptions, type WorkflowJson } from '../engine/engine';
import { KEY, NODE, sandboxForTests, until } from '../engine/kirin';
import { openTriggerHost } from '../engine/trigger-host';
import { clientOf } from '../sandbox/client';

interface Saved {
	workflow: WorkflowJson;
	sends: Body[];
	gives: { fields: string[]; binary: string[] };
}

interface Body {
	model: string;
	input: [{ params: Record<string, unknown> }];
}

const versions = readdirSync(__dirname, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

const sandbox = sandboxForTests();

function read(version: string, file: string): Saved {
	return JSON.parse(readFileSync(join(__dirname, version, file), 'utf8')) as Saved;
}

function options(workflow: WorkflowJson): RunOptions {
	return {
		nodes: [new KirinVideo(), new KirinVideoTrigger()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
		workflow,
	};
}

/** Runs to the end, whatever the workflow waits for. */
async function itemsOf(workflow: WorkflowJson): Promise<INodeExecutionData[]> {
	const all = options(workflow);
	let run = await runWorkflow(all);
	if (run.status === 'waiting') {
		const { tasks } = sandbox.current.ledger;
		await until(() => tasks.every(({ settlesAt }) => settlesAt <= Date.now()));
		const { resumed } = await callResumeUrl(all, run, { body: { id: tasks[0]?.id } });
		if (!resumed) throw new Error('The execution goes on waiting');
		run = resumed;
	}
	if (run.error) throw run.error;
	return run.output('After');
}

async function itemsOfTrigger(workflow: WorkflowJson): Promise<INodeExecutionData[]> {
	const host = await openTriggerHost(options(workflow), NODE);
	try {
		await clientOf(sandbox.current).settle({ prompt: 'A fox', callback_url: host.url });
		await until(() => host.executions.length > 0);
		return host.emitted();
	} finally {
		await host.close();
	}
}

/** What was sent, without the IDs and addresses that the node makes anew for each run. */
function bodiesSent(): Body[] {
	const bodies = sandbox.current.ledger.requests
		.filter(({ kind }) => kind === 'create' || kind === 'precharge')
		.map(({ body }) => body as Body);
	return bodies.map(({ model, input: [{ params }] }) => ({
		model,
		input: [
			{
				params: Object.fromEntries(
					Object.entries(params).filter(
						([key, value]) =>
							key !== 'callback_url' &&
							!(key === 'external_task_id' && String(value).startsWith('n8n-')),
					),
				),
			},
		],
	}));
}

/** Items are under way together, so their order on the wire is not fixed. */
function inAnyOrder(bodies: Body[]): Body[] {
	return [...bodies].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

describe.each(versions)('A workflow saved with version %s', (version) => {
	const files = readdirSync(join(__dirname, version));

	it.each(files.filter((file) => file !== 'trigger.json'))('still runs: %s', async (file) => {
		const { workflow, sends, gives } = read(version, file);
		const items = await itemsOf(workflow);

		expect(inAnyOrder(bodiesSent())).toEqual(inAnyOrder(sends));
		expect(items).toHaveLength(workflow.pinData?.Start?.length ?? 1);
		for (const { json, binary = {} } of items) {
			expect(Object.keys(json)).toEqual(expect.arrayContaining(gives.fields));
			expect(Object.keys(binary)).toEqual(gives.binary);
		}
	});

	it.each(files.filter((file) => file === 'trigger.json'))('still starts: %s', async (file) => {
		const { workflow, gives } = read(version, file);
		const [item, ...others] = await itemsOfTrigger(workflow);

		expect(others).toEqual([]);
		expect(Object.keys(item?.json ?? {})).toEqual(expect.arrayContaining(gives.fields));
		expect(Object.keys(item?.binary ?? {})).toEqual(gives.binary);
	});
});
