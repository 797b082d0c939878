import type { INodePropertyRouting } from 'n8n-workflow';
import { readMaxConcurrentTasks } from '../fields/options';
import { type SettleInput, readSettle } from '../fields/pollingFields';
import { readTaskId } from '../fields/taskId';
import { perItem } from './perItem';
import { settle, withVideo } from './settle';

interface WaitInput extends SettleInput {
	id: string;
	/** Tasks that are watched at once; 0 for no limit. */
	maxConcurrentTasks: number;
}

/** Polls a task that exists until it is done; takes the output of Don't Wait as it is. */
export const waitForTask: INodePropertyRouting = perItem<WaitInput>({
	check: (read) => ({
		id: readTaskId(read),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		...readSettle(read),
	}),

	async perform(item, input) {
		const ids = { taskId: input.id };
		item.report(ids);
		const { pace } = item.run;
		await pace.enter({ limit: input.maxConcurrentTasks, signal: item.signal });
		const since = item.clock.now();
		const ended = await settle(item, input, { ids, since }).finally(() => pace.leave());
		return await withVideo(item, ended, input);
	},
});
