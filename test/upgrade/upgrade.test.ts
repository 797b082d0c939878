import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import {
	callResumeUrl,
	runWorkflow,
	type EngineRun,
	type RunOptions,
	type WorkflowJson,
} from '../engine/engine';
import { KEY, NODE, sandboxForTests, time, until } from '../engine/kirin';
import { openTriggerHost } from '../engine/trigger-host';
import { clientOf } from '../sandbox/client';

/** What users have saved with each version runs with today's node. CONTRIBUTING says how to add a file. */

/** The fields and binary fields of an item that the nodes behind could rely on. */
interface Given {
	fields: string[];
	binary: string[];
}

interface Saved {
	/** As n8n has saved it: without values that are the default. Its pinned data are the items. */
	workflow: WorkflowJson;
	/** The node's context in an execution that was waiting when the version was replaced. */
	context?: Context;
	/** The bodies that went to the service, without the IDs and addresses that are made for each run. */
	sends?: Body[];
	gives?: Given[];
}

type Context = Record<string, unknown>;

interface Body {
	model: string;
	input: [{ params: Record<string, unknown> }];
}

const sandbox = sandboxForTests();

const versions = readdirSync(__dirname, { withFileTypes: true })
	.filter((entry) => entry.isDirectory())
	.map(({ name }) => name);

function filesIn(...path: string[]): string[] {
	const files = readdirSync(join(__dirname, ...path)).filter((file) => file.endsWith('.json'));
	return files.map((file) => join(...path, file));
}

function read(file: string): Saved {
	return JSON.parse(readFileSync(join(__dirname, file), 'utf8')) as Saved;
}

/** A new file has its workflow only: what it does now is what later versions are held to. */
function complete(file: string, saved: Saved, found: Omit<Saved, 'workflow'>): Saved {
	if (saved.gives) return saved;
	writeFileSync(join(__dirname, file), `${JSON.stringify({ ...saved, ...found }, null, '\t')}\n`);
	throw new Error(`${file} was completed: read it, and commit it`);
}

function options(workflow: WorkflowJson): RunOptions {
	return {
		nodes: [new KirinVideo(), new KirinVideoTrigger()],
		credentialTypes: [new KirinVideoApi()],
		credentials: { kirinVideoApi: { apiKey: KEY, baseUrl: sandbox.current.apiUrl } },
		workflow,
	};
}

/** Lets the service finish every task. */
async function tasksEnd(): Promise<void> {
	const { tasks } = sandbox.current.ledger;
	await time.pass(Math.max(...tasks.map(({ endsAt }) => endsAt)) - time.now());
}

async function resume(all: RunOptions, waiting: EngineRun): Promise<INodeExecutionData[]> {
	await tasksEnd();
	const body = { id: sandbox.current.ledger.tasks[0]?.id };
	const { resumed } = await callResumeUrl(all, waiting, { body });
	if (!resumed) throw new Error('The execution goes on waiting');
	if (resumed.error) throw resumed.error;
	return resumed.output('After');
}

/** Runs to the end, whatever the workflow waits for. */
async function itemsOf(workflow: WorkflowJson): Promise<INodeExecutionData[]> {
	const all = options(workflow);
	const run = await runWorkflow(all);
	if (run.status === 'waiting') return await resume(all, run);
	if (run.error) throw run.error;
	return run.output('After');
}

async function itemsOfTrigger(workflow: WorkflowJson): Promise<INodeExecutionData[]> {
	const host = await openTriggerHost(options(workflow), NODE);
	try {
		const params = { prompt: 'A fox', callback_url: host.url };
		await clientOf(sandbox.current).create(params);
		await until(() => host.executions.length > 0);
		return host.emitted();
	} finally {
		await host.close();
	}
}

/** Sorted, because items are under way together. */
function bodiesSent(): Body[] {
	const isOfTheRun = ([name, value]: [string, unknown]) =>
		name === 'callback_url' || (name === 'external_task_id' && String(value).startsWith('n8n-'));
	return sandbox.current.ledger.requests
		.filter(({ kind }) => kind === 'create' || kind === 'precharge')
		.map(({ body }): Body => {
			const { model, input } = body as Body;
			const params = Object.entries(input[0].params).filter((entry) => !isOfTheRun(entry));
			return { model, input: [{ params: Object.fromEntries(params) }] };
		})
		.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

function given(items: INodeExecutionData[]): Given[] {
	return items.map(({ json, binary = {} }) => ({
		fields: Object.keys(json).sort(),
		binary: Object.keys(binary),
	}));
}

/** Fields may have been added since. */
function atLeast(gives: Given[] = []) {
	return gives.map(({ fields, binary }) => ({
		fields: expect.arrayContaining(fields) as string[],
		binary,
	}));
}

/** Where n8n keeps a node's context in an execution. */
function contextsOf({ run }: EngineRun): Record<string, Context> {
	return run.data.executionData?.contextData ?? {};
}

const OF_NODE = `node:${NODE}`;

/** Any time of these years, in milliseconds since the epoch. */
const isTime = (value: unknown) => typeof value === 'number' && value > 1e12;

/** All values under some keys, or that are of some kind, in the order in which they are stored. */
function valuesIn(context: Context, isOne: (key: string, value: unknown) => boolean): unknown[] {
	const found = new Set<unknown>();
	JSON.stringify(context, (key, value: unknown) => {
		if (isOne(key, value)) found.add(value);
		return value;
	});
	return [...found];
}

/** What a version has saved, about the tasks and the addresses of today, in a wait that began just now. */
function asOfToday(saved: Context, today: Context): Context {
	const since = (context: Context) =>
		Math.min(...valuesIn(context, (_, value) => isTime(value)).map(Number));
	const later = since(today) - since(saved);
	const named = (context: Context) =>
		valuesIn(context, (key) => /^(taskId|externalTaskId|baseURL|resumeUrl)$/.test(key));
	const names = named(today);
	const exchange = new Map(named(saved).map((name, index) => [name, names[index]]));
	return JSON.parse(JSON.stringify(saved), (_, value: unknown) =>
		isTime(value) ? Number(value) + later : (exchange.get(value) ?? value),
	) as Context;
}

/** The videos of a wait are stored as a text: opened, and closed again. */
function withVideos(context: Context, change: (videos: unknown) => unknown): Context {
	const state = context.kirinVideoSavedState as Record<string, unknown>;
	return { ...context, kirinVideoSavedState: { ...state, videos: change(state.videos) } };
}
const opened = (context: Context) => withVideos(context, (text) => JSON.parse(String(text)));
const closed = (context: Context) => withVideos(context, (videos) => JSON.stringify(videos));

describe.each(versions)('What version %s has saved', (version) => {
	it.each(filesIn(version))('still runs: %s', async (file) => {
		const saved = read(file);
		const isOfTrigger = saved.workflow.nodes.some(({ type }) =>
			type.endsWith('.kirinVideoTrigger'),
		);
		const find = isOfTrigger ? itemsOfTrigger : itemsOf;
		const gives = given(await find(saved.workflow));
		const found = { sends: isOfTrigger ? [] : bodiesSent(), gives };
		const expected = complete(file, saved, found);

		expect(found).toEqual({ sends: expected.sends, gives: atLeast(expected.gives) });
	});

	it.each(filesIn(version, 'waiting'))('is resumed after an update: %s', async (file) => {
		const saved = read(file);
		const all = options(saved.workflow);
		const waiting = await runWorkflow(all);
		const contexts = contextsOf(waiting);
		const context = contexts[OF_NODE] ?? {};
		const asSuspended = structuredClone(context);
		if (saved.context) {
			contexts[OF_NODE] = closed(asOfToday(opened(saved.context), opened(context)));
		}
		const created = sandbox.current.ledger.tasks.map(({ id }) => id);
		const items = await resume(all, waiting);
		const found = { context: asSuspended, gives: given(items) };
		const expected = complete(file, saved, found);

		expect(found.gives).toEqual(atLeast(expected.gives));
		expect(items.map(({ json }) => json.taskId).filter(Boolean)).toEqual(created);
		expect(sandbox.current.ledger.tasks.map(({ id }) => id)).toEqual(created);
	});
});
