import {
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { testKirinVideoApi } from '../KirinVideo/api/credential/credentialTest';
import { isPrivateUrl, PUBLIC_ADDRESS_SETTING } from '../KirinVideo/suspend/reachable';
import { emit } from './emit';
import { eventsSubtitle } from './events';
import { properties, triggerPanel } from './properties';
import { answerCall } from './webhook/answerCall';

export class KirinVideoTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Kirin Video Trigger',
		name: 'kirinVideoTrigger',
		icon: {
			light: 'file:../KirinVideo/kirinVideo.svg',
			dark: 'file:../KirinVideo/kirinVideo.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle: eventsSubtitle,
		// n8n's node search shows this node and Kirin Video as one entry, with these words for both.
		description:
			'Generate videos from prompts and images, or start a workflow when one is finished',
		defaults: { name: 'Kirin Video Trigger' },
		eventTriggerDescription: 'Run a Kirin Video node whose Callback URL is the Test URL',
		activationMessage:
			'Tasks that name the Production URL as their Callback URL start this workflow.',
		triggerPanel,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'kirinVideoApi', required: true, testedBy: 'testKirinVideoApi' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				// Empty, or n8n answers with the name of its default in place of what we say.
				responseData: '',
				path: 'webhook',
			},
		],
		properties,
	};

	methods = { credentialTest: { testKirinVideoApi } };

	/** The service has no subscriptions (reference: "Callback"): there is nothing to find, make or end. */
	webhookMethods = {
		default: {
			// Not true: n8n would leave out create, and with it the warning.
			checkExists: () => Promise.resolve(false),
			create(this: IHookFunctions) {
				warnIfUnreachable(this);
				return Promise.resolve(true);
			},
			delete: () => Promise.resolve(true),
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await answerCall(this);
	}

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await emit(this);
	}
}

/** Warns in the log, because an unreachable URL is otherwise noticed only by calls that never come. */
function warnIfUnreachable(functions: IHookFunctions): void {
	const url = functions.getNodeWebhookUrl('default') ?? '';
	if (!isPrivateUrl(url)) return;
	functions.logger.warn(
		`Kirin Video Trigger: the service cannot reach ${url} from outside. Set the environment variable ${PUBLIC_ADDRESS_SETTING} to n8n's public address, then copy the trigger's URL again.`,
	);
}
