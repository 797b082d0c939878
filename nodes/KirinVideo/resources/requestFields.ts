import type { INodeProperties } from 'n8n-workflow';
import { type ParameterName, models } from '../models';
import {
	OTHER_MODEL,
	additionalParametersField,
	isOption,
	modelField,
	modelFields,
	modelIdField,
	nameOf,
	taskFields,
} from '../parameters';
import { hideUnlessOther, variantsOf } from './modelConditions';
import { type Wording, ruleField } from './ruleField';

/** Everything that describes a new task: shown by the operations that create one, or estimate its cost. */
const showOnlyForCreating = {
	resource: ['video', 'task'],
	operation: ['generate', 'submit', 'estimateCost'],
};

const wordings: Record<ParameterName, Wording> = {
	prompt: {
		description: 'What the video should show',
		placeholder: 'e.g. A red fox runs through fresh snow at sunrise, slow motion',
		rows: 4,
	},
	mode: {
		description: 'How much effort the model puts into quality',
		placeholder: 'e.g. pro',
	},
	duration: {
		description: 'How long the video is',
		placeholder: 'e.g. 5',
	},
	aspect_ratio: {
		description: 'The shape of the picture, width to height',
		placeholder: 'e.g. 16:9',
	},
	sound: {
		description: 'Whether the video has sound',
	},
	negative_prompt: {
		description: 'What the video should not show',
		placeholder: 'e.g. text, blur, people',
		rows: 2,
	},
	cfg_scale: {
		description: 'How closely the video follows the prompt',
	},
	camera_control: {
		description: "How the camera moves: a JSON object, as the model's page describes it",
	},
	watermark_info: {
		description:
			'Whether to also get a second copy of the video with a watermark. Its address is in the field watermarkUrl.',
	},
};

const variants = (Object.keys(modelFields) as ParameterName[]).flatMap((parameter) =>
	variantsOf(parameter).map(({ field, rule, hide }) => ({
		isWithinOptions: isOption(field),
		property: ruleField(field, rule, wordings[parameter]),
		hide,
	})),
);

export const requestFields: INodeProperties[] = [
	{
		displayName: modelField.label,
		name: modelField.path,
		type: 'options',
		options: [
			...models.map(({ id, name, description }) => ({ name, value: id, description })),
			{
				name: 'Other Model (by ID)',
				value: OTHER_MODEL,
				description: 'One that is not in this list: all options are offered, and none is checked',
			},
		],
		default: models[0]?.id ?? '',
		description: 'The model that generates the video. An expression may give the ID of any model.',
		displayOptions: { show: showOnlyForCreating },
	},
	{
		displayName: modelIdField.label,
		name: modelIdField.path,
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. kirin_v3_t2v',
		description: 'The ID of the model, as its page at the provider gives it',
		displayOptions: { show: showOnlyForCreating, hide: hideUnlessOther(modelIdField) },
	},
	...variants
		.filter(({ isWithinOptions }) => !isWithinOptions)
		.map(({ property, hide }) => ({
			...property,
			displayOptions: { show: showOnlyForCreating, hide },
		})),
];

/** For the Options collection: what the model makes of it. */
export const requestOptions: INodeProperties[] = [
	...variants
		.filter(({ isWithinOptions }) => isWithinOptions)
		.map(({ property, hide }) => ({ ...property, displayOptions: { hide } })),
	{
		displayName: additionalParametersField.label,
		name: nameOf(additionalParametersField),
		type: 'json',
		default: '{}',
		description:
			'Parameters that this node has no field for: a JSON object, sent along with the others. For example {"seed": 7}.',
	},
];

/** For the Options collection: of a task that is really created. */
export const taskOptions: INodeProperties[] = [
	{
		displayName: taskFields.callback_url.label,
		name: nameOf(taskFields.callback_url),
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/kirin-callback',
		description: 'Where the service sends a notice each time the status of the task changes',
	},
	{
		displayName: taskFields.external_task_id.label,
		name: nameOf(taskFields.external_task_id),
		type: 'string',
		default: '',
		placeholder: 'e.g. order-1001-teaser',
		description:
			'Your own ID for the task, unique within your account. Submitting the same ID again gives the task that exists instead of paying for a second one. Left empty, the node makes an ID of its own.',
	},
];
