import type {
	Icon,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

/** The bearer token of the Kirin API. Its test is the node's `testKirinVideoApi`. */
export class KirinVideoApi implements ICredentialType {
	name = 'kirinVideoApi';

	displayName = 'Kirin Video API';

	icon: Icon = { light: 'file:kirinVideoApi.svg', dark: 'file:kirinVideoApi.dark.svg' };

	documentationUrl =
		'https://github.com/n8n-nodes-kirin-video/n8n-nodes-kirin-video#the-credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'From the API key management page of your Kirin account',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://cloud.vtrix.ai',
			description: 'Change it only to use another gateway, or a proxy in front of it',
		},
	];

	/** A function, because n8n evaluates an expression anew for each request, in a sandbox of its own. */
	authenticate = async (
		{ apiKey }: ICredentialDataDecryptedObject,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> =>
		await Promise.resolve({
			...options,
			headers: {
				...options.headers,
				Authorization: `Bearer ${typeof apiKey === 'string' ? apiKey.trim() : ''}`,
			},
		});
}
