import type { INode } from 'n8n-workflow';

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
	return type.endsWith('Tool');
}

/**
 * Whether an error is to be the answer of a tool. What a tool throws, the model is told of only by the
 * AI Agent node from its version 3 on, and not in every version of n8n (in 2.41, not in 2.0): otherwise
 * it reads an empty text, and might try again and pay again. With Retry On Fail only an error that is
 * thrown brings the next try.
 */
export function answersWithErrors(node: INode): boolean {
	return isAgentTool(node) && node.retryOnFail !== true;
}
