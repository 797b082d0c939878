import type { INode } from 'n8n-workflow';

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
	return type.endsWith('Tool');
}

/**
 * Whether an error is to be the answer of a tool. The AI Agent node before its version 3 calls the tool
 * itself and swallows what it throws: the model reads an empty text (n8n 2.41), and might try again and
 * pay again. From version 3 on it leaves the call to n8n's engine, which marks the node so and tells the
 * error. With Retry On Fail only an error that is thrown brings the next try.
 */
export function answersWithErrors(node: INode): boolean {
	return isAgentTool(node) && node.rewireOutputLogTo === undefined && node.retryOnFail !== true;
}
