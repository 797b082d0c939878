import { getAdditionalKeys } from 'n8n-core';
import {
	ICredentialsHelper,
	NodeHelpers,
	Workflow,
	isExpression,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type ICredentialsExpressionResolveValues,
	type IExecuteData,
	type IHttpRequestOptions,
	type INode,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

type GetDecrypted = Parameters<ICredentialsHelper['getDecrypted']>;

export type CredentialData = Record<string, ICredentialDataDecryptedObject>;

/** The part of a server's credential store that nodes meet: real types, values from the test. */
export class EngineCredentials extends ICredentialsHelper {
	constructor(
		private readonly types: ICredentialType[],
		private readonly data: CredentialData,
		private readonly nodeTypes: INodeTypes,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getCredentialsProperties(type: string) {
		return this.typeNamed(type).properties;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions,
		workflow: Workflow,
		node: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeNamed(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, requestOptions);
		requestOptions.headers ??= {};
		if (authenticate?.type !== 'generic') return requestOptions;
		const resolve = (value: string) =>
			isExpression(value)
				? String(
						workflow.expression.getSimpleParameterValue(
							node,
							value,
							'internal',
							{ $credentials: credentials },
							undefined,
							'',
						) || '',
					)
				: value;
		const options = requestOptions as unknown as Record<string, Record<string, string>>;
		for (const [part, entries] of Object.entries(authenticate.properties)) {
			const target = (options[part] ??= {});
			for (const [key, value] of Object.entries(entries as Record<string, string>)) {
				target[resolve(key)] = resolve(value);
			}
		}
		return requestOptions;
	}

	/** Stored values with the type's defaults around them and their expressions resolved. */
	getDecrypted(...[additionalData, , type, mode, executeData, raw, values]: GetDecrypted) {
		return Promise.resolve(this.decrypted(additionalData, type, mode, executeData, raw, values));
	}

	private decrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		resolveValues?: ICredentialsExpressionResolveValues,
	): ICredentialDataDecryptedObject {
		const stored = this.data[type];
		if (!stored) throw new Error(`The test gives no values for credentials of type "${type}"`);
		if (raw) return { ...stored };
		const values = this.withDefaults(type, stored);
		const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
		if (resolveValues) {
			return resolveValues.workflow.expression.getParameterValue(
				values as never,
				resolveValues.runExecutionData,
				resolveValues.runIndex,
				resolveValues.itemIndex,
				resolveValues.node.name,
				resolveValues.connectionInputData,
				mode,
				keys,
				executeData,
				false,
				values,
			) as ICredentialDataDecryptedObject;
		}
		const node = { name: '', typeVersion: 1, type: 'mock', position: [0, 0], parameters: {} };
		const workflow = new Workflow({
			nodes: [],
			connections: {},
			active: false,
			nodeTypes: this.nodeTypes,
		});
		return workflow.expression.getComplexParameterValue(
			node as unknown as INode,
			values as never,
			mode,
			keys,
			undefined,
			undefined,
			values,
		) as ICredentialDataDecryptedObject;
	}

	// No credential type of the package logs in before its first request.
	async preAuthentication(): Promise<undefined> {}

	async runPreAuthentication(): Promise<undefined> {}

	getCredentials(): Promise<never> {
		throw new Error('The engine harness has no credential store');
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	private typeNamed(name: string): ICredentialType {
		const type = this.types.find((candidate) => candidate.name === name);
		if (!type) throw new Error(`The test gives no credential type "${name}"`);
		return type;
	}

	private withDefaults(type: string, stored: ICredentialDataDecryptedObject) {
		const values = NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			stored as never,
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
		// n8n keeps the limits on domains of a credential even where its type has no such field.
		for (const limit of ['allowedHttpRequestDomains', 'allowedDomains']) {
			if (values[limit] === undefined && stored[limit] !== undefined) values[limit] = stored[limit];
		}
		return values;
	}
}
