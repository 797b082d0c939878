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

/** The same for one of several videos: a file name that the user gave has to differ. */
export function settleOf<Input extends SettleInput>(input: Input, videoIndex: number): Input {
	const { file } = input;
	if (file?.name === undefined || videoIndex === 0) return input;
	return { ...input, file: { ...file, name: `${file.name}-${videoIndex + 1}` } };
}

/** @throws TaskError */
export function readSettle(read: ReadParameter): SettleInput {
	return { ...readWait(read), ...readDownload(read), format: readOutputFormat(read) };
}
