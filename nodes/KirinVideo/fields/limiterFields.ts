import type { INodeProperties } from 'n8n-workflow';
import type { Field, ReadParameter } from '../request/parameters';
import { readNumber } from '../request/values';

/** How many tasks of a run are under way at once. */

const field: Field = { path: 'options.maxConcurrentTasks', label: 'Maximum Concurrent Tasks' };

/**
 * Enough for the batches that people run by hand or from a table. A service that takes fewer says 429,
 * and the run slows itself down; beyond it, more tasks at once mostly means more polls at once.
 */
const DEFAULT_TASKS = 50;
const TASKS = { least: 0, most: 10_000, preset: DEFAULT_TASKS };

/** For the Options collection. */
export const maxConcurrentTasksOption: INodeProperties = {
	displayName: field.label,
	name: 'maxConcurrentTasks',
	type: 'number',
	typeOptions: { minValue: TASKS.least, maxValue: TASKS.most, numberPrecision: 0 },
	default: DEFAULT_TASKS,
	description:
		'How many tasks of a run may be under way at once, or 0 for no limit. When the service is busy, the run slows itself down in any case.',
};

/** @throws TaskError */
export function readMaxConcurrentTasks(read: ReadParameter): number {
	return Math.floor(readNumber(read, field, TASKS));
}
