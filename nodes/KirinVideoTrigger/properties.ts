import type { INodeProperties } from 'n8n-workflow';
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
