/** The ways of waiting, each in a workflow that Engine 2.0 runs, and what comes of it in words. */
import type { Report } from '../../demo/steps';
import type { Engine2Record } from '../../docs/compatibility';
import type { Sandbox } from '../../sandbox';
import { KIRIN_TYPE } from '../bench/kirin';
import type { Execution, N8nClient } from '../bench/n8n-client';
import { type WorkflowNode, inARow, webhookWorkflow, workflowOf } from '../bench/workflow';
import { ended, itemsOf, untilAll } from '../e2e-server/executions';
import { servedVideo, sha256 } from '../e2e-server/served-video';
import { generateFromText, onTask } from '../saved-parameters';

/** What tells a workflow's executions apart: those of this engine have UUIDs. */
const ENGINE_2_ID = /^[0-9a-f]{8}-/;
const LIMIT_MS = 60_000;
const SETTINGS = { engineType: 'v2' };
/** The node whose items are looked at. */
const LAST = 'Last';
/** The node behind it, which reads its file. */
const READER = 'Reader';
const reader: WorkflowNode = {
	name: READER,
	type: 'n8n-nodes-base.crypto',
	typeVersion: 1,
	parameters: { type: 'SHA256', binaryData: true, dataPropertyName: 'hash' },
};
/** What the node logs where n8n cannot put an execution to wait. */
const FELL_BACK = /cannot put this execution to wait \((.*?)\), so the node polls/;

type Way = Engine2Record['ways'][number];

/** @param log all that n8n has logged so far */
export async function tryWays(
	client: N8nClient,
	sandbox: Sandbox,
	log: () => string,
	report: Report,
): Promise<Way[]> {
	const data = { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl };
	const credentials = await client.addCredential('kirinVideoApi', data);
	const kirin = (name: string, parameters: object): WorkflowNode => ({
		name,
		type: KIRIN_TYPE,
		typeVersion: 1,
		parameters,
		credentials,
	});
	const outcome = async (id: string) => await outcomeOf(await endOf(client, id), sandbox);

	/** Runs a chain of nodes, the last of which is the one that is looked at. */
	const run = async (path: string, ...nodes: [WorkflowNode, ...WorkflowNode[]]) => {
		report(path);
		const workflow = await client.addActiveWorkflow(
			webhookWorkflow(path, path, { nodes }, SETTINGS),
		);
		return await client.triggerFirst(workflow, path, { items: [{}] });
	};

	const polling = await run('poll', kirin(LAST, generateFromText()), reader);
	const poll = await outcome(polling);
	const inEditor = await fileInEditor(await ended(client, polling), client);

	const logged = log().length;
	const callback = await outcome(
		await run('callback', kirin(LAST, generateFromText({}, 'callback')), reader),
	);
	const [, refusal] = FELL_BACK.exec(log().slice(logged)) ?? [];

	const none = await outcome(
		await run(
			'none',
			kirin('First', generateFromText({}, 'none')),
			kirin(LAST, onTask('wait')),
			reader,
		),
	);

	report('trigger');
	const path = 'kirin-on-engine-2';
	const listening = await client.addActiveWorkflow(triggered(path, credentials));
	const callbackUrl = `${client.address}/webhook/${path}/webhook`;
	await run('create', kirin(LAST, generateFromText({ options: { callbackUrl } }, 'none')));
	const [started] = itemsOf(await endOf(client, await client.firstExecution(listening)), LAST);
	const trigger = `starts a workflow, ${started?.binary ? 'with' : 'without'} its video`;

	return [
		{ way: 'Poll Until Finished', outcome: poll },
		{
			way: 'Resume on Callback',
			outcome:
				refusal === undefined ? `${callback}, after a wait` : `${callback}, by polling: ${refusal}`,
		},
		{ way: "Don't Wait, and Task → Wait behind it", outcome: none },
		{ way: 'Kirin Video Trigger', outcome: trigger },
		{ way: "the video in the editor's output", outcome: inEditor },
	];
}

function triggered(path: string, credentials: WorkflowNode['credentials']): object {
	const trigger = {
		name: LAST,
		type: `${KIRIN_TYPE}Trigger`,
		typeVersion: 1,
		parameters: {},
		credentials,
	};
	const after = { name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
	const workflow = workflowOf('trigger', [trigger, after], inARow(LAST, 'After'), SETTINGS);
	for (const node of workflow.nodes)
		if (node.name === LAST) Object.assign(node, { webhookId: path });
	return workflow;
}

/** @throws when n8n has run it on another engine, or it does not come to an end */
async function endOf(client: N8nClient, id: string): Promise<Execution> {
	if (!ENGINE_2_ID.test(id)) throw new Error(`Execution ${id} is not one of Engine 2.0.`);
	const isOver = (execution: unknown) => typeof execution === 'object';
	await untilAll(client, [id], isOver, { limitMs: LIMIT_MS, what: 'over' });
	return await ended(client, id);
}

async function outcomeOf(execution: Execution, sandbox: Sandbox): Promise<string> {
	if (execution.status !== 'success') {
		const errors = [LAST, READER].map((name) => execution.runData[name]?.at(-1)?.error?.message);
		const error = errors.find((message) => message !== undefined) ?? execution.error?.message;
		return `${execution.status}: ${error ?? 'no error is told'}`;
	}
	const [{ json } = { json: {} as Record<string, unknown> }] = itemsOf(execution, READER);
	if (typeof json.taskId !== 'string') return 'completed, without its video';
	const served = await servedVideo(sandbox, json.taskId);
	return json.hash === sha256(served)
		? 'completed, with its video'
		: 'completed, with another file';
}

/** What n8n answers when its editor asks for the file, to show it or to have it downloaded. */
async function fileInEditor(execution: Execution, client: N8nClient): Promise<string> {
	const [item] = itemsOf(execution, LAST);
	const id = item?.binary?.data?.id;
	if (id === undefined) return 'there is none';
	return await client.binary(id).then(
		() => 'plays',
		(error: Error) =>
			`does not play: ${/^n8n answered \d+/.exec(error.message)?.[0] ?? error.message}`,
	);
}
