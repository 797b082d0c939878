import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { connect, readBaseUrl } from '../KirinVideo/api/client';
import { CREDENTIAL, readSecrets } from '../KirinVideo/api/credential/credential';
import { Stopped, systemClock } from '../KirinVideo/api/clock';
import { TaskError } from '../KirinVideo/api/taskError';
import { ConcurrencyLimiter } from '../KirinVideo/batch/limiter';
import { readDownload, readOutputFormat } from '../KirinVideo/fields/outputFields';
import { taskJson } from '../KirinVideo/output/itemJson';
import { withVideo } from '../KirinVideo/operations/result';
import { nodeError, withoutKey } from '../KirinVideo/output/nodeError';
import type { ReadParameter } from '../KirinVideo/request/parameters';
import { type Content, type KnownIds, readTask } from '../KirinVideo/task/task';
import { claim } from './claim';

/** What the webhook hands to the execution: the task, exactly as the service sent it. */
export interface VerifiedTask {
	task: Record<string, unknown>;
	ids: KnownIds;
	/** As they were read from the answer; addresses in it may be relative to the API. */
	contents?: Content[];
}

/**
 * Turns verified tasks into items. n8n runs `execute` of a trigger that has one on the items of its
 * webhook, so a video is downloaded by a worker where there are workers, belongs to the execution, and
 * its download ends with Stop.
 *
 * @returns no item for an event that another execution has emitted
 */
export async function emit(functions: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const isTest = functions.getMode() === 'manual';
	const output: INodeExecutionData[] = [];
	for (const [itemIndex, input] of functions.getInputData().entries()) {
		const { task: raw, ids = {}, contents } = input.json as unknown as Partial<VerifiedTask>;
		const known = readTask(raw);
		// n8n execute starts a trigger without any call.
		if (!known) continue;
		const task = { ...known, contents: contents ?? known.contents };
		const read: ReadParameter = (path, fallback) =>
			functions.getNodeParameter(path, itemIndex, fallback);
		try {
			const download = readDownload(read);
			const json = taskJson(task, readOutputFormat(read), ids, functions);
			// A Retry comes later: what is not there then has expired.
			const isFresh = functions.getMode() !== 'retry';
			const downloader = downloaderOf(functions);
			const ended = { task, ids, isFresh };
			const { json: withFile, ...file } = await withVideo(downloader, json, ended, download);
			// What the webhook has handed over is clean, so nothing is decrypted for it.
			const clean = withFile === json ? json : (await readSecrets(functions)).clean(withFile);
			// Last of all, so that what fails or is stopped before it can be run again.
			if (isTest || (await claim(functions, task))) {
				output.push({ json: clean, ...file, pairedItem: { item: itemIndex } });
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

function downloaderOf(functions: IExecuteFunctions): Parameters<typeof withVideo>[0] {
	const signal = functions.getExecutionCancelSignal();
	return {
		functions,
		api: {
			// Only for an address that has expired.
			async call(call) {
				const { baseUrl } = await functions.getCredentials<{ baseUrl: unknown }>(CREDENTIAL);
				return await connect(functions, readBaseUrl(baseUrl) ?? '', {}, signal).call(call);
			},
		},
		connection: {},
		clock: systemClock,
		signal,
		batch: { downloads: new ConcurrencyLimiter(systemClock) },
	};
}
