/** A plan as the workflow that a user would have built. */
import type { INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { type WorkflowJson, workflowWith } from '../engine/engine';
import { generateFromText, onTask } from '../saved-parameters';
import type { RunPlan } from './plan';

/** Nodes whose output is looked at, first to last. */
export const NODE = 'Kirin Video';
export const WAIT_NODE = 'Wait for Video';

/** Where the service is to post status changes; nobody answers there. */
export const CALLBACK_PATH = '/callbacks';

/** Fields of the input items, which n8n repeats on the error output. */
export const INPUT_FIELDS = ['prompt', 'ownId'];

export function promptsOf(plan: RunPlan, filesUrl: string): string[] {
	return plan.items.map(({ number, markers }) => {
		const marked = markers.length > 0 ? ` [sandbox: ${markers.join('; ')}]` : '';
		return `Run ${plan.run} item ${number}: a crane${marked}`.replaceAll('{files}', filesUrl);
	});
}

export function workflowOf(plan: RunPlan, filesUrl: string): WorkflowJson {
	const prompts = promptsOf(plan, filesUrl);
	const items = plan.items.map(({ ownId = '' }, index): INodeExecutionData => {
		return { json: { prompt: prompts[index] ?? '', ownId } };
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
	return plan.operation === 'submit and wait' ? withWait(workflow, plan) : workflow;
}

function parametersOf(plan: RunPlan, filesUrl: string): INodeParameters {
	const generates = plan.operation === 'generate';
	return {
		...generateFromText({ prompt: '={{ $json.prompt }}' }, generates ? 'poll' : 'none'),
		...(generates ? settling(plan) : { output: outputOf(plan) }),
		options: {
			externalTaskId: '={{ $json.ownId }}',
			...(plan.callbacks && { callbackUrl: `${filesUrl}${CALLBACK_PATH}` }),
			...(plan.maxConcurrentTasks !== undefined && {
				maxConcurrentTasks: plan.maxConcurrentTasks,
			}),
		},
		requestOptions: requestOptions(plan),
	};
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

function requestOptions({ batching, timeoutMs }: RunPlan): INodeParameters {
	return {
		...(timeoutMs !== undefined && { timeout: timeoutMs }),
		...(batching && {
			batching: { batch: { batchSize: batching.size, batchInterval: batching.pauseMs } },
		}),
	};
}
