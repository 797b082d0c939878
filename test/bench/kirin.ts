/** Our own node as contenders: Generate From Text, polling and on callbacks. */
import type { INodeParameters } from 'n8n-workflow';
import { PACKAGE_NAME } from '../../demo/package';
import { startSandbox } from '../../sandbox';
import { type Waiting, catalogueModel, generateFromText } from '../saved-parameters';
import type { Contender, ContenderId } from './contender';
import { witnessOf } from './witness';

export const KIRIN_TYPE = `${PACKAGE_NAME}.kirinVideo`;
export const MODEL = 'kirin_v2_5_turbo_t2v';

/** What is asked for is as small as it gets; how long that takes is the sandbox's to say. */
const REQUEST = {
	...catalogueModel(MODEL),
	prompt: '={{ $json.prompt }}',
	mode: 'std',
	duration: '5',
	aspectRatio: '16:9',
};

export interface KirinSettings {
	id: ContenderId;
	title: string;
	waiting: Waiting;
	/** The node's Options; all else is the node's default. */
	options?: INodeParameters;
}

export function kirin({ id, title, waiting, options = {} }: KirinSettings): Contender {
	return {
		id,
		title,
		async startService() {
			const sandbox = await startSandbox();
			const data = { apiKey: sandbox.apiKey, baseUrl: sandbox.apiUrl };
			return {
				witness: witnessOf(sandbox),
				credential: { type: 'kirinVideoApi', data },
				chain: (credentials) => ({
					nodes: [
						{
							name: 'Kirin Video',
							type: KIRIN_TYPE,
							typeVersion: 1,
							parameters: generateFromText({ ...REQUEST, options }, waiting),
							credentials,
						},
					],
				}),
			};
		},
	};
}

/** A part of the node's description, as n8n serves it. */
export interface NodeDescription {
	properties: Array<{
		name: string;
		displayName: string;
		default?: unknown;
		options?: Array<{ name?: string; displayName?: string; value?: unknown; default?: unknown }>;
	}>;
}

/** The option that limits how many tasks are under way at once, if the node has it. */
export function concurrencyOption({ properties }: NodeDescription) {
	const found = properties
		.filter(({ name }) => name === 'options')
		.flatMap(({ options = [] }) => options)
		.find(({ displayName = '' }) => /max.*concurrent/i.test(displayName));
	return found && { name: String(found.name), default: Number(found.default) };
}
