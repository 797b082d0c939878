import type { INodeProperties } from 'n8n-workflow';
import { TaskError } from '../api/taskError';
import { record, text } from '../api/untrusted';
import type { Field, ReadParameter } from '../request/parameters';
import { checkTaskId } from '../request/values';
import { type OperationsBy, showFor } from './operationsBy';

/** Which tasks an operation on existing tasks is about. */

const field: Field = { path: 'taskId', label: 'Task ID' };

export function taskIdField({ takingTaskId }: OperationsBy): INodeProperties {
	return {
		displayName: field.label,
		name: field.path,
		type: 'string',
		required: true,
		default: '={{ $json.taskId ?? $json.details?.taskId ?? $json.tasks }}',
		placeholder: 'e.g. d5u5obte8783ap44qtj0',
		description:
			'The ID that the service gave the task, or your own external task ID. An expression can give a list of them, and each becomes an item.',
		displayOptions: showFor(takingTaskId),
	};
}

/** The ID of a task, or the error of one that was never made. */
export type KnownTask = string | TaskError;

/** @throws TaskError */
export function readTaskIds(read: ReadParameter): KnownTask[] {
	const value = read(field.path, '');
	if (!Array.isArray(value) || value.length === 0) return [checkTaskId(field.label, value)];
	return value.map((entry, index) => readEntry(`${field.label} ${index + 1}`, entry));
}

/** An ID, or a task as the item of a suspended wait lists it. */
function readEntry(label: string, entry: unknown): KnownTask {
	const task = record(entry);
	if (!task) return checkTaskId(label, entry);
	const details = record(task.details);
	const id = task.taskId ?? details?.taskId;
	const error = text(task.error);
	if (id === undefined && error) return new TaskError(error, text(task.message) ?? '', details);
	return checkTaskId(label, id);
}

/** @throws the error of a task that was never made */
export function idOfTask(tasks: KnownTask[], index: number): string {
	const task = tasks[index] ?? '';
	if (task instanceof TaskError) throw task;
	return task;
}
