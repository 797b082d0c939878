import type { ModelInput } from '../request/models';

/**
 * The values of operations by what they do, for the conditions under which fields show. The table of
 * operations makes them (operations/operations.ts).
 */
export interface OperationsBy {
	/** Operations that describe a new task, by what it makes the video from. */
	input: Record<ModelInput, string[]>;
	/** Operations that create tasks, and are asked how to wait for them. */
	creating: string[];
	/** Operations that wait for tasks, and download their videos. */
	waiting: string[];
	/** Operations on a task that exists. */
	takingTaskId: string[];
}

/** Shows a property of the node for these operations only. */
export function showFor(operations: string[]) {
	return { show: { operation: operations } };
}
