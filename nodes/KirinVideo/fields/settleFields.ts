import type { ReadParameter } from '../request/parameters';
import {
	type DownloadInput,
	type OutputFormat,
	readDownload,
	readOutputFormat,
} from './outputFields';
import { type WaitInput, readWait } from './pollingFields';

/** Task → item with its video: the second half of Generate, and all of Wait. */

export interface SettleInput extends WaitInput, DownloadInput {
	format: OutputFormat;
}

/** @throws TaskError */
export function readSettle(read: ReadParameter): SettleInput {
	return { ...readWait(read), ...readDownload(read), format: readOutputFormat(read) };
}
