import type { INode } from 'n8n-workflow';
import type { BatchItem } from '../batch/batch';

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
	return type.endsWith('Tool');
}

/**
 * Whether an error is to be the answer of a tool. What a tool throws, the model is told of only by the
 * AI Agent node from its version 3 on, and not in every version of n8n (in 2.41, not in 2.0): otherwise
 * it reads an empty text, and might try again and pay again. With Retry On Fail only an error that is
 * thrown brings the next try; but n8n gives each try of a tool a run index of its own, so that it would
 * not find the task of the one before. Once a create may have left, a tool answers in any case.
 *
 * @param videos all that the call is to make
 */
export function answersWithErrors(
	node: INode,
	videos: Array<Pick<BatchItem, 'mayHaveCreated'>>,
): boolean {
	const mayHaveCreated = videos.some((video) => video.mayHaveCreated === true);
	return isAgentTool(node) && (node.retryOnFail !== true || mayHaveCreated);
}
