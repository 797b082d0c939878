import { type INodeType, type INodeTypeDescription, NodeConnectionTypes } from 'n8n-workflow';
import { testKirinVideoApi } from './api/credentialTest';
import { connectionFields } from './fields/connectionFields';
import { optionsField } from './fields/options';
import { downloadFields } from './fields/outputFields';
import { pollingFields } from './fields/pollingFields';
import { requestFields } from './fields/requestFields';
import { taskDescription } from './operations/taskDescription';
import { videoDescription } from './operations/videoDescription';
import { resumeOnCallback, resumeWebhooks } from './suspend/resumeWebhook';

export class KirinVideo implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kirin Video',
		name: 'kirinVideo',
		icon: { light: 'file:kirinVideo.svg', dark: 'file:kirinVideo.dark.svg' },
		group: ['transform'],
		version: 1,
		// The operations by the names that errors and docs use. In one piece, for n8n's rules know no other.
		subtitle:
			'={{ ({ generate: "Video → Generate", generateAndResumeOnCallback: "Video → Generate and Resume on Callback", imageToVideo: "Video → Image to Video", estimateCost: "Task → Estimate Cost", get: "Task → Get", submit: "Task → Submit", wait: "Task → Wait" })[$parameter["operation"]] }}',
		description: 'Generate videos from text prompts and images with the Kirin models',
		defaults: { name: 'Kirin Video' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kirinVideoApi', required: true, testedBy: 'testKirinVideoApi' }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		webhooks: resumeWebhooks,
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Task',
						value: 'task',
						description: 'One generation at the service: start it, look it up, wait for it',
					},
					{ name: 'Video', value: 'video', description: 'From a prompt or an image to the file' },
				],
				default: 'video',
			},
			...videoDescription,
			...taskDescription,
			...requestFields,
			...downloadFields,
			...pollingFields,
			optionsField,
			connectionFields,
		],
	};

	methods = { credentialTest: { testKirinVideoApi } };

	webhook = resumeOnCallback;
}
