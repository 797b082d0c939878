import './user-folder';
import 'reflect-metadata';
import { Container } from '@n8n/di';
import { BinaryDataService, ExecutionLifecycleHooks, ExternalSecretsProxy } from 'n8n-core';
import type {
	ICredentialsHelper,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { captureLog } from './log';

// What earlier test files of this process have left: each has a user folder and a log of its own.
Container.reset();

let prepared: Promise<void> | undefined;

/** Brings up, once per test file, what n8n's start-up brings up. */
export async function prepareEngine(): Promise<void> {
	prepared ??= (async () => {
		captureLog();
		await Container.get(BinaryDataService).init();
	})();
	await prepared;
}

const BASE_URL = 'http://localhost:5678';

function notInThisHarness(): never {
	throw new Error('The engine harness runs a single workflow, without a server');
}

/** What a server hands to the engine with every execution. */
export function additionalDataFor(
	credentialsHelper: ICredentialsHelper,
	execution?: { id: string; mode: WorkflowExecuteMode; workflow: IWorkflowBase },
): IWorkflowExecuteAdditionalData {
	return {
		currentNodeExecutionIndex: 0,
		credentialsHelper,
		executeWorkflow: notInThisHarness,
		getRunExecutionData: notInThisHarness,
		getRuntimeCredential: notInThisHarness,
		startRunnerTask: notInThisHarness,
		restApiUrl: `${BASE_URL}/rest`,
		instanceBaseUrl: `${BASE_URL}/`,
		formWaitingBaseUrl: `${BASE_URL}/form-waiting`,
		formBaseUrl: `${BASE_URL}/form`,
		formTestBaseUrl: `${BASE_URL}/form-test`,
		webhookBaseUrl: `${BASE_URL}/webhook`,
		webhookWaitingBaseUrl: `${BASE_URL}/webhook-waiting`,
		webhookTestBaseUrl: `${BASE_URL}/webhook-test`,
		mcpBaseUrl: `${BASE_URL}/mcp`,
		mcpTestBaseUrl: `${BASE_URL}/mcp-test`,
		variables: {},
		logAiEvent: () => {},
		setExecutionStatus: () => {},
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		...(execution && {
			executionId: execution.id,
			workflowId: execution.workflow.id,
			workflowSettings: execution.workflow.settings,
			hooks: new ExecutionLifecycleHooks(execution.mode, execution.id, execution.workflow),
		}),
	};
}
