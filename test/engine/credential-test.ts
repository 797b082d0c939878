import { additionalDataFor, prepareEngine } from './session';
import { CredentialTestContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeCredentialTestResult,
	INodeType,
} from 'n8n-workflow';
import { EngineCredentials } from './credentials';

/**
 * What the credential dialog does on *Save* for a credential that a node tests: the node's function
 * runs in n8n's own context, which has a request helper and nothing else.
 */
export async function testCredential(
	node: INodeType,
	credentialType: ICredentialType,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	await prepareEngine();
	const { name } = credentialType;
	const testedBy = node.description.credentials?.find((entry) => entry.name === name)?.testedBy;
	const test = typeof testedBy === 'string' && node.methods?.credentialTest?.[testedBy];
	if (!test) throw new Error(`No node tests ${name}`);
	const credentials = new EngineCredentials(
		[credentialType],
		{ [name]: data },
		{
			getByName: () => node,
			getByNameAndVersion: () => node,
			getKnownTypes: () => ({}),
		},
	);
	const context = new CredentialTestContext(additionalDataFor(credentials));
	return await test.call(context, { id: 'test', name: 'Test', type: name, data });
}
