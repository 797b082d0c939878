import { NodeConnectionTypes, type INodeProperties, type INodeType } from 'n8n-workflow';

/**
 * The tool that n8n makes of a node with `usableAsTool`: the same node without inputs, with a tool
 * output and a field for the description that the model reads.
 */
export function toolFrom(nodeType: INodeType): INodeType {
	const { usableAsTool, ...description } = nodeType.description;
	if (!usableAsTool) throw new Error(`${description.name} cannot be used as a tool`);
	const names = description.properties.map(({ name }) => name);
	const hasOperations = names.includes('resource') || names.includes('operation');
	const descriptionType: INodeProperties = {
		displayName: 'Tool Description',
		name: 'descriptionType',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Set Automatically', value: 'auto' },
			{ name: 'Set Manually', value: 'manual' },
		],
		default: 'auto',
	};
	const toolDescription: INodeProperties = {
		displayName: 'Description',
		name: 'toolDescription',
		type: 'string',
		default: description.description,
		required: true,
		...(hasOperations && { displayOptions: { show: { descriptionType: ['manual'] } } }),
	};
	return Object.create(nodeType, {
		description: {
			value: {
				...description,
				...(typeof usableAsTool === 'object' ? usableAsTool.replacements : {}),
				name: `${description.name}Tool`,
				displayName: `${description.displayName} Tool`,
				inputs: [],
				outputs: [NodeConnectionTypes.AiTool],
				properties: [
					...(hasOperations ? [descriptionType] : []),
					toolDescription,
					...description.properties,
				],
			},
		},
	}) as INodeType;
}
