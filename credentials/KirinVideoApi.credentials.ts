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
				'The Kirin models run at a paid service: you need an account with credit. The models are described at <a href="https://doc.vtrix.ai" target="_blank">doc.vtrix.ai</a>.',
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
			description:
				'Create one in the API Keys section of your dashboard at <a href="https://vtrix.ai">vtrix.ai</a>, the service that runs the Kirin models',
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
