import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type TriggerPanelDefinition,
} from 'n8n-workflow';
import nodeCodex from '../../nodes/KirinVideo/KirinVideo.node.json';
import triggerCodex from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node.json';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';

const { description } = new KirinVideoTrigger();

function fieldsShown(parameters: INodeParameters): string[] {
	const node = { typeVersion: 1, parameters } as INode;
	const all = NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	return description.properties
		.filter((property) => NodeHelpers.displayParameter(all ?? {}, property, node, description))
		.map(({ name }) => name);
}

describe('The fields of Kirin Video Trigger', () => {
	it('tell where its URL belongs, and come in the order of Kirin Video', () => {
		expect(fieldsShown({})).toEqual([
			'callbackUrlNotice',
			'triggerOn',
			'downloadVideo',
			'binaryPropertyName',
			'output',
		]);
	});

	it('hide the binary field when nothing is downloaded', () => {
		expect(fieldsShown({ downloadVideo: false })).not.toContain('binaryPropertyName');
	});
});

describe('Kirin Video Trigger', () => {
	it.each([
		'AI video',
		'video generation',
		'video generator',
		'create video',
		'make video',
		'text2video',
		'prompt to video',
	])('and Kirin Video are found by "%s"', (words) => {
		expect(nodeCodex.alias).toContain(words);
		expect(triggerCodex.alias).toContain(words);
	});

	it('tells how to get a test event, and to copy its URL before n8n covers it', () => {
		const { executionsHelp, activationHint } = description.triggerPanel as TriggerPanelDefinition;
		for (const state of ['active', 'inactive'] as const) {
			expect((executionsHelp as Record<typeof state, string>)[state]).toContain('Callback URL');
			expect((activationHint as Record<typeof state, string>)[state]).toContain('Test URL');
		}
	});

	it('offers events that n8n makes actions of', () => {
		const { options } = description.properties.find(
			({ displayName }) => displayName === 'Trigger On',
		) as INodeProperties;
		// n8n writes "On" before them, in lower case.
		expect(options?.map(({ name }) => name)).toEqual([
			'Any Status Change',
			'Video Completed',
			'Video Failed',
		]);
	});
});
