import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { testKirinVideoApi } from './api/credential/credentialTest';
import { connectionFields } from './fields/connectionFields';
import { costFields } from './fields/costFields';
import { modelSearches } from './fields/modelLocator';
import {
	hideUnlessWaiting,
	notWaitingHint,
	pollingFields,
	waitForCompletionFields,
	waitingNodeTooltip,
} from './fields/pollingFields';
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
		usableAsTool: {
			replacements: {
				// What a model reads where the user writes no Tool Description.
				description:
					'Generates a video from a prompt or an image and waits until it is finished, which takes some minutes and costs money. Answers with its address (videoUrl), its cost in USD and its task ID.',
			},
		},
		builderHint: {
			searchHint:
				'Makes AI videos. Feed it one item per video: it runs all items at once and waits for them, so no loop and no Wait node is needed. The file comes out in the binary field "data", the address in videoUrl.',
			relatedNodes: [
				{
					nodeType: 'n8n-nodes-kirin-video.kirinVideoTrigger',
					relationHint:
						"Starts a workflow when a video is finished that was created with Wait for Completion set to Don't Wait",
				},
			],
		},
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kirinVideoApi', required: true, testedBy: 'testKirinVideoApi' }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		webhooks: resumeWebhooks,
		waitingNodeTooltip,
		hints: [notWaitingHint],
		properties: [
			...operationFields,
			taskIdField(operationsBy),
			...requestFields(operationsBy),
			...waitForCompletionFields(operationsBy),
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
