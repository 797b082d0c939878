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
	const outcome = async (id: string) => await outcomeOf(await endOf(client, id), client, sandbox);

	/** Runs a chain of nodes, the last of which is the one that is looked at. */
	const run = async (path: string, ...nodes: [WorkflowNode, ...WorkflowNode[]]) => {
		report(path);
		const workflow = await client.addActiveWorkflow(
			webhookWorkflow(path, path, { nodes }, SETTINGS),
		);
		return await client.triggerFirst(workflow, path, { items: [{}] });
	};

	const poll = await outcome(await run('poll', kirin(LAST, generateFromText())));

	const logged = log().length;
	const callback = await outcome(
		await run('callback', kirin(LAST, generateFromText({}, 'callback'))),
	);
	const [, refusal] = FELL_BACK.exec(log().slice(logged)) ?? [];

	const none = await outcome(
		await run('none', kirin('First', generateFromText({}, 'none')), kirin(LAST, onTask('wait'))),
	);

	report('trigger');
	const path = 'kirin-on-engine-2';
	const listening = await client.addActiveWorkflow(triggered(path, credentials));
	const callbackUrl = `${client.address}/webhook/${path}/webhook`;
	await run('create', kirin(LAST, generateFromText({ options: { callbackUrl } }, 'none')));
	const trigger = await outcome(await client.firstExecution(listening));

	return [
		{ way: 'Poll Until Finished', outcome: poll },
		{
			way: 'Resume on Callback',
			outcome:
				refusal === undefined ? `${callback}, after a wait` : `${callback}, by polling: ${refusal}`,
		},
		{ way: "Don't Wait, and Task → Wait behind it", outcome: none },
		{ way: 'Kirin Video Trigger', outcome: trigger },
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
	const workflow = workflowOf(
		'trigger',
		[trigger, { name: 'After', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} }],
		inARow(LAST, 'After'),
		SETTINGS,
	);
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

async function outcomeOf(
	execution: Execution,
	client: N8nClient,
	sandbox: Sandbox,
): Promise<string> {
	const [{ json, binary } = { json: {} }] = itemsOf(execution, LAST);
	if (execution.status !== 'success') {
		const error = execution.runData[LAST]?.at(-1)?.error?.message ?? execution.error?.message;
		return `${execution.status}: ${error ?? 'no error is told'}`;
	}
	const file = binary?.data?.id;
	if (file === undefined) return 'completed, without the video';
	const served = await servedVideo(sandbox, String(json.taskId));
	const isWhole = sha256(await client.binary(file)) === sha256(served);
	return isWhole ? 'completed, with the video' : 'completed, with another file than the video';
}
