import { additionalDataFor, prepareEngine } from './session';
import { LoadOptionsContext } from 'n8n-core';
import {
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type INode,
	type INodeListSearchResult,
	type INodeParameters,
	type INodeType,
	Workflow,
} from 'n8n-workflow';
import { EngineCredentials } from './credentials';

/** What the editor does when somebody opens the list of a resource locator, or types into its search. */
export async function searchList(
	nodeType: INodeType,
	credentialType: ICredentialType,
	data: ICredentialDataDecryptedObject | undefined,
	{ parameters, field, filter }: { parameters: INodeParameters; field: string; filter?: string },
): Promise<INodeListSearchResult> {
	await prepareEngine();
	const { name } = credentialType;
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const node: INode = {
		id: 'node',
		name: nodeType.description.displayName,
		type: nodeType.description.name,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(data && { credentials: { [name]: { id: name, name } } }),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const credentials = new EngineCredentials(
		[credentialType],
		data ? { [name]: data } : {},
		nodeTypes,
	);
	const context = new LoadOptionsContext(workflow, node, additionalDataFor(credentials), field);
	return await methodOf(nodeType, parameters, field).call(context, filter);
}

/** The method that the list of this operation's field is searched by. */
function methodOf(nodeType: INodeType, { operation }: INodeParameters, field: string) {
	const property = nodeType.description.properties.find(
		({ name, displayOptions }) =>
			name === field && displayOptions?.show?.operation?.includes(operation as string),
	);
	const list = property?.modes?.find(({ type }) => type === 'list');
	const method = nodeType.methods?.listSearch?.[list?.typeOptions?.searchListMethod ?? ''];
	if (!method) throw new Error(`${field} has no list that is searched`);
	return method;
}
