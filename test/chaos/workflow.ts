/** A plan as the workflow that a user would have built. */
import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { type WorkflowJson, workflowWith } from '../engine/engine';
import { generateFromImage, generateFromText, onTask, type Waiting } from '../saved-parameters';
import { png } from '../unit/image-bytes';
import type { ItemPlan, Operation, RunPlan } from './plan';

/** Nodes whose output is looked at, first to last. */
export const NODE = 'Kirin Video';
export const WAIT_NODE = 'Wait for Video';

/** Where the service is to post status changes; nobody answers there. */
export const CALLBACK_PATH = '/callbacks';

/** Nobody listens at this address: the service's callbacks come to nothing. */
const NOWHERE = `http://127.0.0.1:9${CALLBACK_PATH}`;

/** Fields of the input items, which n8n repeats on the error output. */
export const INPUT_FIELDS = ['prompt', 'ownId', 'limit'];

/** Items with the same number and the same markers ask for the same video. */
export function promptOf(plan: RunPlan, { number, markers }: ItemPlan, filesUrl: string): string {
	const marked = markers.length > 0 ? ` [sandbox: ${markers.join('; ')}]` : '';
	return `Run ${plan.run} item ${number}: a crane${marked}`.replaceAll('{files}', filesUrl);
}

/** Below the price of any video, and above it. */
const LIMITS = { low: '0.001', high: '100' };

/** @param image in n8n's store, where the plan asks for one */
export function workflowOf(
	plan: RunPlan,
	filesUrl: string,
	image?: INodeExecutionData['binary'],
): WorkflowJson {
	const items = plan.items.map((item): INodeExecutionData => {
		const { ownId = '', limit } = item;
		const json = { prompt: promptOf(plan, item, filesUrl), ownId };
		return {
			json: { ...json, limit: limit ? LIMITS[limit] : 'none' },
			...(image && { binary: image }),
		};
	});
	const { onError, retry } = plan;
	const settings = {
		onError,
		...(retry && {
			retryOnFail: true,
			maxTries: retry.tries,
			waitBetweenTries: retry.pauseMs,
		}),
	};
	const workflow = workflowWith(parametersOf(plan, filesUrl), { items, ...settings });
	const whole = plan.operation === 'submit and wait' ? withWait(workflow, plan) : workflow;
	return plan.rounds > 1 ? inRounds(whole, plan.rounds) : whole;
}

/** How each operation of the campaign waits for its videos. */
const WAITING: Record<Operation, Waiting> = {
	generate: 'poll',
	resume: 'callback',
	submit: 'none',
	'submit and wait': 'none',
};

/** A node with the same items several times in one execution, as in a loop. */
function inRounds(workflow: WorkflowJson, rounds: number): WorkflowJson {
	const [start] = workflow.nodes;
	if (!start) throw new Error('The workflow has no start');
	const names = Array.from({ length: rounds }, (_, round) => `Round ${round}`);
	const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
	return {
		...workflow,
		nodes: [
			...workflow.nodes,
			...names.map((name) => ({ ...start, id: name, name, type: 'n8n-nodes-base.noOp' })),
		],
		connections: {
			...workflow.connections,
			[start.name]: { main: [names.map(to)] },
			...Object.fromEntries(names.map((name) => [name, { main: [[to(NODE)]] }])),
		},
	};
}

function parametersOf(plan: RunPlan, filesUrl: string): INodeParameters {
	const { operation, input, costLimits } = plan;
	const waiting = WAITING[operation];
	const asked = { prompt: '={{ $json.prompt }}', ...imageOf(plan) };
	return {
		...(input === 'text' ? generateFromText(asked, waiting) : generateFromImage(asked, waiting)),
		...(waiting === 'none' ? { output: outputOf(plan) } : settling(plan)),
		...(costLimits && { costLimits: { maximumCostUsd: '={{ $json.limit }}' } }),
		options: {
			externalTaskId: '={{ $json.ownId }}',
			// It is no part of what makes a video, so it tells for which item of which run a task was made.
			callbackUrl: `=${plan.callbacks ? filesUrl + CALLBACK_PATH : NOWHERE}?execution={{ $execution.id }}&run={{ $runIndex }}&item={{ $itemIndex }}`,
			...(plan.maxConcurrentTasks !== undefined && {
				maxConcurrentTasks: plan.maxConcurrentTasks,
			}),
		},
		requestOptions: requestOptions(plan),
	};
}

const IMAGE_BASE64 = Buffer.from(png(640, 360)).toString('base64');

function imageOf({ input }: RunPlan): INodeParameters {
	switch (input) {
		case 'text':
			return {};
		case 'binary':
			return { imageSource: 'binary' };
		case 'base64':
			return { imageSource: 'base64', imageBase64: IMAGE_BASE64 };
		case 'url':
			return { imageSource: 'url', imageUrl: 'https://images.example/crane.png' };
	}
}

/** Submit → Wait, with the task ID from Submit in either form of its output. */
function withWait(workflow: WorkflowJson, plan: RunPlan): WorkflowJson {
	const submit = workflow.nodes.find(({ name }) => name === NODE);
	if (!submit) throw new Error('The workflow has no node under test');
	const wait: INode = {
		...submit,
		id: WAIT_NODE,
		name: WAIT_NODE,
		parameters: {
			...onTask('wait', {
				taskId:
					'={{ $json.taskId ?? $json.id ?? $json.task_id ?? $json.request_id ?? $json.data?.id }}',
			}),
			...settling(plan),
			requestOptions: requestOptions(plan),
		},
	};
	const { [NODE]: outputs, ...connections } = workflow.connections;
	return {
		...workflow,
		nodes: [...workflow.nodes, wait],
		connections: {
			...connections,
			[NODE]: { main: [[{ node: WAIT_NODE, type: 'main', index: 0 }], outputs?.main?.[1] ?? []] },
			[WAIT_NODE]: outputs ?? {},
		},
	};
}

function settling(plan: RunPlan): INodeParameters {
	const { intervalSeconds, maximumWaitMinutes, onTimeout, onDownloadError } = plan;
	return {
		downloadVideo: plan.download,
		waiting: { intervalSeconds, maximumWaitMinutes, onTimeout },
		output: { ...outputOf(plan), onDownloadError },
	};
}

function outputOf({ output }: RunPlan): INodeParameters {
	return { simplify: output === 'simplified' };
}

/** In real ms: a machine with too much to do must not make calls time out that are not meant to. */
const NO_TIMEOUT_MS = 3_600_000;

function requestOptions({ batching, timeoutMs = NO_TIMEOUT_MS, tls }: RunPlan): INodeParameters {
	return {
		...(tls && { allowUnauthorizedCerts: true }),
		timeout: timeoutMs,
		...(batching && {
			batching: { batch: { batchSize: batching.size, batchInterval: batching.pauseMs } },
		}),
	};
}
