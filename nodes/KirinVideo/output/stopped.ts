import type { IDataObject } from 'n8n-workflow';
import { TaskError } from '../api/taskError';
import { defined } from '../api/untrusted';
import type { Member } from '../batch/batch';
import { whatIsKnown } from '../task/errors';
import type { KnownIds } from '../task/task';

/**
 * The error of an item whose execution was stopped. n8n counts an execution as canceled, and not as
 * failed, by this word in the message.
 */
export function stoppedError(member: Member): TaskError {
	const ids = idsOf(member);
	return new TaskError(
		'The execution was canceled before the video was finished',
		whatIsKnown(ids),
		defined({ ...ids, status: hasTask(member) ? member.status : undefined }),
	);
}

/** The task of a stopped item as it stands, for Task → Wait. */
export function asItStands(member: Member, { message, description }: TaskError): IDataObject {
	const warning = `${message}. ${description}`;
	if (!hasTask(member)) return { warning };
	return { ...idsOf(member), status: member.status, warning };
}

function hasTask({ taskId, externalTaskId }: Member): boolean {
	return (taskId ?? externalTaskId) !== undefined;
}

function idsOf({ taskId, externalTaskId }: Member): KnownIds {
	return defined({ taskId, externalTaskId });
}
