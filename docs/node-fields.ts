/** What a node can be set to, read from its description as n8n reads it. */
import {
	NodeHelpers,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { modelFieldFor } from '../nodes/KirinVideo/request/parameters';

/** One property of a node, or of a collection of it. */
export interface Entry {
	/** From the root, such as `options.callbackUrl`. */
	path: string;
	property: INodeProperties;
	/** The values of the operations that show it; none for a node without operations. */
	operations: string[];
}

/** All that can be set, down to what stands in collections; a notice is only to be read. */
export function entriesOf({ properties }: INodeTypeDescription): Entry[] {
	const every = properties
		.filter(({ name }) => name === 'operation')
		.flatMap((property) => choicesOf(property).map(({ value }) => String(value)));
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
		.flatMap((property) => within(property, '', every));
}

function propertiesIn({ type, options }: INodeProperties): INodeProperties[] | undefined {
	return type === 'collection' ? (options as INodeProperties[]) : undefined;
}

export function valuesIn({ options }: INodeProperties): INodeProperties[] {
	return (options as INodePropertyCollection[]).flatMap(({ values }) => values);
}

/**
 * Whether the field shows while an expression gives the model. A field that differs from model to model
 * stands in the node several times; this is the one that allows what any model allows.
 */
export function isShownForAnyModel({ property: { displayOptions } }: Entry): boolean {
	const { hide = {} } = displayOptions ?? {};
	const conditions = Object.values(modelFieldFor).flatMap(
		({ path }) => hide[path] ?? hide[`/${path}`] ?? [],
	);
	return !NodeHelpers.checkConditions(conditions, ['={{ $json.model }}']);
}

export function choicesOf(property: INodeProperties | undefined): INodePropertyOptions[] {
	return (property?.options ?? []) as INodePropertyOptions[];
}

/** A description with its full stop. */
export function sentence(text = ''): string {
	return text === '' || text.endsWith('.') ? text : `${text}.`;
}
