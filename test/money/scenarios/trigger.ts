/** The trigger: each event of a task starts the workflow once, and none is lost. */
import { randomUUID } from 'node:crypto';
import { PACKAGE_NAME } from '../../../demo/package';
import { inARow, workflowOf, type WorkflowNode } from '../../bench/workflow';
import type { OutputItem } from '../../bench/n8n-client';
import { itemsOf } from '../../e2e-server/executions';
import type { Case } from '../case';
import type { Scenario } from '../scenario';
import { flood, FLOOD_CALLS, triggerGets } from './flood';
import { unfinished } from './waiting';

const TRIGGER = 'Kirin Video Trigger';
const LAST = 'Use the video';

const NO_OP: WorkflowNode = {
	name: LAST,
	type: 'n8n-nodes-base.noOp',
	typeVersion: 1,
	parameters: {},
};

interface Listening {
	workflowId: string;
	/** The trigger's Production URL. */
	url: string;
}

/** @param between nodes between the trigger and the last one */
async function listen(scenario: Case, between: WorkflowNode[] = []): Promise<Listening> {
	const { client, credentials, stage } = scenario;
	const trigger: WorkflowNode = {
		name: TRIGGER,
		type: `${PACKAGE_NAME}.kirinVideoTrigger`,
		typeVersion: 1,
		parameters: {},
		credentials,
	};
	const nodes = [trigger, ...between, NO_OP];
	const workflow = workflowOf(scenario.name, nodes, inARow(...nodes.map(({ name }) => name)));
	const webhookId = randomUUID();
	Object.assign(workflow.nodes[0] ?? {}, { webhookId });
	const workflowId = await client.addActiveWorkflow(workflow);
	const url = `${stage.n8n.url}webhook/${webhookId}/webhook`;
	await untilListening(scenario, url);
	return { workflowId, url };
}

/** n8n publishes an activated workflow a moment after it has said so. */
async function untilListening(scenario: Case, url: string): Promise<void> {
	const isThere = async () => {
		const { status } = await post(url, { id: 'nobody' });
		// Of a path that n8n does not know it says so in its own words.
		return status !== 404 || scenario.ledger.count('get') > 0;
	};
	await scenario.until(isThere, 'the trigger listens');
}

async function post(url: string, body: object): Promise<Response> {
	const headers = { 'content-type': 'application/json' };
	return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Somebody else makes a task, with the trigger's URL. */
async function createTask(scenario: Case, prompt: string, callbackUrl: string): Promise<string> {
	const { apiUrl, apiKey } = scenario.sandbox;
	const answer = await fetch(`${apiUrl}/model/v1/generation`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
		body: JSON.stringify({
			model: 'kirin_v2_5_turbo_t2v',
			input: [{ params: { prompt, callback_url: callbackUrl } }],
		}),
	});
	if (!answer.ok) throw new Error(`The sandbox refuses the task: ${await answer.text()}`);
	return ((await answer.json()) as { id: string }).id;
}

/** The items that came out at the workflow's end, of all its executions. */
async function emitted(scenario: Case, { workflowId }: Listening): Promise<OutputItem[]> {
	const latest = await scenario.client.executions(100);
	const items: OutputItem[] = [];
	for (const { id, workflowId: of } of latest) {
		if (of !== workflowId) continue;
		const execution = await scenario.client.execution(id);
		if (typeof execution === 'object') items.push(...itemsOf(execution, LAST));
	}
	return items;
}

/** Each task's event has to come out once, with its video. */
async function judge(scenario: Case, listening: Listening, tasks: Map<string, string>) {
	let items: OutputItem[] = [];
	const allOut = async () => {
		items = await emitted(scenario, listening);
		return items.length >= tasks.size;
	};
	await scenario.until(allOut, 'all events come out').catch(() => undefined);
	for (const item of items) scenario.tell(JSON.stringify(item));
	for (const [taskId, prompt] of tasks) {
		const own = items.filter(({ json }) => json.taskId === taskId);
		if (own.length === 0) scenario.count('eventsLost', `nothing comes out for task ${taskId}`);
		scenario.check(own.length <= 1, `${own.length} events come out for task ${taskId}`);
		await scenario.deliver(own.slice(0, 1), [prompt], 'video');
	}
}

const lagging: Scenario = {
	name: 'trigger-while-the-api-lags',
	phase: 'together',
	async act(scenario) {
		const listening = await listen(scenario);
		const [prompt = ''] = scenario.prompts(1, 'render 2s');
		let lags = 2;
		let isDone = false;
		scenario.front.rules.push((call) => {
			if (call.kind !== 'get') return undefined;
			return call.forward().then((reply) => {
				isDone ||= reply.body.includes('"completed"');
				return isDone && lags-- > 0 ? unfinished(reply) : reply;
			});
		});
		const id = await createTask(scenario, prompt, listening.url);
		const last = () => scenario.ledger.requests.filter(({ kind }) => kind === 'callback')[1];
		await scenario.until(() => last()?.status !== undefined, 'the last callback is answered');
		// Refused, it is sent again by whoever cares; answered 200, it is taken.
		for (let again = 0; again < 5 && (last()?.status ?? 0) >= 500; again++) {
			if ((await post(listening.url, { id, status: 'completed' })).ok) break;
		}
		await judge(scenario, listening, new Map([[id, prompt]]));
	},
};

/** Each of its two callbacks is verified, and again while the API does not confirm it. */
const GETS_PER_TASK = 8;

const flooded: Scenario = {
	name: 'trigger-called-by-strangers',
	phase: 'alone',
	async act(scenario) {
		const listening = await listen(scenario);
		const { ledger } = scenario;
		const before = ledger.count('get');
		const start = performance.now();
		const calls = flood(listening.url);
		const prompts = scenario.prompts(3, 'render 1s');
		const tasks = new Map<string, string>();
		for (const prompt of prompts) {
			tasks.set(await createTask(scenario, prompt, listening.url), prompt);
		}
		await calls.all;
		const gets = ledger.count('get') - before;
		const most = triggerGets(performance.now() - start, GETS_PER_TASK * prompts.length);
		await scenario.until(
			() => ledger.count('callback') === 2 * prompts.length,
			'all callbacks are sent',
		);
		await judge(scenario, listening, tasks);
		scenario.check(gets <= most, `${FLOOD_CALLS} calls take ${gets} gets, and not ${most} at most`);
	},
};

/** n8n dies while a node behind the trigger works; Retry has to start from the event again. */
const crashBehind: Scenario = {
	name: 'trigger-then-a-node-that-crashes',
	phase: 'kill',
	async act(scenario) {
		let isOpen = false;
		let isHeld = false;
		scenario.front.rules.push((call) => {
			if (call.path !== '/next-step' || isOpen) return undefined;
			isHeld = true;
			return Promise.resolve('hold');
		});
		const listening = await listen(scenario, [
			{
				name: 'Set aside',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					url: `${scenario.front.apiUrl}/next-step`,
					options: KEEP_GOING,
				},
			},
		]);
		const [prompt = ''] = scenario.prompts(1, 'render 1s');
		const taskId = await createTask(scenario, prompt, listening.url);
		const id = await scenario.executionOf(listening.workflowId);
		await scenario.until(() => isHeld, 'the next node works');
		await scenario.stage.killed();
		isOpen = true;
		await retryAndJudge(scenario, { id, taskId, prompt });
	},
};

/** A 404 of the sandbox is no error there. */
const KEEP_GOING = { response: { response: { neverError: true } } };

/** n8n dies while the trigger downloads the video. */
const crashInDownload: Scenario = {
	name: 'trigger-that-crashes-in-its-download',
	phase: 'kill',
	async act(scenario) {
		const listening = await listen(scenario);
		scenario.sandbox.faults = [{ on: 'download', kind: 'hang' }];
		const [prompt = ''] = scenario.prompts(1, 'render 1s');
		const taskId = await createTask(scenario, prompt, listening.url);
		const id = await scenario.executionOf(listening.workflowId);
		await scenario.until(() => scenario.ledger.count('download') > 0, 'the video is fetched');
		await scenario.stage.killed();
		scenario.sandbox.faults = [];
		await retryAndJudge(scenario, { id, taskId, prompt });
	},
};

async function retryAndJudge(
	scenario: Case,
	{ id, taskId, prompt }: { id: string; taskId: string; prompt: string },
): Promise<void> {
	await scenario.ended(id);
	const execution = await scenario.retried(id, 'original');
	scenario.check(execution.status === 'success', `Retry ends as ${execution.status}`);
	const items = itemsOf(execution, LAST);
	if (items.length === 0) scenario.count('eventsLost', `Retry emits nothing for task ${taskId}`);
	// The video is the trigger's; what comes between need not pass it on.
	await scenario.deliver(itemsOf(execution, TRIGGER), [prompt], 'video');
}

export const triggers: Scenario[] = [lagging, flooded, crashBehind, crashInDownload];
