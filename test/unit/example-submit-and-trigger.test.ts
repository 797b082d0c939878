import { NodeHelpers, type INode, type INodeType } from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { nodes } from '../../examples/submit-and-trigger.json';

const types: Record<string, INodeType> = {
	'n8n-nodes-kirin-video.kirinVideo': new KirinVideo(),
	'n8n-nodes-kirin-video.kirinVideoTrigger': new KirinVideoTrigger(),
};

describe('The example of Submit and Trigger', () => {
	const ours = nodes.filter(({ type }) => type in types) as unknown as INode[];

	it.each(ours.map((node) => [node.name, node] as const))('has a valid %s', (_, node) => {
		const { description } = types[node.type] as INodeType;
		expect(
			NodeHelpers.getNodeParametersIssues(description.properties, node, description),
		).toBeNull();
	});

	it('sends its callbacks to its own trigger', () => {
		const [submit, trigger] = ours;
		const { callbackUrl } = submit?.parameters.options as { callbackUrl: string };
		expect(callbackUrl).toMatch(new RegExp(`/webhook/${trigger?.webhookId}/webhook$`));
	});
});
