import type { IExecutePaginationFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import type { Api, ConnectionOptions } from '../api/client';
import type { Clock } from '../api/clock';
import type { ReadParameter } from '../request/parameters';
import type { IdempotencyKey } from '../task/idempotency';
import type { BatchVideo, Batch } from './batch';

/** n8n's context of one item. */
export type ItemFunctions = IExecutePaginationFunctions;

/** Whether the node is the tool of an AI agent: n8n makes a type of its own of it, named so. */
export function isAgentTool(functions: { getNode(): Pick<INode, 'type'> }): boolean {
	return functions.getNode().type.endsWith('Tool');
}

/** What an operation works with, for one item, or for one of its videos where it becomes several. */
export interface Item extends ItemContext {
	api: Api;
	/** The address that `api` talks to. */
	baseUrl: string;
	connection: ConnectionOptions;
	clock: Clock;
	signal?: AbortSignal;
	idempotencyKey: IdempotencyKey;
}

/** An item, and the batch that it belongs to. */
export interface ItemContext {
	batch: Batch;
	batchVideo: BatchVideo;
	functions: ItemFunctions;
}

/** What an item becomes. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>;

/** One operation of the node, for one item. */
export interface Operation<Input> {
	/** What to go on from where the execution was suspended; undefined for an item that begins. */
	resume?(context: ItemContext): Input | undefined;
	/** Reads and checks all that the user gave; sends nothing. Throws TaskError. */
	check(read: ReadParameter, context: ItemContext): Input | Promise<Input>;
	/** How many videos the item becomes, each an item of its own; one unless told. */
	videos?(input: Input): number;
	/** Does the work, for each video. Throws TaskError. */
	perform(item: Item, input: Input): Promise<Output>;
}
