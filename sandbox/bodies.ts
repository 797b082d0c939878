/** A task and an error in each of the forms that the provider's pages and clients show. */
import type { Refusal } from './refusal';
import type { SandboxTask, TaskView } from './task';
import type { Variant } from './variant';
import { olderBody, vendorBody } from './vendor-shape';

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
