/**
 * An error for the person who built the workflow. The message says what happened in one sentence; the
 * description says what that means for their money and what to do next.
 */
export class TaskError extends Error {
	constructor(
		message: string,
		readonly description: string,
		readonly details: ErrorDetails = {},
	) {
		super(message);
	}
}

/** A finished video is no longer at its address, and the service gives no other. */
export class VideoGone extends TaskError {}

/** Facts for a workflow that handles the error. */
export interface ErrorDetails {
	taskId?: string;
	externalTaskId?: string;
	status?: string;
	model?: string;
	/** The service's code of a failed task. */
	errorCode?: string;
	/** The HTTP status of the last answer. */
	httpStatus?: number;
	/** The provider's request ID, for its support. */
	requestId?: string;
	videoUrl?: string;
	/** Failed tasks of earlier attempts, which this one replaces. */
	replacedTaskIds?: string[];
	/** The field of a refused input, as the editor names it. */
	field?: string;
	/** Exact decimal string, in `currency`. */
	estimatedCost?: string;
	currency?: string;
	/** The user's limit, as an exact decimal string in USD. */
	maximumCost?: string;
	/** Tasks of the other items of the run, which n8n drops together with their items. */
	otherTasks?: OtherTask[];
}

export interface OtherTask {
	/** Its index. */
	item: number;
	/** Which of several videos of the item, from the second on. */
	video?: number;
	taskId?: string;
	externalTaskId?: string;
	status?: string;
	videoUrl?: string;
	replacedTaskIds?: string[];
}

/** The error of an input that was refused before anything was sent. `problem` names the limit and the value. */
export function inputError(field: string, problem: string): TaskError {
	return new TaskError(
		`${field} ${problem}`,
		'Nothing was submitted for this item, so nothing is billed. Correct the value and run again.',
		{ field },
	);
}
