/**
 * What went wrong, for the person who built the workflow. The message says what happened in one
 * sentence; the description says what it means for their money and what to do next.
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

/** A finished video that is no longer at its address, nor at another that the service tells. */
export class VideoGone extends TaskError {}

/** Facts about the failure, for a workflow that handles it. */
export interface ErrorDetails {
	taskId?: string;
	externalTaskId?: string;
	status?: string;
	model?: string;
	/** The service's code of a failed task. */
	errorCode?: string;
	/** The HTTP status of the answer that ended the matter. */
	httpStatus?: number;
	/** The provider's request ID, for its support. */
	requestId?: string;
	videoUrl?: string;
	/** Failed tasks of earlier tries, which this one was to replace. */
	replacedTaskIds?: string[];
	/** Input that was refused: the field's name as the editor shows it. */
	field?: string;
	/** Exact decimal string, in `currency`. */
	estimatedCost?: string;
	currency?: string;
	/** Exact decimal string in USD: the user's limit that the estimate was held against. */
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

/** Bad input, found before anything was sent. `problem` names the limit and the value. */
export function inputError(field: string, problem: string): TaskError {
	return new TaskError(
		`${field} ${problem}`,
		'Nothing was submitted for this item, so nothing is billed. Correct the value and run again.',
		{ field },
	);
}
