import type { INodePropertyRouting } from 'n8n-workflow';
import { type OutputFormat, readOutputFormat, taskJson } from '../fields/outputFields';
import { readTaskId } from '../fields/taskId';
import { getTask } from '../task/getTask';
import { idsOf } from '../task/task';
import { perItem } from './perItem';

interface GetInput {
	id: string;
	format: OutputFormat;
}

/** One status request; a failed task is an item like any other. */
export const getOperation: INodePropertyRouting = perItem<GetInput>({
	check: (read) => ({ id: readTaskId(read), format: readOutputFormat(read) }),

	async perform(item, { id, format }) {
		const task = await getTask(id, item);
		const ids = idsOf(task, { taskId: id });
		return { json: taskJson(task, format, ids, item.functions.getNode()) };
	},
});
