import type { KnownIds, Task } from './task';

/**
 * One task on its way from submit to done. Submit, poll and download hand it on, and a suspended
 * execution stores it, so it is plain data.
 */
export interface TaskState {
	ids: KnownIds;
	/** As last seen; undefined until the service has answered. */
	task?: Task;
	/** When the wait for the task began, in milliseconds since the epoch. Maximum Wait counts from here. */
	since: number;
	/** Whether the wait began with the submit, and not with a task that existed before. */
	isSubmitted: boolean;
	/** Status requests so far. */
	polls: number;
	/** When a poll found the task done, in milliseconds since the epoch; undefined where it was done before. */
	finishedAt?: number;
}
