import {
	Workflow,
	type INode,
	type INodeParameters,
	type INodePropertyOptions,
	type INodeType,
} from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';

/** What the canvas shows below the name of a node with these parameters. */
function below(type: INodeType, parameters: INodeParameters) {
	const node: INode = {
		id: '1',
		name: 'Node',
		type: 'test',
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const nodeTypes = {
		getByName: () => type,
		getByNameAndVersion: () => type,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const { subtitle } = type.description;
	return workflow.expression.getSimpleParameterValue(
		workflow.nodes.Node ?? node,
		subtitle,
		'internal',
		{},
	);
}

/** Every operation, with its name as it stands in errors and docs. */
const operations = new KirinVideo().description.properties
	.filter(({ name }) => name === 'operation')
	.flatMap(({ displayOptions, options = [] }) => {
		const resource = displayOptions?.show?.resource?.[0] === 'video' ? 'video' : 'task';
		return (options as INodePropertyOptions[]).map(({ name, value }) => [
			resource,
			String(value),
			`${resource === 'video' ? 'Video' : 'Task'} → ${name}`,
		]);
	});

describe('On the canvas', () => {
	it.each(operations)(
		'%s and %s read as errors and docs call them',
		(resource, operation, name) => {
			expect(below(new KirinVideo(), { resource, operation })).toBe(name);
		},
	);

	it('a node that was just added shows its default operation', () => {
		expect(below(new KirinVideo(), {})).toBe('Video → Generate From Text');
	});

	it('the trigger shows its events as the editor calls them', () => {
		expect(below(new KirinVideoTrigger(), {})).toBe('Video Completed, Video Failed');
		expect(below(new KirinVideoTrigger(), { triggerOn: ['any'] })).toBe('Any Status Change');
	});
});
