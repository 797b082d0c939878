/** The forms in which the provider's pages and clients show the same task and the same error. */
import { isFlag, isObjectOf, isOneOf, isText } from './checks';
import type { Refusal } from './refusal';
import type { SandboxTask, TaskView } from './task';
import { olderBody, vendorBody } from './vendor-shape';

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

/** A task as the service reports it at one moment. */
export function taskBody(task: SandboxTask, view: TaskView, variant: Variant): object {
	if (variant.shape === 'vendor') return vendorBody(task, view);
	if (variant.shape === 'older') return olderBody(task, view);
	const words = variant.statusWords ?? {};
	const running = task.wishes.runningWord ?? words.running ?? 'in_progress';
	const status = {
		queued: task.wishes.runningWord ?? words.queued ?? running,
		running,
		completed: words.completed ?? 'completed',
		failed: variant.completedWithError
			? (words.completed ?? 'completed')
			: (words.failed ?? 'failed'),
	}[view.phase];
	const body: Record<string, unknown> = {
		[variant.idField ?? 'id']: task.id,
		created_at: task.createdAt,
		status,
		model: task.model,
	};
	if (view.progress !== undefined) body.progress = view.progress;
	if (view.phase === 'failed') {
		body.error = errorOf(task, variant);
		if (variant.cost === 'empty') body.usage = { cost: '' };
	}
	if (view.phase === 'completed') {
		const output = outputOf(task, view, variant);
		if (output.length > 0) body[variant.outputField ?? 'output'] = output;
		body.usage = { cost: costIn(variant, task.cost), discount: task.discount };
		body.metadata = {};
		if (variant.emptyError !== undefined) body.error = EMPTY[variant.emptyError];
	}
	return variant.envelope ? { data: body, status: { code: 200, message: 'success' } } : body;
}

const EMPTY = {
	object: {},
	fields: { code: '', error_message: '' },
	text: '',
	null: null,
};

function outputOf(task: SandboxTask, view: TaskView, variant: Variant): object[] {
	const content = view.urls.map((url, index) => ({
		type: variant.contentType ?? 'video',
		url,
		jobId: task.jobId,
		...(variant.contentIds
			? { id: `${task.jobId}-${index + 1}`, duration: String(task.duration) }
			: {}),
	}));
	if (variant.flatOutput || content.length === 0) return content;
	return variant.outputsApart ? content.map((one) => ({ content: [one] })) : [{ content }];
}

/** An amount in the form that the variant asks for. */
export function costIn(variant: Variant, cost: string): string | number {
	if (variant.cost === 'empty') return '';
	return variant.cost === 'number' ? Number(cost) : cost;
}

/** Six digits for a kind of failure, as the SDK's tests have them: all but two are the sandbox's own. */
function sixDigits(code: string): string {
	return code.length === 6 ? code : `110${code.slice(-3)}`;
}

function errorOf(task: SandboxTask, variant: Variant): unknown {
	const { code, message } = task.error ?? { code: '', message: '' };
	switch (variant.taskError) {
		case 'string':
			return `${code}: ${message}`;
		case 'number':
			return { code: Number(code), message };
		case 'message':
			return { code, message };
		case 'six-digit':
			return { code: Number(sixDigits(code)), message };
		case 'six-digit-string':
			return { code: sixDigits(code), message };
		default:
			return task.errorField === 'message' ? { code, message } : { code, error_message: message };
	}
}

/** An HTTP error's body: JSON, or text for a proxy's page. */
export function errorBody(refusal: Refusal, requestId: string, variant: Variant): unknown {
	const { status, code, message, errorCode, body } = refusal;
	if (body !== undefined) return body;
	const form = variant.errorBody ?? (errorCode === undefined ? 'error-object' : 'status');
	// Numbers are built like 40201, the one that is known.
	const number = errorCode ?? status * 100 + 1;
	const inForm = (value: number) => (variant.errorCodes === 'text' ? String(value) : value);
	switch (form) {
		case 'error-object':
			return {
				error: { code: variant.errorCodes === 'number' ? number : code, message },
				request_id: requestId,
			};
		case 'error-string':
			return { error: message };
		case 'error-message':
			return { error: { error_message: message } };
		case 'status':
		case 'status-code': {
			const told = form === 'status-code' || errorCode !== undefined;
			return {
				status: {
					code: inForm(status),
					message,
					...(told ? { error_code: inForm(number) } : {}),
				},
				data: null,
			};
		}
		case 'message':
			return { message };
		case 'detail':
			return { detail: message };
		case 'page':
			return errorPage(status, message);
	}
}

export function errorPage(status: number, message: string): string {
	return `<!doctype html><html><head><title>${status}</title></head><body><h1>${status}</h1><p>${message}</p></body></html>\n`;
}
