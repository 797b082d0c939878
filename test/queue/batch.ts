/** What the suite asks for: every item with a name of its own and a video of its own length in bytes. */

const EXECUTIONS = 20;
export const ITEMS_PER_EXECUTION = 10;

/** How the items of an execution are made into videos. */
export type Manner =
	/** Generate, which holds a worker's place until the last video is there. */
	| 'generate'
	/** The same, with external task IDs that the sender gives. */
	| 'generate with own IDs'
	| 'resume on callback';

export interface BatchItem {
	/** Such as `07-03`. */
	name: string;
	prompt: string;
	externalTaskId: string;
}

export interface BatchExecution {
	manner: Manner;
	items: BatchItem[];
}

/**
 * Generate renders until well after the worker is killed. The callbacks come all within some seconds,
 * after a time without any, in which a poll would be seen.
 */
const RENDER: Record<Manner, { fromSeconds: number; stepSeconds: number }> = {
	generate: { fromSeconds: 45, stepSeconds: 1 },
	'generate with own IDs': { fromSeconds: 45, stepSeconds: 1 },
	'resume on callback': { fromSeconds: 40, stepSeconds: 1 },
};
/** Larger than the sandbox's test video, so that what differs is padding. */
const LEAST_BYTES = 60_000;
const BYTES_STEP = 16;

const MANNERS: readonly Manner[] = [
	'resume on callback',
	'generate',
	'resume on callback',
	'generate with own IDs',
];

/** Where the tasks of an execution stand when its worker dies, and what holds them there. */
const PHASES = {
	'before a create': 'render 1s; create-before hang times 1',
	'before the answer to a create': 'render 1s; create-after hang times 1',
	'in a download': 'render 0s; download hang times 1',
};
const ITEMS_PER_PHASE = 2;

export type Phase = keyof typeof PHASES;

export interface PhaseExecution extends BatchExecution {
	phase: Phase;
}

/** An execution for each phase. They have nothing but Retry to be found again by. */
export function makePhases(run: string): PhaseExecution[] {
	return (Object.keys(PHASES) as Phase[]).map((phase, index) => {
		const execution = EXECUTIONS + index;
		const items = Array.from({ length: ITEMS_PER_PHASE }, (_, item) =>
			itemWith(run, { execution, item, marker: PHASES[phase] }),
		);
		return { manner: 'generate', phase, items };
	});
}

/** @param run sets the external task IDs of this run apart from those of others */
export function makeBatch(run: string): BatchExecution[] {
	return Array.from({ length: EXECUTIONS }, (_, execution) => {
		const manner = MANNERS[execution % MANNERS.length] ?? 'generate';
		const items = Array.from({ length: ITEMS_PER_EXECUTION }, (__, item) =>
			makeItem(run, manner, execution, item),
		);
		return { manner, items };
	});
}

function makeItem(run: string, manner: Manner, execution: number, item: number): BatchItem {
	const { fromSeconds, stepSeconds } = RENDER[manner];
	const marker = `render ${fromSeconds + item * stepSeconds}s`;
	return itemWith(run, { execution, item, marker });
}

function itemWith(
	run: string,
	{ execution, item, marker }: { execution: number; item: number; marker: string },
): BatchItem {
	const name = [execution, item].map((n) => String(n).padStart(2, '0')).join('-');
	const bytes = LEAST_BYTES + (execution * ITEMS_PER_EXECUTION + item) * BYTES_STEP;
	return {
		name,
		prompt: `Item ${name} [sandbox: ${marker}; size ${bytes}]`,
		externalTaskId: `${run}-${name}`,
	};
}

/** The name of the item that a prompt was written for. */
export function itemOf(prompt: string): string {
	return /^Item (\d\d-\d\d)/.exec(prompt)?.[1] ?? prompt;
}
