import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { OperationsBy } from '../fields/operationsBy';
import type { ModelInput } from '../request/models';
import { estimateCostFrom } from './estimateCost';
import { generateFrom } from './generate';
import { getOperation } from './get';
import { waitOperation } from './wait';

/** What an operation does, as far as others have to know. */
interface OperationRow extends INodePropertyOptions {
	value: string;
	action: string;
	description: string;
	resource: keyof typeof resources;
	/** What a video is made from, where the operation describes a new task. */
	input?: ModelInput;
	/** Creates the task; the user says how to wait for it. */
	creates?: true;
	/** Waits for a task, and downloads its video. */
	waits?: true;
	/** Is about a task that exists. */
	takesTaskId?: true;
}

const resources = {
	video: { name: 'Video', description: 'From a prompt or an image to the file' },
	task: {
		name: 'Task',
		description: 'One generation at the service: get it, wait for it, ask for its price',
	},
};

/**
 * The table of operations. The fields that show, the subtitle and the tables of the docs follow from it;
 * a new operation is a row here and a file that does the work.
 */
export const operations: readonly OperationRow[] = [
	{
		resource: 'video',
		name: 'Generate From Text',
		value: 'generateFromText',
		action: 'Generate video from text',
		description: 'Generate a video from a prompt, wait until it is finished, and download it',
		input: 'text',
		creates: true,
		waits: true,
		routing: generateFrom('text'),
	},
	{
		resource: 'video',
		name: 'Generate From Image',
		value: 'generateFromImage',
		action: 'Generate video from image',
		description: 'Generate a video from images, wait until it is finished, and download it',
		input: 'image',
		creates: true,
		waits: true,
		routing: generateFrom('image'),
	},
	{
		resource: 'task',
		name: 'Estimate Cost From Image',
		value: 'estimateCostFromImage',
		action: 'Estimate cost of video from image',
		description: 'Ask what a video from images would cost, without creating it',
		input: 'image',
		routing: estimateCostFrom('image'),
	},
	{
		resource: 'task',
		name: 'Estimate Cost From Text',
		value: 'estimateCostFromText',
		action: 'Estimate cost of video from text',
		description: 'Ask what a video from a prompt would cost, without creating it',
		input: 'text',
		routing: estimateCostFrom('text'),
	},
	{
		resource: 'task',
		name: 'Get',
		value: 'get',
		action: 'Get task',
		description: 'Get a task as it stands, whatever its status, by its task ID or external task ID',
		takesTaskId: true,
		routing: getOperation,
	},
	{
		resource: 'task',
		name: 'Wait',
		value: 'wait',
		action: 'Wait for task',
		description:
			"Wait for a task that exists and download its video. Takes the output of Don't Wait as it is.",
		waits: true,
		takesTaskId: true,
		routing: waitOperation,
	},
];

function valuesOf(does: (operation: OperationRow) => unknown): string[] {
	return operations.filter(does).map(({ value }) => value);
}

/** Whose fields show when. */
export const operationsBy: OperationsBy = {
	input: {
		text: valuesOf(({ input }) => input === 'text'),
		image: valuesOf(({ input }) => input === 'image'),
	},
	creating: valuesOf(({ creates }) => creates),
	waiting: valuesOf(({ waits }) => waits),
	takingTaskId: valuesOf(({ takesTaskId }) => takesTaskId),
};

/** What the canvas shows below the node's name, such as "Video → Generate From Text"; an expression for n8n. */
export const operationSubtitle = `={{ (${JSON.stringify(
	Object.fromEntries(operations.map(({ value, ...operation }) => [value, titleOf(operation)])),
)})[$parameter["operation"]] }}`;

function titleOf({ resource, name }: Pick<OperationRow, 'resource' | 'name'>): string {
	return `${resources[resource].name} → ${name}`;
}

/** The fields Resource and Operation. */
export const operationFields: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(resources).map(([value, resource]) => ({ ...resource, value })),
		default: 'video',
	},
	...Object.keys(resources).map((resource): INodeProperties => {
		const own = operations.filter((operation) => operation.resource === resource);
		const first = own[0]?.value ?? '';
		return {
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: [resource] } },
			options: own.map(({ name, value, action, description, routing }) => ({
				name,
				value,
				action,
				description,
				routing,
			})),
			default: first,
		};
	}),
];
