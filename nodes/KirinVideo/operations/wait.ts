import type { INodePropertyRouting } from 'n8n-workflow';
import { readMaxConcurrentTasks } from '../fields/options';
import { type ResultInput, readResultInput } from '../fields/pollingFields';
import { readTaskId } from '../fields/taskId';
import { perItem } from './perItem';
import { waitForResult, withVideo } from './result';

interface WaitInput extends ResultInput {
	id: string;
	/** Tasks that are watched at once; 0 for no limit. */
	maxConcurrentTasks: number;
}

/** Polls a task that exists until it is done; takes the output of Don't Wait as it is. */
export const waitOperation: INodePropertyRouting = perItem<WaitInput>({
	check: (read) => ({
		id: readTaskId(read),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		...readResultInput(read),
	}),

	async perform(item, input) {
		const ids = { taskId: input.id };
		item.report(ids);
		const { limiter } = item.batch;
		await limiter.acquire({ limit: input.maxConcurrentTasks, signal: item.signal });
		const since = item.clock.now();
		const ended = await waitForResult(item, input, { ids, since }).finally(() => limiter.release());
		return await withVideo(item, ended, input);
	},
});
