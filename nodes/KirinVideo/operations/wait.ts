import type { INodePropertyRouting } from 'n8n-workflow';
import { readMaxConcurrentTasks } from '../fields/options';
import { type SettleInput, readSettle, settleOf } from '../fields/pollingFields';
import { type KnownTask, idOfTask, readTaskIds } from '../fields/taskId';
import { perItem } from './perItem';
import { settle, withVideo } from './settle';

interface WaitInput extends SettleInput {
	tasks: KnownTask[];
	/** Tasks that are watched at once; 0 for no limit. */
	maxConcurrentTasks: number;
}

/** Polls a task that exists until it is done; takes the output of Don't Wait as it is. */
export const waitForTask: INodePropertyRouting = perItem<WaitInput>({
	check: (read) => ({
		tasks: readTaskIds(read),
		maxConcurrentTasks: readMaxConcurrentTasks(read),
		...readSettle(read),
	}),

	videos: ({ tasks }) => tasks.length,

	async perform(item, given) {
		const { videoIndex } = item.identity;
		const input = settleOf(given, videoIndex);
		const ids = { taskId: idOfTask(given.tasks, videoIndex) };
		item.report(ids);
		const { pace } = item.run;
		await pace.enter({ limit: input.maxConcurrentTasks, signal: item.signal });
		const since = item.clock.now();
		const ended = await settle(item, input, { ids, since }).finally(() => pace.leave());
		return await withVideo(item, ended, input);
	},
});
