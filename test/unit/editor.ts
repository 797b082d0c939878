import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

/** The node's parameters as the editor holds them: those that show, defaults filled in. */
export function withDefaults(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeParameters {
	const node = { typeVersion: 1, parameters } as INode;
	const { properties } = description;
	const shown = NodeHelpers.getNodeParameters(
		properties,
		parameters,
		true,
		false,
		node,
		description,
	);
	return { ...shown, ...parameters };
}

/** The names of the fields that the editor shows for these parameters, top to bottom. */
export function fieldsShown(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): string[] {
	return propertiesShown(description, parameters).map(({ displayName }) => displayName);
}

export function propertiesShown(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeProperties[] {
	const node = { typeVersion: 1, parameters } as INode;
	const values = withDefaults(description, parameters);
	return description.properties
		.filter(({ isNodeSetting }) => !isNodeSetting)
		.filter((property) => NodeHelpers.displayParameter(values, property, node, description));
}

/** What the Options collection offers for these parameters. */
export function optionsOffered(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): string[] {
	return propertiesOffered(description, parameters).map(({ displayName }) => displayName);
}

export function propertiesOffered(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeProperties[] {
	return entriesOffered(description, parameters, 'options');
}

/** What a collection offers for these parameters, beside the entries that were added to it already. */
export function entriesOffered(
	description: INodeTypeDescription,
	parameters: INodeParameters,
	name: string,
	added: INodeParameters = {},
): INodeProperties[] {
	const node = { typeVersion: 1, parameters } as INode;
	const root = withDefaults(description, parameters);
	const collection = description.properties.find((property) => property.name === name);
	return ((collection?.options ?? []) as INodeProperties[]).filter((option) =>
		NodeHelpers.displayParameter(added, option, node, description, root),
	);
}
