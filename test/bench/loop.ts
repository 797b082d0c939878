/**
 * The loop that n8n users build by hand: create all tasks, then wait, ask for all that are left and
 * sort out the finished ones, again and again. It is built well: the tasks of a batch are under way
 * together, which many published templates miss.
 */
import { startSandbox } from '../../sandbox';
import type { Contender, CredentialReference } from './contender';
import { MODEL } from './kirin';
import { witnessOf } from './witness';
import type { Chain } from './workflow';

/** The Wait node's own default; published templates wait for 10 to 60 s. */
export const LOOP_WAIT_SECONDS = 5;

const HTTP_REQUEST = { type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2 };
const HEADER_AUTH = { authentication: 'genericCredentialType', genericAuthType: 'httpHeaderAuth' };

const CREATE_BODY = `={{ JSON.stringify({
	model: '${MODEL}',
	input: [{ params: { prompt: $json.prompt, mode: 'std', duration: '5', aspect_ratio: '16:9' } }],
}) }}`;

export const loop: Contender = {
	id: 'loop',
	title: `HTTP Request + Wait (${LOOP_WAIT_SECONDS} s) + IF`,
	async startService() {
		const sandbox = await startSandbox();
		const data = { name: 'Authorization', value: `Bearer ${sandbox.apiKey}` };
		return {
			witness: witnessOf(sandbox),
			credential: { type: 'httpHeaderAuth', data },
			chain: (credentials) => loopOver(`${sandbox.apiUrl}/model/v1/generation`, credentials),
		};
	},
};

function loopOver(baseUrl: string, credentials: CredentialReference): Chain {
	return {
		nodes: [
			{
				name: 'Create',
				...HTTP_REQUEST,
				parameters: {
					method: 'POST',
					url: baseUrl,
					...HEADER_AUTH,
					sendBody: true,
					specifyBody: 'json',
					jsonBody: CREATE_BODY,
				},
				credentials,
			},
			{
				name: 'Wait',
				type: 'n8n-nodes-base.wait',
				typeVersion: 1.1,
				parameters: { amount: LOOP_WAIT_SECONDS, unit: 'seconds' },
			},
			{
				name: 'Ask',
				...HTTP_REQUEST,
				parameters: { url: `=${baseUrl}/task/{{ $json.id }}`, ...HEADER_AUTH },
				credentials,
			},
			{
				name: 'Finished?',
				type: 'n8n-nodes-base.if',
				typeVersion: 2.2,
				parameters: {
					conditions: {
						options: { version: 2, caseSensitive: true, typeValidation: 'strict', leftValue: '' },
						combinator: 'and',
						conditions: [
							{
								id: 'finished',
								leftValue: '={{ $json.status }}',
								rightValue: 'completed',
								operator: { type: 'string', operation: 'equals' },
							},
						],
					},
				},
			},
			{
				name: 'Download',
				// Below the loop, it would begin only when the last task has ended.
				isAbove: true,
				...HTTP_REQUEST,
				parameters: {
					url: '={{ $json.output[0].content[0].url }}',
					options: { response: { response: { responseFormat: 'file' } } },
				},
			},
		],
		links: [
			{ from: 'Create', output: 0, to: 'Wait' },
			{ from: 'Wait', output: 0, to: 'Ask' },
			{ from: 'Ask', output: 0, to: 'Finished?' },
			{ from: 'Finished?', output: 0, to: 'Download' },
			{ from: 'Finished?', output: 1, to: 'Wait' },
		],
	};
}
