import { additionalDataFor, prepareEngine } from './session';
import { WorkflowExecute } from 'n8n-core';
import {
	Workflow,
	deepCopy,
	jsonStringify,
	type ExecutionError,
	type ExecutionStatus,
	type ICredentialType,
	type INodeExecutionData,
	type IRun,
	type IRunExecutionData,
	type ITaskData,
	type IWorkflowBase,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { EngineCredentials, type CredentialData } from './credentials';
import { listenToLog } from './log';
import { EngineNodeTypes, type NodesUnderTest } from './node-types';
import type { WorkflowJson } from './workflow';

export interface RunOptions {
	nodes: NodesUnderTest;
	workflow: WorkflowJson;
	/** The types of the credentials below. */
	credentialTypes?: ICredentialType[];
	/** Decrypted values by credential type. */
	credentials?: CredentialData;
	/** What the start node emits, instead of its pinned data. */
	items?: INodeExecutionData[];
	/** Unless given, every run is an execution of its own. */
	executionId?: string;
	mode?: WorkflowExecuteMode;
	timezone?: string;
	/** What n8n makes up for itself unless given; empty for an execution that has none, as before n8n 2.14. */
	resumeToken?: string;
	/** Where the server says that waiting executions are reached, instead of its usual address. */
	webhookWaitingBaseUrl?: string;
	/** What the server does otherwise than usual. */
	server?: Partial<IWorkflowExecuteAdditionalData>;
}

export interface EngineRun {
	/** What the engine ends with. */
	run: IRun;
	executionId: string;
	/** As n8n saves it: a stopped execution is canceled, whatever its node still throws. */
	status: ExecutionStatus;
	/** What failed the execution. */
	error?: ExecutionError;
	/** The items on an output of a node, from its last run; none if it did not run. */
	output: (nodeName: string, branch?: number) => INodeExecutionData[];
	/** A node's runs, with their errors, times and status. */
	taskData: (nodeName: string) => ITaskData[];
	/** Everything that n8n logged meanwhile, at level debug. */
	log: string[];
	/** The whole execution as text, to be searched for what must not be kept. */
	stored: () => string;
}

/** An execution that the engine can start or take up again. */
export interface Execution {
	id: string;
	mode: WorkflowExecuteMode;
	json: IWorkflowBase;
	workflow: Workflow;
	nodeTypes: EngineNodeTypes;
	additionalData: IWorkflowExecuteAdditionalData;
}

type Running = ReturnType<WorkflowExecute['run']>;

let executions = 0;

/** Sets a workflow up as a server does before it hands it to the engine. */
export async function prepareExecution(options: RunOptions): Promise<Execution> {
	await prepareEngine();
	const { mode = 'manual', executionId: id = String(++executions) } = options;
	const nodeTypes = new EngineNodeTypes(options.nodes);
	const json = asSaved(options);
	const credentials = new EngineCredentials(
		options.credentialTypes ?? [],
		options.credentials ?? {},
		nodeTypes,
	);
	const additionalData = additionalDataFor(credentials, { id, mode, workflow: json });
	const { webhookWaitingBaseUrl } = options;
	if (webhookWaitingBaseUrl) Object.assign(additionalData, { webhookWaitingBaseUrl });
	Object.assign(additionalData, options.server);
	return {
		id,
		mode,
		json,
		nodeTypes,
		additionalData,
		workflow: new Workflow({ ...json, nodeTypes }),
	};
}

/** What an execution is when it has not begun, with the resume token that it will have. */
export function notBegun(resumeToken: string | undefined): IRunExecutionData {
	return { version: 1, resultData: { runData: {} }, resumeToken } as IRunExecutionData;
}

/** Lets the engine go; `settled` is there once it is done, whatever the outcome. */
export function launch(
	{ id, mode, additionalData }: Execution,
	begin: (engine: WorkflowExecute) => Running,
	data?: IRunExecutionData,
): { settled: Promise<EngineRun>; cancel: () => void } {
	const logged = listenToLog();
	let saved: ExecutionStatus | undefined;
	// A server saves what the first call brings, and leaves a stopped execution alone after that.
	additionalData.hooks?.addHandler('workflowExecuteAfter', ({ status }) => void (saved ??= status));
	const running = begin(new WorkflowExecute(additionalData, mode, data));
	return {
		settled: Promise.resolve(running).then((run) => {
			const { resultData } = run.data;
			const taskData = (nodeName: string) => resultData.runData[nodeName] ?? [];
			return {
				run,
				executionId: id,
				status: saved ?? run.status,
				error: resultData.error,
				output: (nodeName, branch = 0) => taskData(nodeName).at(-1)?.data?.main?.[branch] ?? [],
				taskData,
				log: logged(),
				stored: () => jsonStringify(run, { replaceCircularRefs: true }),
			};
		}),
		cancel: () => running.cancel(),
	};
}

function asSaved({ workflow, timezone }: RunOptions): IWorkflowBase {
	// The engine fills in defaults and marks nodes: a test's JSON must not change under it.
	const exported = deepCopy(workflow);
	const settings = { executionOrder: 'v1' as const, ...exported.settings };
	return {
		...exported,
		id: exported.id ?? 'kirin-workflow',
		name: exported.name ?? 'Kirin workflow',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		settings: timezone ? { ...settings, timezone } : settings,
	};
}
