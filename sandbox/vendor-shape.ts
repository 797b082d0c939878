/** The task in the vendor's own shape, and in the older form of one page (kirin-endpoints.md 6 and 10). */
import type { SandboxTask, TaskView } from './task';

const VENDOR_WORDS = {
	queued: 'submitted',
	running: 'processing',
	completed: 'succeed',
	failed: 'failed',
};
const OLDER_WORDS = {
	queued: 'in_queue',
	running: 'processing',
	completed: 'success',
	failed: 'failed',
};

/** What the vendor's callback posts, and what stands under `data` in its answers to get. */
export function vendorTask(task: SandboxTask, view: TaskView, id: string): object {
	const isDone = view.phase === 'completed';
	const videos = view.urls.map((url) => ({ id: task.jobId, url, duration: String(task.duration) }));
	return {
		task_id: id,
		task_status: VENDOR_WORDS[view.phase],
		task_status_msg: view.phase === 'failed' ? (task.error?.message ?? '') : '',
		created_at: task.createdAt,
		updated_at: view.at,
		...(isDone ? { final_unit_deduction: task.cost } : {}),
		task_info: { external_task_id: task.externalTaskId },
		...(videos.length > 0 ? { task_result: { videos } } : {}),
	};
}

/** The vendor's answer: its `request_id` is that of the request, not of the task. */
export function vendorBody(task: SandboxTask, view: TaskView): object {
	return {
		code: 0,
		message: 'SUCCEED',
		request_id: `request-of-${task.jobId}`,
		data: vendorTask(task, view, task.id),
	};
}

/** Envelope, other words, `updated_at` and flat output. */
export function olderBody(task: SandboxTask, view: TaskView): object {
	const output = view.urls.map((url) => ({
		type: 'video',
		url,
		duration: task.duration,
		jobId: task.jobId,
	}));
	const data = {
		id: task.id,
		created_at: task.createdAt,
		updated_at: view.at,
		status: OLDER_WORDS[view.phase],
		model: task.model,
		...(output.length > 0 ? { output } : {}),
		...(view.phase === 'failed'
			? { error: { code: task.error?.code, error_message: task.error?.message } }
			: {}),
		...(view.phase === 'completed' ? { usage: { cost: task.cost, discount: task.discount } } : {}),
	};
	return { data, status: { code: 200, message: 'success' } };
}
