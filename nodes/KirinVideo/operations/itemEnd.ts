import type { INodeExecutionData } from 'n8n-workflow';
import { readSecrets } from '../api/credential/credential';
import { defined } from '../api/untrusted';
import type { BatchVideo, Batch } from '../batch/batch';
import { type ItemFunctions, type Output, isAgentTool } from '../batch/item';
import {
	explain,
	failedItem,
	withOthers,
	withReplaced,
	withRetryHint,
	withTask,
	asItStands,
	stoppedError,
} from '../output/itemErrors';
import { withReplacedTasks, withWarnings } from '../output/itemJson';
import { warn } from '../output/itemLog';
import { nodeError, withoutKey } from '../output/nodeError';

/** How an item ends: with its output, with an error, or because the execution was stopped. */

export async function finishItem(
	functions: ItemFunctions,
	{ itemIndex, adopted, replacedTaskIds, warnings = [] }: BatchVideo,
	{ json, ...output }: Output,
): Promise<INodeExecutionData[]> {
	const secrets = await readSecrets(functions);
	const warned = withWarnings({ ...json, ...defined({ adopted }) }, warnings);
	const whole = withReplacedTasks(warned, replacedTaskIds);
	return [{ json: secrets.clean(whole), ...output, pairedItem: { item: itemIndex } }];
}

/** @throws the error that n8n shows, unless the workflow goes on with failed items */
export async function failItem(
	functions: ItemFunctions,
	batch: Batch,
	batchVideo: BatchVideo,
	thrown: unknown,
): Promise<INodeExecutionData[]> {
	const error = await withoutKey(
		functions,
		withReplaced(withTask(explain(thrown, batchVideo), batchVideo), batchVideo),
	);
	// Before a retry n8n drops this error, and Stop may come before the retry.
	warn(functions, error.message, batchVideo);
	batchVideo.failure = error;
	const isItem = () => endsAsItem(functions, batch, batchVideo);
	if (isItem()) return [failedItem(functions, error)];
	const others = await batch.fail(batchVideo);
	// A create of another video of the same call may have left meanwhile.
	if (isItem()) return [failedItem(functions, error)];
	const whole = withRetryHint(functions, withOthers(error, others));
	throw nodeError(functions, await withoutKey(functions, whole), batchVideo.itemIndex);
}

/**
 * The execution was stopped, or has run into its time-out. n8n stores it at once, and its Retry goes on
 * from what it has stored (tried with 2.41.1, in regular and in queue mode):
 * - after an error the node is on n8n's stack again, so Retry runs it again. Items would count as its
 *   result, and Retry would go on behind it with videos that are not there;
 * - with Retry On Fail n8n would pause and run the node again, and store an execution without the node,
 *   its error and its tasks meanwhile. So its tasks come out as items;
 * - after a Stop by hand n8n keeps neither: Retry starts the workflow over.
 *
 * Nothing is awaited here but the other items, which stop at the same moment: n8n does not wait for us.
 */
export async function stopItem(
	functions: ItemFunctions,
	batch: Batch,
	batchVideo: BatchVideo,
): Promise<INodeExecutionData[]> {
	const { itemIndex } = batchVideo;
	const error = stoppedError(batchVideo);
	warn(functions, error.message, batchVideo);
	if (functions.getNode().retryOnFail) {
		return [{ json: asItStands(batchVideo, error), pairedItem: { item: itemIndex } }];
	}
	if (endsAsItem(functions, batch, batchVideo)) return [failedItem(functions, error)];
	// Without their addresses, which a service may have put the key into: to hide it, it would have to be read.
	const others = (await batch.fail(batchVideo)).map((other) => ({ ...other, videoUrl: undefined }));
	throw nodeError(functions, withOthers(error, others), itemIndex);
}

/** Whether a failure is an item like any other, and ends nothing else. */
function endsAsItem(functions: ItemFunctions, batch: Batch, batchVideo: BatchVideo): boolean {
	return functions.continueOnFail() || answersWithErrors(functions, batch.siblingsOf(batchVideo));
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
function answersWithErrors(functions: ItemFunctions, videos: BatchVideo[]): boolean {
	const mayHaveCreated = videos.some((video) => video.mayHaveCreated === true);
	return isAgentTool(functions) && (functions.getNode().retryOnFail !== true || mayHaveCreated);
}
