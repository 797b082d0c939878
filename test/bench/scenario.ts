/** What a contender is given to do in one run. */

/** The render time of the batches. */
export const RENDER_SECONDS = 20;
const MIB = 1024 * 1024;

export interface Scenario {
	id: string;
	/** One for each item. */
	prompts: string[];
	/** The slowest render of all. */
	slowestSeconds: number;
	meanSeconds: number;
	/** Of each video; a small one unless told. */
	videoBytes?: number;
}

/** Tasks that all render for equally long. */
export function batch(
	tasks: number,
	{
		seconds = RENDER_SECONDS,
		videoMiB,
		id = `batch${tasks}`,
	}: { seconds?: number; videoMiB?: number; id?: string } = {},
): Scenario {
	return {
		id,
		prompts: Array.from({ length: tasks }, (_, index) => prompt(index, `render ${seconds}s`)),
		slowestSeconds: seconds,
		meanSeconds: seconds,
		...(videoMiB !== undefined && { videoBytes: videoMiB * MIB }),
	};
}

/**
 * Tasks whose render times lie evenly between two, so that no contender's interval happens to fall
 * on the end of all of them.
 */
export function spread(
	tasks: number,
	from: number,
	to: number,
	{ progress = true }: { progress?: boolean } = {},
): Scenario {
	const step = (to - from) / (tasks - 1);
	const silence = progress ? '' : '; no-progress';
	return {
		id: progress ? 'spread' : 'spreadSilent',
		prompts: Array.from({ length: tasks }, (_, index) => {
			const milliseconds = Math.round((from + index * step) * 1000);
			return prompt(index, `render ${milliseconds}ms${silence}`);
		}),
		slowestSeconds: to,
		meanSeconds: (from + to) / 2,
	};
}

function prompt(index: number, marker: string): string {
	return `A crane over a lake, take ${index + 1} [sandbox: ${marker}]`;
}
