import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import type { Suspension } from '../../nodes/KirinVideo/suspend/savedState';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import {
	callResumeUrl,
	runWorkflow,
	type EngineRun,
	type RunOptions,
	type WorkflowJson,
} from '../engine/engine';
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

/** An execution that was waiting when its version was replaced. */
interface Waiting {
	workflow: WorkflowJson;
	suspension: Suspension;
	gives: Array<Saved['gives']>;
}

function read<T = Saved>(version: string, file: string): T {
	return JSON.parse(readFileSync(join(__dirname, version, file), 'utf8')) as T;
}

function filesIn(...path: string[]): string[] {
	return readdirSync(join(__dirname, ...path)).filter((file) => file.endsWith('.json'));
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

/** The suspension of a version, in the place of the one that today's node has left with the execution. */
function suspendAs(saved: Suspension, { run }: EngineRun): void {
	const contexts = run.data.executionData?.contextData ?? {};
	const context = contexts[`node:${NODE}`] as { kirinVideoSuspension: Suspension };
	const own = context.kirinVideoSuspension.items;
	// Its tasks are those that the service has now, and the wait has begun just now.
	const text = saved.items.reduce((all, item, index) => {
		const [then, now] = [item?.pending, own[index]?.pending];
		if (!then || !now) return all;
		return all
			.replaceAll(then.ids.taskId ?? '', now.ids.taskId ?? '')
			.replaceAll(then.ids.externalTaskId ?? '', now.ids.externalTaskId ?? '')
			.replaceAll(String(then.since), String(now.since));
	}, JSON.stringify(saved));
	context.kirinVideoSuspension = JSON.parse(text) as Suspension;
}

/** Items are under way together, so their order on the wire is not fixed. */
function inAnyOrder(bodies: Body[]): Body[] {
	return [...bodies].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

describe.each(versions)('What version %s has saved', (version) => {
	const files = filesIn(version);

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

	it.each(filesIn(version, 'waiting'))('is resumed after an update: %s', async (file) => {
		const { workflow, suspension, gives } = read<Waiting>(version, join('waiting', file));
		const all = options(workflow);
		const waiting = await runWorkflow(all);
		const { tasks } = sandbox.current.ledger;
		const created = tasks.map(({ id }) => id);
		suspendAs(suspension, waiting);
		await until(() => tasks.every(({ settlesAt }) => settlesAt <= Date.now()));
		const { resumed } = await callResumeUrl(all, waiting, { body: { id: created[0] } });
		const items = resumed?.output('After') ?? [];

		expect(items.map(({ json }) => json.taskId).filter(Boolean)).toEqual(created);
		expect(
			items.map(({ json, binary = {} }) => ({
				fields: Object.keys(json),
				binary: Object.keys(binary),
			})),
		).toEqual(
			gives.map(({ fields, binary }) => ({
				fields: expect.arrayContaining(fields) as string[],
				binary,
			})),
		);
		expect(tasks.map(({ id }) => id)).toEqual(created);
	});
});
