import { logText } from '../api/logText';
import type { Member } from '../batch/batch';
import type { ItemFunctions } from '../batch/item';
import { type KnownIds, type Task, videosOf } from '../task/task';

export function report(functions: ItemFunctions, member: Member, ids: KnownIds, task?: Task): void {
	const isNew = ids.taskId !== undefined && member.taskId !== ids.taskId;
	// A new create of the same item: it replaces the task that has failed.
	if (member.taskId !== undefined && ids.taskId === undefined) {
		member.replacedTaskIds = [...(member.replacedTaskIds ?? []), member.taskId];
	}
	// Both IDs at once: the ID of a failed task must not hide that of the create which replaces it.
	Object.assign(member, {
		taskId: ids.taskId,
		externalTaskId: ids.externalTaskId,
		status: task?.status ?? 'unknown',
		videoUrl: task && videosOf(task).video?.url,
	});
	// The log outlives a crash, which leaves no error and no item to find the task by.
	if (isNew) functions.logger.info(logLine(`Task ${member.status}`, member));
	if (task?.unknownStatus && member.unknownStatus !== task.unknownStatus) {
		member.unknownStatus = task.unknownStatus;
		functions.logger.warn(
			logLine(`Unknown status "${task.unknownStatus}", read as in progress`, member),
		);
	}
}

/** Where a task is at stake, or may be. */
export function warn(functions: ItemFunctions, what: string, member: Member): void {
	if (member.externalTaskId ?? member.taskId) functions.logger.warn(logLine(what, member));
}

export function logLine(what: string, { itemIndex, taskId, externalTaskId }: Member): string {
	const ids = [taskId && `task ${taskId}`, externalTaskId && `external task ID ${externalTaskId}`];
	const parts = [what, `item ${itemIndex}`, ...ids].filter(Boolean);
	return `Kirin Video: ${parts.map((part) => logText(String(part))).join(', ')}`;
}
