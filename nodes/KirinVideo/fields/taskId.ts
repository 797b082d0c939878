import type { INodeProperties } from 'n8n-workflow';
import type { Field, ReadParameter } from '../request/parameters';
import { checkTaskId } from '../request/values';
import { type OperationsBy, showFor } from './operationsBy';

/** Which task an operation on an existing task is about. */

const field: Field = { path: 'taskId', label: 'Task ID' };

export function taskIdField({ takingTaskId }: OperationsBy): INodeProperties {
	return {
		displayName: field.label,
		name: field.path,
		type: 'string',
		required: true,
		default: '={{ $json.taskId ?? $json.details?.taskId }}',
		placeholder: 'e.g. d5u5obte8783ap44qtj0',
		description: 'The ID that the service gave the task, or your own external task ID',
		displayOptions: showFor(takingTaskId),
	};
}

/** @throws TaskError */
export function readTaskId(read: ReadParameter): string {
	return checkTaskId(field.label, read(field.path, ''));
}
