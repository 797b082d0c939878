import type { INode } from 'n8n-workflow';
import type { BatchItem } from '../batch/batch';

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool({ type }: Pick<INode, 'type'>): boolean {
	return type.endsWith('Tool');
}

/**
 * Whether a tool answers with an error instead of throwing it. Only the AI Agent node from version 3 on,
 * and not in every version of n8n (in 2.41, not in 2.0), passes a thrown error to the model; otherwise the
 * model reads an empty text, and might try again and pay again. Retry On Fail needs a thrown error; but
 * n8n gives each attempt of a tool another run index, so that it would not find the task of the one
 * before. So once a create may have been sent, a tool always answers.
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
