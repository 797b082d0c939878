/** The operations and the ways of waiting, from the table of operations and the field's own words. */
import type { INodeTypeDescription } from 'n8n-workflow';
import { operationFields, operations } from '../nodes/KirinVideo/operations/operations';
import { choicesOf, sentence } from './node-fields';

/** Each operation and what it does, as a list. */
export function listOfOperations(): string {
	const resources = choicesOf(operationFields.find(({ name }) => name === 'resource'));
	return operations
		.map(({ resource, name, description }) => {
			const of = resources.find(({ value }) => value === resource)?.name ?? resource;
			return `- **${of} → ${name}:** ${sentence(description)}`;
		})
		.join('\n');
}

/** The choices of Wait for Completion, as a list. */
export function waysOfWaiting({ properties }: INodeTypeDescription): string {
	const field = properties.find(({ name }) => name === 'waitForCompletion');
	return choicesOf(field)
		.map(({ name, description }) => `- **${name}:** ${sentence(description)}`)
		.join('\n');
}
