import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HookContext, WebhookContext } from 'n8n-core';
import {
	createRunExecutionData,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type IWebhookData,
	type Workflow,
} from 'n8n-workflow';
import type { CredentialData } from './credentials';
import { launch, prepareExecution, type EngineRun, type RunOptions } from './execution';
import { listenToLog } from './log';
import { offerProcessedData } from './processed-data';

/** A call to the trigger's URL, as its sender saw it. */
export interface Call {
	body: string;
	status: number;
	answer: string;
}

export interface TriggerHost {
	url: string;
	calls: Call[];
	/** The executions that calls have started, once they are over. */
	executions: EngineRun[];
	/** How many were started. */
	readonly started: number;
	/** All that n8n has logged since the host was opened. */
	log: () => string[];
	/** Items that the trigger emitted, over all executions. */
	emitted: () => INodeExecutionData[];
	/** Runs the last execution from its start, as Retry does with one that has failed there or crashed. */
	runAgain(): Promise<void>;
	/** Runs the last execution once more under its ID, as another worker does with a lost job. */
	runAgainAsItself(): Promise<void>;
	/** Starts an execution with these items from the trigger's webhook. */
	begin(main: INodeExecutionData[][]): Promise<void>;
	/** The Stop button, for the execution that was started last. */
	stop: () => void;
	/** What n8n does when the workflow is activated. */
	activate(webhookBaseUrl: string): Promise<void>;
	/** Makes n8n fail to create executions. */
	isBroken: boolean;
	/** What another process, or n8n after a restart, would serve the same workflow with. */
	serveWith(node: INodeType): void;
	/** The user changes the credential. */
	setCredential(data: IDataObject): void;
	close(): Promise<void>;
}

/** The part of n8n's server that takes the calls to a trigger's URL and starts executions. */
export async function openTriggerHost(options: RunOptions, name: string): Promise<TriggerHost> {
	await offerProcessedData();
	let { nodes, credentials } = options;
	const log = listenToLog();
	const prepare = async (as: Partial<RunOptions> = {}) =>
		await prepareExecution({
			...options,
			nodes,
			credentials,
			mode: options.mode ?? 'webhook',
			...as,
		});

	async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const rawBody = Buffer.concat(chunks);
		const call: Call = { body: rawBody.toString(), status: 0, answer: '' };
		const answer = (status: number, body: object) => {
			Object.assign(call, { status, answer: JSON.stringify(body) });
			response.writeHead(status, { 'content-type': 'application/json' }).end(call.answer);
			host.calls.push(call);
		};
		let body: IDataObject = {};
		try {
			// n8n parses by content type, and does not ask the node about a body that is broken.
			if (request.headers['content-type'] === 'application/json' && rawBody.length > 0) {
				body = JSON.parse(rawBody.toString()) as IDataObject;
			}
		} catch {
			return answer(422, { message: 'Failed to parse request body' });
		}

		const { workflow, additionalData, mode } = await prepare();
		const { node, type, webhook } = triggerOf(workflow, name);
		Object.assign(additionalData, {
			executionId: undefined,
			httpRequest: Object.assign(request, { body, rawBody, query: {}, params: {} }),
			httpResponse: Object.assign(response, {
				status: (code: number) => ({ json: (text: object) => answer(code, text) }),
			}),
		});
		const context = new WebhookContext(workflow, node, additionalData, mode, webhook, [], null);
		const result = await type.webhook?.call(context);
		if (result?.noWebhookResponse) return;
		if (result?.workflowData) {
			if (host.isBroken) return answer(500, { message: 'No execution could be created' });
			void begin(result.workflowData);
		}
		answer(200, result?.webhookResponse as object);
	}

	let started = 0;
	let last: INodeExecutionData[][] = [];
	async function begin(main: INodeExecutionData[][], as: Partial<RunOptions> = {}): Promise<void> {
		started += 1;
		last = main;
		const execution = await prepare(as);
		const { workflow } = execution;
		const { node } = triggerOf(workflow, name);
		const data = createRunExecutionData({
			executionData: { nodeExecutionStack: [{ node, data: { main }, source: null }] },
		});
		const { settled, cancel } = launch(
			execution,
			(engine) => engine.processRunExecutionData(workflow),
			// As a worker reads it: whatever does not survive being stored is gone.
			JSON.parse(JSON.stringify(data)) as typeof data,
		);
		host.stop = cancel;
		host.executions.push(await settled);
	}

	const server = createServer((request, response) => {
		take(request, response).catch((error: Error) => {
			host.calls.push({ body: '', status: 599, answer: error.message });
			response.writeHead(599).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host: TriggerHost = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/id/webhook`,
		calls: [],
		executions: [],
		get started() {
			return started;
		},
		log,
		emitted: () => host.executions.flatMap((run) => run.output(name)),
		begin,
		stop: () => {},
		runAgain: async () => await begin(last, { mode: 'retry' }),
		runAgainAsItself: async () =>
			await begin(last, { executionId: host.executions.at(-1)?.executionId }),
		async activate(webhookBaseUrl) {
			const { workflow, additionalData } = await prepare();
			additionalData.webhookBaseUrl = webhookBaseUrl;
			const { node, type, webhook } = triggerOf(workflow, name);
			const hooks = type.webhookMethods?.default;
			const context = () =>
				new HookContext(workflow, node, additionalData, 'internal', 'activate', webhook);
			if (!(await hooks?.checkExists?.call(context()))) await hooks?.create?.call(context());
			await hooks?.delete?.call(context());
		},
		isBroken: false,
		serveWith: (type) => void (nodes = [type]),
		setCredential: (data) => void (credentials = { kirinVideoApi: data as CredentialData[string] }),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return host;
}

function triggerOf(workflow: Workflow, name: string) {
	const node = workflow.getNode(name);
	if (!node) throw new Error(`The workflow has no node "${name}"`);
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const [webhookDescription] = type.description.webhooks ?? [];
	if (!webhookDescription) throw new Error(`${name} has no webhook`);
	const webhook = {
		httpMethod: 'POST',
		node: node.name,
		path: webhookDescription.path,
		webhookDescription,
		workflowId: workflow.id,
	} as IWebhookData;
	return { node, type, webhook };
}
