import type { Answer, Api } from '../KirinVideo/api/client';
import { refusalKind } from '../KirinVideo/api/refusal';
import type { TaskError } from '../KirinVideo/api/taskError';
import { lookFailed } from '../KirinVideo/task/errors';
import { look, taskOf } from '../KirinVideo/task/getTask';
import { type KnownIds, type Task, idsOf } from '../KirinVideo/task/task';

/** What the service says of the task that a call names. */
export interface Known {
	task: Task;
	ids: KnownIds;
}

/** Why a call is sent away. */
export interface Refusal {
	/** The HTTP status: 5xx where the same call may be good later, so that a sender that repeats does so. */
	status: 400 | 404 | 500 | 503;
	message: string;
	/** For whoever runs n8n; the caller may be anybody. */
	problem?: TaskError;
}

/** How long the caller waits for one look, in milliseconds: senders give up on slow answers. */
export const LOOK_TIMEOUT_MS = 5_000;

/**
 * One quick look, or two where a call names both IDs and the service does not know the first. Nothing
 * of the call is believed but that: an ID by which the account's own key finds a task.
 */
export async function verify(named: KnownIds, api: Api): Promise<Known | Refusal> {
	let refusal: Refusal = { status: 400, message: 'The body names no task' };
	for (const id of [named.taskId, named.externalTaskId]) {
		if (id === undefined) continue;
		const answer = await look(api, id, LOOK_TIMEOUT_MS);
		const task = taskOf(answer);
		if (task) return { task, ids: idsOf(task, { taskId: id }) };
		refusal = refusalOf(answer, id);
		if (refusal.status !== 404) break;
	}
	return refusal;
}

function refusalOf(answer: Answer, id: string): Refusal {
	const kind = refusalKind(answer);
	// A service may refuse an ID that cannot be one of its own in place of not finding it.
	if (kind === 'missing' || kind === 'parameter') {
		return { status: 404, message: 'The service knows no such task' };
	}
	const problem = lookFailed(answer, kind, id);
	return kind
		? { status: 500, message: "The task cannot be verified; n8n's log says why", problem }
		: { status: 503, message: 'The task cannot be verified now', problem };
}
