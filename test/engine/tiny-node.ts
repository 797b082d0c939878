import {
	NodeOperationError,
	sleep,
	type ICredentialType,
	type IDataObject,
	type IExecutePaginationFunctions,
	type DeclarativeRestApiSettings,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { Readable } from 'node:stream';

/** A small API key credential, for the tests of the harness itself. */
export class TinyApi implements ICredentialType {
	name = 'tinyApi';

	displayName = 'Tiny API';

	properties: ICredentialType['properties'] = [
		{ displayName: 'API Key', name: 'apiKey', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
	];

	authenticate = {
		type: 'generic' as const,
		properties: { headers: { Authorization: '=Bearer {{ $credentials.apiKey }}' } },
	};
}

/** Posts the prompt, polls while it is pending, then stores `/file/:id` as a stream. */
export class TinyNode implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Tiny',
		name: 'tiny',
		group: ['transform'],
		version: 1,
		description: 'Makes something of a prompt',
		defaults: { name: 'Tiny' },
		inputs: ['main'],
		outputs: ['main'],
		usableAsTool: true,
		credentials: [{ name: 'tinyApi', required: true }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties: [
			{
				displayName: 'Prompt',
				name: 'prompt',
				type: 'string',
				default: '',
				routing: {
					request: { method: 'POST', url: '/make' },
					send: { type: 'body', property: 'prompt', paginate: true },
					operations: { pagination: make },
				},
			},
		],
	};
}

interface Made extends IDataObject {
	id: string;
	pending?: boolean;
}

async function make(
	this: IExecutePaginationFunctions,
	requestData: DeclarativeRestApiSettings.ResultOptions,
): Promise<INodeExecutionData[]> {
	const call = async (options: IDataObject) =>
		(await this.helpers.httpRequestWithAuthentication.call(this, 'tinyApi', {
			...requestData.options,
			...options,
		} as never)) as Made;
	let made: Made;
	try {
		made = await call({});
	} catch {
		throw new NodeOperationError(this.getNode(), 'Could not be made');
	}
	const signal = this.getExecutionCancelSignal();
	while (made.pending && !signal?.aborted) {
		await sleep(20);
		made = await call({ method: 'GET', url: `/made/${made.id}`, body: undefined });
	}
	if (signal?.aborted) return [];
	const file = await call({
		method: 'GET',
		url: `/file/${made.id}`,
		body: undefined,
		encoding: 'stream',
	});
	const data = await this.helpers.prepareBinaryData(file as unknown as Readable, 'made.bin');
	return [{ json: made, binary: { data } }];
}
