import type {
	ICredentialDataDecryptedObject,
	Icon,
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
			displayName:
				'The Kirin models run at <a href="https://vtrix.ai" target="_blank">Vtrix</a>, a paid service: you need an account with credit. Create a key in the <b>API Keys</b> section of its dashboard.',
			name: 'serviceNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
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

	/** A function, because n8n evaluates an expression in a sandbox, which costs more than the request. */
	authenticate = async (
		{ apiKey }: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> =>
		await Promise.resolve({
			...request,
			headers: {
				...request.headers,
				Authorization: `Bearer ${typeof apiKey === 'string' ? apiKey.trim() : ''}`,
			},
		});
}
