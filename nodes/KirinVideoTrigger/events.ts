import type { INode, INodeProperties } from 'n8n-workflow';
import { list } from '../KirinVideo/api/untrusted';
import type { ReadParameter } from '../KirinVideo/request/parameters';
import type { Task } from '../KirinVideo/task/task';

/** Which events of a task start the workflow. */

const ANY_CHANGE = 'any';

/** n8n makes an action of each, "On video completed", so they read as the end of that. */
const events = [
	{
		name: 'Any Status Change',
		value: ANY_CHANGE,
		description:
			'Each new status of a task (queued, in progress, completed, failed), but not its progress',
	},
	{ name: 'Video Completed', value: 'completed', description: 'The video of a task is finished' },
	{ name: 'Video Failed', value: 'failed', description: 'A task has ended without a video' },
];

export const triggerOnField: INodeProperties = {
	displayName: 'Trigger On',
	name: 'triggerOn',
	type: 'multiOptions',
	required: true,
	options: events,
	default: ['completed', 'failed'],
	description: 'What starts the workflow, once for each task and event',
};

/** What the canvas shows below the node's name; an expression for n8n. */
export const eventsSubtitle = `={{ $parameter["${triggerOnField.name}"].map((event) => (${JSON.stringify(
	Object.fromEntries(events.map(({ name, value }) => [value, name])),
)})[event]).join(", ") }}`;

export function isWanted({ status }: Task, read: ReadParameter): boolean {
	const wanted = list(read(triggerOnField.name, []));
	return wanted.includes(ANY_CHANGE) || wanted.includes(status);
}

/** The user has written an expression into the field in place of a choice. */
export function isExpression(functions: { getNode(): Pick<INode, 'parameters'> }): boolean {
	return typeof functions.getNode().parameters[triggerOnField.name] === 'string';
}
