import type { INode } from 'n8n-workflow';

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
	return type.endsWith('Tool');
}

/**
 * Whether an error is to be the answer of a tool. n8n's agents before version 3 call the tool themselves
 * and swallow what it throws: the model reads an empty text (n8n 2.0 to 2.41), and might try again and
 * pay again. Later ones leave the call to n8n's engine, which marks the node and tells the error. With
 * Retry On Fail only an error that is thrown brings the next try.
 */
export function answersWithErrors(node: INode): boolean {
	return isAgentTool(node) && node.rewireOutputLogTo === undefined && node.retryOnFail !== true;
}
