import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';
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
			'options',
		]);
	});

	it('hide the binary field when nothing is downloaded', () => {
		expect(fieldsShown({ downloadVideo: false })).not.toContain('binaryPropertyName');
	});
});
