/** The workflows of the suite, in n8n and active. */
import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../sandbox';
import type { CredentialReference } from '../bench/contender';
import { KIRIN_TYPE, MODEL } from '../bench/kirin';
import type { N8nClient } from '../bench/n8n-client';
import { webhookWorkflow } from '../bench/workflow';
import { catalogueModel, generateFromText, onTask } from '../saved-parameters';
import type { Manner } from './batch';

export const KIRIN_NODE = 'Kirin Video';
export const READ_PATH = 'read';
/** Task → Wait on the IDs of tasks that exist. */
export const PICK_UP_PATH = 'pick-up';

/** The webhook that starts an execution of this manner. */
export function pathOf(manner: Manner): string {
	return manner.replaceAll(' ', '-').toLowerCase();
}

const VIDEO = {
	...catalogueModel(MODEL),
	prompt: '={{ $json.prompt }}',
	mode: 'std',
	duration: '5',
	aspectRatio: '16:9',
	waiting: {},
	options: {},
};

/** So that a callback that goes astray ends the wait within the suite's time. */
const LONGEST_WAIT_MINUTES = 3;

const PARAMETERS: Record<Manner, object> = {
	generate: generateFromText(VIDEO),
	'generate with own IDs': generateFromText({
		...VIDEO,
		options: { externalTaskId: '={{ $json.externalTaskId }}' },
	}),
	'resume on callback': generateFromText(
		{ ...VIDEO, waiting: { maximumWaitMinutes: LONGEST_WAIT_MINUTES } },
		'callback',
	),
};

const PICK_UP = onTask('wait', { taskId: '={{ $json.taskId }}' });

export async function addWorkflows(client: N8nClient, sandbox: Sandbox): Promise<void> {
	const data = { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl };
	const credentials = await client.addCredential('kirinVideoApi', data);
	for (const [manner, parameters] of Object.entries(PARAMETERS)) {
		const path = pathOf(manner as Manner);
		await client.addActiveWorkflow(kirinWorkflow(manner, path, parameters, credentials));
	}
	await client.addActiveWorkflow(kirinWorkflow('Pick up', PICK_UP_PATH, PICK_UP, credentials));
	await client.addActiveWorkflow(readWorkflow());
}

function kirinWorkflow(
	name: string,
	path: string,
	parameters: object,
	credentials: CredentialReference,
): object {
	const node = { name: KIRIN_NODE, type: KIRIN_TYPE, typeVersion: 1, parameters, credentials };
	return webhookWorkflow(name, path, { nodes: [node] });
}

/** Both of the suite's own nodes: the first runs where webhooks are taken, the second on a worker. */
function readWorkflow(): object {
	const node = (name: string, type: string, column: number) => ({
		id: randomUUID(),
		name,
		type: `CUSTOM.${type}`,
		typeVersion: 1,
		position: [column, 0],
		parameters: {},
		webhookId: randomUUID(),
	});
	return {
		name: 'Read',
		settings: { executionOrder: 'v1' },
		nodes: [node('On Webhook', 'readOnWebhook', 0), node('On Worker', 'readOnWorker', 240)],
		connections: { 'On Webhook': { main: [[{ node: 'On Worker', type: 'main', index: 0 }]] } },
	};
}
