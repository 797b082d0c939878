import type {
	IDataObject,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { hashAll, processName } from './hash-of-binary';

/** Reads the files that a call names in the process that takes the call, and hands the call on. */
export class ReadOnWebhook implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Read on Webhook',
		name: 'readOnWebhook',
		group: ['trigger'],
		version: 1,
		description: 'Reads stored files where webhooks are taken',
		defaults: { name: 'Read on Webhook' },
		inputs: [],
		outputs: ['main'],
		properties: [],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'lastNode',
				path: 'read',
				isFullPath: true,
			},
		],
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { ids } = this.getBodyData() as { ids: string[] };
		const hashes = await hashAll(this, ids);
		const json: IDataObject = { ids, seen: { [processName()]: hashes } };
		return { workflowData: [[{ json }]] };
	}
}
