/** What a node can be set to, read from its description as n8n reads it. */
import {
	NodeHelpers,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { models } from '../nodes/KirinVideo/request/models';
import { modelField } from '../nodes/KirinVideo/request/parameters';

export interface Operation {
	value: string;
	name: string;
	resource: string;
	description: string;
}

/** One property of a node, or of a collection of it. */
export interface Entry {
	path: string;
	property: INodeProperties;
	/** The operations that show it, by value; none for a node without operations. */
	operations: string[];
}

export function operationsOf({ properties }: INodeTypeDescription): Operation[] {
	const resources = choicesOf(properties.find(({ name }) => name === 'resource'));
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap((property) =>
			choicesOf(property).map(({ name, value, description = '' }) => ({
				name,
				description,
				value: String(value),
				resource:
					resources.find((resource) =>
						property.displayOptions?.show?.resource?.includes(resource.value),
					)?.name ?? '',
			})),
		);
}

/** All that can be set, down to what stands in collections; a notice is only to be read. */
export function entriesOf({ properties }: INodeTypeDescription): Entry[] {
	const within = (property: INodeProperties, prefix: string, outer: string[]): Entry[] => {
		const { show = {} } = property.displayOptions ?? {};
		const operations = ((show.operation ?? show['/operation']) as string[] | undefined) ?? outer;
		const path = `${prefix}${property.name}`;
		const parts =
			property.type === 'fixedCollection' && !property.typeOptions?.multipleValues
				? valuesIn(property)
				: propertiesIn(property);
		if (!parts) return [{ path, property, operations }];
		return parts.flatMap((part) => within(part, `${path}.`, operations));
	};
	return properties
		.filter(({ name, type }) => !['resource', 'operation'].includes(name) && type !== 'notice')
		.flatMap((property) => within(property, '', []));
}

function propertiesIn({ type, options }: INodeProperties): INodeProperties[] | undefined {
	return type === 'collection' ? (options as INodeProperties[]) : undefined;
}

export function valuesIn({ options }: INodeProperties): INodeProperties[] {
	return (options as INodePropertyCollection[]).flatMap(({ values }) => values);
}

/** The models of the catalogue that a variant of a field is hidden for. */
export function hiddenModels({ property: { displayOptions } }: Entry): string[] {
	const { hide = {} } = displayOptions ?? {};
	const conditions = hide[modelField.path] ?? hide[`/${modelField.path}`] ?? [];
	return models.map(({ id }) => id).filter((id) => NodeHelpers.checkConditions(conditions, [id]));
}

export function choicesOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	return (property?.options ?? []) as INodePropertyOptions[];
}
