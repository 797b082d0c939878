/** Which of the forms that the provider's pages and clients show the sandbox answers in. */
import { isFlag, isObjectOf, isOneOf, isText } from './checks';

export const ERROR_BODIES = [
	'error-object',
	'error-string',
	'error-message',
	'status',
	'status-code',
	'message',
	'detail',
	'page',
] as const;

export const TASK_ERRORS = [
	'object',
	'string',
	'number',
	'message',
	'six-digit',
	'six-digit-string',
] as const;

export const EMPTY_ERRORS = ['object', 'fields', 'text', 'null'] as const;

export const SHAPES = ['kirin', 'vendor', 'older'] as const;

/** Every member left out means: as on the seed pages. */
export interface Variant {
	/** The whole task in another shape: the vendor's own, or the one of an older page. */
	shape?: (typeof SHAPES)[number];
	/** Callbacks as the vendor posts them: its own task ID, ours only as `external_task_id`. */
	callbackShape?: 'kirin' | 'vendor';
	/** `{"data": <task>, "status": {"code": 200, "message": "success"}}` around the task. */
	envelope?: boolean;
	idField?: 'id' | 'task_id' | 'request_id';
	/** New tasks have IDs that are JSON numbers beyond 2^53. */
	numericIds?: boolean;
	/** The words of the phases. Without a word for queued, a queued task reports the running one. */
	statusWords?: { queued?: string; running?: string; completed?: string; failed?: string };
	/** `output: [{type, url}]` with no `content` in between. */
	flatOutput?: boolean;
	/** Each content in an output of its own. */
	outputsApart?: boolean;
	contentType?: 'video' | 'video_url';
	outputField?: 'output' | 'outputs';
	/** Contents also have `id` and `duration`. */
	contentIds?: boolean;
	/** `usage.cost` and the estimate's `cost` as a number, or as empty text, of failed tasks too. */
	cost?: 'text' | 'number' | 'empty';
	/** A failed task's error: `{code, error_message}`, plain text, `{code: 2011095, message}`, … */
	taskError?: (typeof TASK_ERRORS)[number];
	/** Failed tasks say `completed` and carry an error. */
	completedWithError?: boolean;
	/** Completed tasks carry an error with nothing in it. */
	emptyError?: (typeof EMPTY_ERRORS)[number];
	/** The body of HTTP errors; left out, the first form, and for 402 `status`. */
	errorBody?: (typeof ERROR_BODIES)[number];
	/** The codes in HTTP errors all as text, or all as numbers. */
	errorCodes?: 'text' | 'number';
	/** The lists in the hits of a search, or text in their place. */
	searchLists?: 'list' | 'text';
}

/** Whether a value of unknown origin is a variant. */
export const isVariant = isObjectOf({
	shape: isOneOf(...SHAPES),
	callbackShape: isOneOf('kirin', 'vendor'),
	envelope: isFlag,
	idField: isOneOf('id', 'task_id', 'request_id'),
	numericIds: isFlag,
	statusWords: isObjectOf({ queued: isText, running: isText, completed: isText, failed: isText }),
	flatOutput: isFlag,
	outputsApart: isFlag,
	contentType: isOneOf('video', 'video_url'),
	outputField: isOneOf('output', 'outputs'),
	contentIds: isFlag,
	cost: isOneOf('text', 'number', 'empty'),
	taskError: isOneOf(...TASK_ERRORS),
	completedWithError: isFlag,
	emptyError: isOneOf(...EMPTY_ERRORS),
	errorBody: isOneOf(...ERROR_BODIES),
	errorCodes: isOneOf('text', 'number'),
	searchLists: isOneOf('list', 'text'),
});
