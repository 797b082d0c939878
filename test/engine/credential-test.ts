import { additionalDataFor, prepareEngine } from './session';
import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	Workflow,
	createEmptyRunExecutionData,
	type IAuthenticate,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type INode,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypes,
} from 'n8n-workflow';
import { EngineCredentials } from './credentials';
import { NO_OP, harnessNodes } from './harness-nodes';

type TestRule = NonNullable<NonNullable<ICredentialType['test']>['rules']>[number];

interface RequestFailure extends Error {
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

/**
 * What the credential dialog does on *Save*: the type's test request runs through the routing of a
 * temporary node, and the outcome becomes the message that the user reads.
 */
export async function testCredential(
	credentialType: ICredentialType & { authenticate?: IAuthenticate },
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	await prepareEngine();
	const { name, test } = credentialType;
	if (!test) return failed('No testing function found for this credential.');
	const nodeType = temporaryNode(credentialType);
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const node: INode = {
		id: 'temp',
		parameters: {},
		name: 'Temp-Node',
		type: NO_OP,
		typeVersion: 1,
		position: [0, 0],
		credentials: { [name]: { id: 'temp', name: 'temp' } },
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const credentials = new EngineCredentials([credentialType], { [name]: data }, nodeTypes);
	const additionalData = additionalDataFor(credentials);
	additionalData.currentNodeParameters = node.parameters;
	const values = await credentials.getDecrypted(additionalData, node, name, 'internal');
	const input = { main: [[{ json: {} }]] };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		input,
		{ node, data: {}, source: null },
		[],
	);
	const decrypted = { id: 'temp', name: 'temp', type: name, data: values };
	try {
		const output = await new RoutingNode(context, nodeType, decrypted).runNode();
		return successOf(test.rules ?? [], output?.[0]?.[0]?.json ?? {});
	} catch (error) {
		return failureOf(test.rules ?? [], error as RequestFailure);
	}
}

function temporaryNode({ name, test }: ICredentialType): INodeType {
	return {
		description: {
			...harnessNodes[NO_OP]!.description,
			credentials: [{ name, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					routing: { request: test?.request },
					default: '',
				},
			],
		},
	};
}

function failureOf(rules: TestRule[], error: RequestFailure): INodeCredentialTestResult {
	const response = error.cause?.response;
	if (response) {
		for (const rule of rules) {
			if (rule.type === 'responseCode' && rule.properties.value === response.status) {
				return failed(rule.properties.message);
			}
		}
		if (response.status < 199 || response.status > 299) {
			return failed(response.statusText || `Received HTTP status code: ${response.status}`);
		}
	} else if (error.cause?.code) {
		return failed(error.cause.code);
	}
	return failed(error.message);
}

function successOf(rules: TestRule[], body: IDataObject): INodeCredentialTestResult {
	for (const rule of rules) {
		if (rule.type !== 'responseSuccessBody') continue;
		const wrong: { key: string; value: unknown; message: string } = rule.properties;
		const found = wrong.key
			.split('.')
			.reduce<unknown>((part, step) => (part as IDataObject | undefined)?.[step], body);
		if (found === wrong.value) return failed(wrong.message);
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function failed(message: string): INodeCredentialTestResult {
	return { status: 'Error', message };
}
