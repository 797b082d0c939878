/** The forms in which the provider's pages and clients show the same task and the same error. */
import { Refusal } from './refusal';
import type { SandboxTask, TaskView } from './task';

export const ERROR_BODIES = [
	'error-object',
	'error-string',
	'status',
	'message',
	'detail',
	'page',
] as const;

/** Every member left out means: as on the seed pages. */
export interface Variant {
	/** `{"data": <task>, "status": {"code": 200, "message": "success"}}` around the task. */
	envelope?: boolean;
	idField?: 'id' | 'task_id' | 'request_id';
	/** The words of the phases. Without a word for queued, a queued task reports the running one. */
	statusWords?: { queued?: string; running?: string; completed?: string; failed?: string };
	/** `output: [{type, url}]` with no `content` in between. */
	flatOutput?: boolean;
	contentType?: 'video' | 'video_url';
	outputField?: 'output' | 'outputs';
	/** A failed task's error: `{code, error_message}`, plain text, or `{code: 2011095, message}`. */
	taskError?: 'object' | 'string' | 'number';
	/** Failed tasks say `completed` and carry an error. */
	completedWithError?: boolean;
	/** The body of HTTP errors; left out, the first form, and for 402 the third. */
	errorBody?: (typeof ERROR_BODIES)[number];
}

/** A task as the service reports it at one moment. */
export function taskBody(task: SandboxTask, view: TaskView, variant: Variant): object {
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
	if (view.phase === 'failed') body.error = errorOf(task, variant);
	if (view.phase === 'completed') {
		const content = view.urls.map((url) => ({
			type: variant.contentType ?? 'video',
			url,
			jobId: task.jobId,
		}));
		if (content.length > 0) {
			body[variant.outputField ?? 'output'] = variant.flatOutput ? content : [{ content }];
		}
		body.usage = { cost: task.cost, discount: task.discount };
		body.metadata = {};
	}
	return variant.envelope ? { data: body, status: { code: 200, message: 'success' } } : body;
}

function errorOf(task: SandboxTask, variant: Variant): unknown {
	const { code, message } = task.error ?? { code: '', message: '' };
	switch (variant.taskError) {
		case 'string':
			return `${code}: ${message}`;
		case 'number':
			return { code: Number(code), message };
		default:
			return { code, error_message: message };
	}
}

/** An HTTP error's body: JSON, or text for a proxy's page. */
export function errorBody(refusal: Refusal, requestId: string, variant: Variant): unknown {
	const { status, code, message, errorCode } = refusal;
	switch (variant.errorBody ?? (errorCode === undefined ? 'error-object' : 'status')) {
		case 'error-object':
			return { error: { code, message }, request_id: requestId };
		case 'error-string':
			return { error: message };
		case 'status':
			return {
				status: { code: status, message, ...(errorCode ? { error_code: errorCode } : {}) },
				data: null,
			};
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
