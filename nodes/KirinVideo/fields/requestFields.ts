import type { INodeProperties } from 'n8n-workflow';
import type { ModelInput, ParameterName } from '../request/models';
import {
	additionalParametersField,
	isOption,
	modelFields,
	nameOf,
	taskFields,
} from '../request/parameters';
import { imageFields } from './imageFields';
import { variantsOf } from './modelConditions';
import { modelLocator } from './modelLocator';
import { type OperationsBy, showFor } from './operationsBy';
import { type Wording, ruleField } from './ruleField';

/** A prompt says something else beside an image. */
const promptWordings: Record<ModelInput, Wording> = {
	text: {
		description: 'What the video should show',
		placeholder: 'e.g. A red fox runs through fresh snow at sunrise, slow motion',
		rows: 4,
	},
	image: {
		description: 'How the image should move',
		placeholder: 'e.g. The fox turns its head and looks into the camera',
		rows: 4,
	},
};

const wordings: Record<Exclude<ParameterName, 'prompt'>, Wording> = {
	mode: {
		description: 'The quality of the video, and its price',
		placeholder: 'e.g. pro',
	},
	duration: {
		description: 'The length of the video',
		placeholder: 'e.g. 5',
	},
	aspect_ratio: {
		description: 'The ratio of width to height',
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
		description: "How the camera moves: a JSON object, as described on the model's page",
	},
	watermark_info: {
		description:
			'Whether to also get a second copy of the video with a watermark. Its address is in the field watermarkUrl.',
	},
};

function wordingOf(parameter: ParameterName, input: ModelInput): Wording {
	return parameter === 'prompt' ? promptWordings[input] : wordings[parameter];
}

/** The fields for what the models of an input take, and whether they are options. */
function variantsFor(input: ModelInput) {
	return (Object.keys(modelFields) as ParameterName[]).flatMap((parameter) =>
		variantsOf(parameter, input).map(({ field, rule, hide }) => ({
			isWithinOptions: isOption(field),
			property: ruleField(field, rule, wordingOf(parameter, input)),
			hide,
		})),
	);
}

/** @param own what only these operations have: it stands between the model and its parameters */
function fieldsFor(
	input: ModelInput,
	operations: string[],
	own: INodeProperties[],
): INodeProperties[] {
	const { show } = showFor(operations);
	return [
		modelLocator(input, operations),
		...own,
		...variantsFor(input)
			.filter(({ isWithinOptions }) => !isWithinOptions)
			.map(({ property, hide }) => ({ ...property, displayOptions: { show, hide } })),
	];
}

export function requestFields(by: OperationsBy): INodeProperties[] {
	return [
		...fieldsFor('text', by.input.text, []),
		...fieldsFor('image', by.input.image, imageFields(by)),
	];
}

/** For the Options collection: what the models of an input make of it. */
export function requestOptionsFor(input: ModelInput): INodeProperties[] {
	return variantsFor(input)
		.filter(({ isWithinOptions }) => isWithinOptions)
		.map(({ property, hide }) => ({ ...property, displayOptions: { hide } }));
}

/** For the Options collection. */
export const additionalParametersOption: INodeProperties = {
	displayName: additionalParametersField.label,
	name: nameOf(additionalParametersField),
	type: 'json',
	default: '{}',
	description:
		'Parameters that this node has no field for: a JSON object, sent along with the others. A key that has a field is refused. For example {"seed": 7}.',
};

/** For the Options collection. */
export const externalTaskIdOption: INodeProperties = {
	displayName: taskFields.external_task_id.label,
	name: nameOf(taskFields.external_task_id),
	type: 'string',
	default: '',
	placeholder: 'e.g. order-1001-teaser',
	description:
		'Your own ID for the task, unique within your account. Submitting it again returns the existing task instead of paying for a second one. If empty, the node makes one.',
};

/** For the Options collection, where the node does not give an address of its own. */
export const callbackUrlOption: INodeProperties = {
	displayName: taskFields.callback_url.label,
	name: nameOf(taskFields.callback_url),
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/kirin-callback',
	description:
		'Where the service sends a notice each time the status of the task changes, such as the URL of a Kirin Video Trigger',
};
