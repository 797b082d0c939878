import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { testKirinVideoApi } from './api/credentialTest';
import { connectionFields } from './fields/connectionFields';
import { costFields } from './fields/costFields';
import { modelSearches } from './fields/modelLocator';
import { hideUnlessWaiting, pollingFields, waitForCompletionField } from './fields/pollingFields';
import { optionsField } from './fields/options';
import { downloadFields, outputField } from './fields/outputFields';
import { requestFields } from './fields/requestFields';
import { taskIdField } from './fields/taskId';
import { operationFields, operationSubtitle, operationsBy } from './operations/operations';
import { resumeOnCallback, resumeWebhooks } from './suspend/resumeWebhook';

const whereVideosArrive = { show: { operation: operationsBy.waiting }, hide: hideUnlessWaiting };

export class KirinVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kirin Video',
		name: 'kirinVideo',
		icon: { light: 'file:kirinVideo.svg', dark: 'file:kirinVideo.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: operationSubtitle,
		description: 'Generate videos from text prompts and images with the Kirin models',
		defaults: { name: 'Kirin Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kirinVideoApi', required: true, testedBy: 'testKirinVideoApi' }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		webhooks: resumeWebhooks,
		properties: [
			...operationFields,
			taskIdField(operationsBy),
			...requestFields(operationsBy),
			waitForCompletionField(operationsBy),
			...downloadFields(whereVideosArrive),
			...pollingFields(operationsBy),
			outputField({
				show: { '/operation': operationsBy.waiting },
				hide: { '/waitForCompletion': ['none'] },
			}),
			costFields(operationsBy),
			optionsField(operationsBy),
			connectionFields,
		],
	};

	methods = { credentialTest: { testKirinVideoApi }, listSearch: modelSearches };

	webhook = resumeOnCallback;
}
