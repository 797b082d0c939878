import type { INodePropertyRouting } from 'n8n-workflow';
import { readOutputFormat } from '../fields/outputFields';
import { type KnownTask, idOfTask, readTaskIds } from '../fields/taskId';
import { type OutputFormat, taskJson } from '../output/itemJson';
import { getTask } from '../task/getTask';
import { noteProgress } from '../task/observations';
import { MOST_PAUSE_MS, pauseBeforePoll } from '../task/schedule';
import { idsOf, isDone } from '../task/task';
import { perItem } from './perItem';

interface GetInput {
	tasks: KnownTask[];
	format: OutputFormat;
}

/** One status request, and when the next one is worth it; a failed task is an item like any other. */
export const getOperation: INodePropertyRouting = perItem<GetInput>({
	check: (read) => ({ tasks: readTaskIds(read), format: readOutputFormat(read) }),
	videos: ({ tasks }) => tasks.length,

	async perform(item, { tasks, format }) {
		const id = idOfTask(tasks, item.idempotencyKey.videoIndex);
		const task = await getTask(id, item);
		const ids = idsOf(task, { taskId: id });
		const json = taskJson(task, format, ids, item.functions);
		if (isDone(task)) return { json };
		const now = item.clock.now();
		const nextPollSeconds = secondsUntilNextPoll(now - (task.createdAt ?? now), task.progress);
		return { json: { ...json, nextPollSeconds } };
	},
});

/** Whole seconds before the next poll of a task of this age, for a loop that the user builds. */
export function secondsUntilNextPoll(ageMs: number, progress?: number): number {
	const elapsedMs = Math.max(0, ageMs || 0);
	const reports = noteProgress([], elapsedMs, progress);
	const bounds = { leastMs: 1_000, mostMs: MOST_PAUSE_MS };
	return Math.ceil(pauseBeforePoll({ elapsedMs, reports, ...bounds, random: 0.5 }) / 1_000);
}
