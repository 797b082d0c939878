import type { INodeProperties, TriggerPanelDefinition } from 'n8n-workflow';
import { downloadFields, outputField } from '../KirinVideo/fields/outputFields';
import { triggerOnField } from './events';

/** The service has no subscriptions: each task carries the address of its own notices. */
const callbackUrlNotice: INodeProperties = {
	displayName:
		'Copy the <b>Production URL</b> above into the option <b>Callback URL</b> of the Kirin Video node that creates the tasks. While you listen for a test event here, use the <b>Test URL</b>.',
	name: 'callbackUrlNotice',
	type: 'notice',
	default: '',
};

export const properties: INodeProperties[] = [
	callbackUrlNotice,
	triggerOnField,
	...downloadFields(),
	outputField(),
];

/** How to get a test event; n8n's own words are about services that a trigger subscribes to. */
const TEST =
	"<b>Test it while you build.</b> Copy the <b>Test URL</b> first: n8n covers it while it listens. Put it into the option <b>Callback URL</b> of a Kirin Video node in another workflow, click 'Execute step' here, then run that workflow (a video costs what it always costs). Or send the ID of a finished task, which costs nothing: <code>curl -H 'Content-Type: application/json' -d '{\"id\":\"TASK ID\"}' 'TEST URL'</code>";

const PRODUCTION =
	'<b>Use it in production.</b> Put the <b>Production URL</b> into the option <b>Callback URL</b> of the nodes that create the tasks.';

/** What the panel beside the parameters says before n8n listens for a test event. */
export const triggerPanel: TriggerPanelDefinition = {
	header: 'Start when a video is finished',
	executionsHelp: {
		inactive: `${TEST}<br /><br />${PRODUCTION} Then publish this workflow. Its executions show up in the executions list, but not in the editor.`,
		active: `${TEST}<br /><br />${PRODUCTION} This workflow is published, so its executions show up in the <a data-key="executions">executions list</a>, but not in the editor.`,
	},
	activationHint: {
		inactive:
			"Copy the Test URL before you listen. Once you've finished building, publish the workflow and use the Production URL.",
		active:
			'Copy the Test URL before you listen. The workflow also starts by itself for tasks that name the Production URL.',
	},
};
