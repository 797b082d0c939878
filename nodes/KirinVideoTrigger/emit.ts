import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CREDENTIAL, connect, readBaseUrl } from '../KirinVideo/api/client';
import { Stopped, systemClock } from '../KirinVideo/api/clock';
import { TaskError } from '../KirinVideo/api/taskError';
import { Pace } from '../KirinVideo/batch/limiter';
import { readDownload, readOutputFormat, taskJson } from '../KirinVideo/fields/outputFields';
import { withVideo } from '../KirinVideo/operations/settle';
import { nodeError, withoutKey } from '../KirinVideo/output/nodeError';
import type { ReadParameter } from '../KirinVideo/request/parameters';
import { type KnownIds, readTask } from '../KirinVideo/task/task';
import { claim } from './once';

/** What the webhook hands to the execution: the verified task, exactly as the service sent it. */
export interface Notice {
	task: Record<string, unknown>;
	ids: KnownIds;
}

/**
 * The execution's part: n8n runs `execute` of a trigger that has one on the items of its webhook. So a
 * video is fetched by a worker where there are workers, belongs to the execution, and ends with Stop.
 *
 * @returns no item for an event that was emitted before
 */
export async function emit(functions: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const isTest = functions.getMode() === 'manual';
	const output: INodeExecutionData[] = [];
	for (const [itemIndex, { json }] of functions.getInputData().entries()) {
		const { task: raw, ids = {} } = json as unknown as Partial<Notice>;
		const task = readTask(raw);
		// n8n execute starts a trigger without any call.
		if (!task) continue;
		const read: ReadParameter = (path, fallback) =>
			functions.getNodeParameter(path, itemIndex, fallback);
		try {
			const download = readDownload(read);
			const ended = { json: taskJson(task, readOutputFormat(read), ids), task, ids };
			const item = await withVideo(await downloader(functions), ended, download);
			// Only now, so that an execution that fails, or is lost, can be run again.
			if (isTest || (await claim(functions, task))) {
				output.push({ ...item, pairedItem: { item: itemIndex } });
			}
		} catch (error) {
			if (error instanceof Stopped) return [[]];
			throw error instanceof TaskError
				? nodeError(functions, await withoutKey(functions, error), itemIndex)
				: error;
		}
	}
	return [output];
}

async function downloader(functions: IExecuteFunctions) {
	const { baseUrl } = await functions.getCredentials<{ baseUrl: unknown }>(CREDENTIAL);
	const signal = functions.getExecutionCancelSignal();
	return {
		functions,
		api: connect(functions, readBaseUrl(baseUrl) ?? '', {}, signal),
		connection: {},
		clock: systemClock,
		signal,
		run: { downloads: new Pace(systemClock) },
	};
}
