import { launch, prepareExecution, type EngineRun, type RunOptions } from './execution';
import { WebhookContext } from 'n8n-core';
import {
	deepCopy,
	type IDataObject,
	type IRunExecutionData,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

export interface ResumeCall {
	/** A text is JSON as it is sent. */
	body?: IDataObject | string;
	query?: IDataObject;
	headers?: IDataObject;
}

export interface ResumeAnswer {
	/** What the caller gets back, if the node says so itself. */
	response: unknown;
	/** The HTTP status, where the node sends the answer itself. */
	code?: number;
	/** The execution's end (or next wait), where the call ended its wait. */
	resumed?: EngineRun;
}

/** What n8n does with a waiting execution when its time comes: its node passes its input on. */
export async function passDeadline(options: RunOptions, waiting: EngineRun): Promise<EngineRun> {
	const data = storedData(waiting);
	return await resume(options, waiting, data);
}

/** What n8n does with a call to the resume URL of a waiting execution whose token is right. */
export async function callResumeUrl(
	options: RunOptions,
	waiting: EngineRun,
	call: ResumeCall,
): Promise<ResumeAnswer> {
	const data = storedData(waiting);
	const { lastNodeExecuted = '', runData } = data.resultData;
	const entry = data.executionData?.nodeExecutionStack[0];
	if (!entry) throw new Error('The execution has no node to resume');
	data.waitTill = undefined;
	entry.node.disabled = true;
	runData[lastNodeExecuted]?.pop();

	const { workflow, mode, additionalData } = await again(options, waiting);
	const node = workflow.getNode(lastNodeExecuted);
	if (!node) throw new Error(`The workflow has no node "${lastNodeExecuted}"`);
	const nodeType = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const webhookDescription = nodeType.description.webhooks?.find(
		({ restartWebhook, httpMethod }) => restartWebhook === true && httpMethod === 'POST',
	);
	if (!webhookDescription || !nodeType.webhook)
		throw new Error(`${lastNodeExecuted} has no webhook`);
	const http = httpOf(call);
	Object.assign(additionalData, http);
	const webhook: IWebhookData = {
		httpMethod: 'POST',
		node: node.name,
		path: '',
		webhookDescription,
		workflowId: workflow.id,
		workflowExecuteAdditionalData: additionalData,
	};
	const context = new WebhookContext(workflow, node, additionalData, mode, webhook, [], data);
	const result = await nodeType.webhook.call(context);
	const answer: ResumeAnswer = { response: result.webhookResponse, ...http.answered };
	if (!result.workflowData) return answer;

	entry.data.main = result.workflowData;
	entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	return { ...answer, resumed: await resume(options, waiting, data) };
}

async function resume(options: RunOptions, waiting: EngineRun, data: IRunExecutionData) {
	const execution = await again(options, waiting);
	execution.additionalData.restartExecutionId = waiting.executionId;
	const { workflow } = execution;
	return await launch(execution, (engine) => engine.processRunExecutionData(workflow), data)
		.settled;
}

async function again(options: RunOptions, { executionId, run }: EngineRun) {
	return await prepareExecution({ ...options, executionId, mode: run.mode });
}

/** As read back from the database: whatever does not survive being stored is gone. */
function storedData({ status, run }: EngineRun): IRunExecutionData {
	if (status !== 'waiting') throw new Error(`The execution is not waiting, it is ${status}`);
	const { waitTill } = run.data;
	return { ...deepCopy(run.data), waitTill };
}

function httpOf({ body: sent = {}, query = {}, headers = {} }: ResumeCall) {
	const text = typeof sent === 'string' ? sent : JSON.stringify(sent);
	const body = JSON.parse(text) as IDataObject;
	const answered: Pick<ResumeAnswer, 'code'> = {};
	const httpResponse = {
		headersSent: false,
		status: (code: number) => {
			answered.code = code;
			return { json: () => undefined };
		},
	};
	const rawBody = Buffer.from(text);
	const httpRequest = { method: 'POST', body, rawBody, query, headers, params: {} };
	const http = { httpRequest, httpResponse } as unknown as Partial<IWorkflowExecuteAdditionalData>;
	return { ...http, answered };
}
