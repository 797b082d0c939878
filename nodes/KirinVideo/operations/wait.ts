import type { INodePropertyRouting } from 'n8n-workflow';
import { readMaxConcurrentTasks } from '../fields/options';
import { type ResultInput, readResultInput, resultInputOf } from '../fields/pollingFields';
import { type KnownTask, idOfTask, readTaskIds } from '../fields/taskId';
import { report } from '../output/itemLog';
import { perItem } from './perItem';
import { resultItem, waitForResult } from './result';

interface WaitInput extends ResultInput {
	tasks: KnownTask[];
	/** Tasks that are watched at once; 0 for no limit. */
	maxConcurrentTasks: number;
}

/** Polls a task that exists until it is done; takes the output of Don't Wait as it is. */
export const waitOperation: INodePropertyRouting = perItem<WaitInput>({
	check: (read) => ({
		tasks: readTaskIds(read),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		...readResultInput(read),
	}),

	videos: ({ tasks }) => tasks.length,

	async perform(item, given) {
		const { videoIndex } = item.idempotencyKey;
		const input = resultInputOf(given, videoIndex);
		const ids = { taskId: idOfTask(given.tasks, videoIndex) };
		report(item, ids);
		const state = await item.batch.limiter.run(
			{ limit: given.maxConcurrentTasks, signal: item.signal },
			async ({ since }) =>
				await waitForResult(item, input, { ids, since, isSubmitted: false, polls: 0 }),
		);
		return await resultItem(item, state, input);
	},
});
