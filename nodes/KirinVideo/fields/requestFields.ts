import type { INodeProperties } from 'n8n-workflow';
import {
	type Field,
	type ModelInput,
	type ParameterName,
	type Wording,
	additionalParametersField,
	isOption,
	parameterFields,
	nameOf,
	taskFields,
} from '../request/parameters';
import { docs } from './docsPages';
import { imageFields } from './images/imageFields';
import { variantsOf } from './modelConditions';
import { modelLocator } from './modelLocator';
import { type OperationsBy, showFor } from './operationsBy';
import { type Rule, editorInput } from '../request/rules';

function wordingOf(parameter: ParameterName, input: ModelInput): Wording {
	const { wording, wordingForImages } = parameterFields[parameter];
	return (input === 'image' && wordingForImages) || wording;
}

/** A parameter of the API as a property of the node. */
function ruleField(field: Field, rule: Rule, wording: Wording): INodeProperties {
	return { displayName: field.label, name: nameOf(field), ...editorInput(rule, wording) };
}

/** The fields for what the models of an input take, and whether they are options. */
function variantsFor(input: ModelInput) {
	return (Object.keys(parameterFields) as ParameterName[]).flatMap((parameter) =>
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
	hint: `${docs.models('What models take')}, as far as it is known`,
	description:
		'Parameters that this node has no field for: a JSON object, sent along with the others. A key that has a field is refused, and one that looks like a slip is named in a warning. For example {"seed": 7}.',
};

/** For the Options collection. */
export const externalTaskIdOption: INodeProperties = {
	displayName: taskFields.external_task_id.label,
	name: nameOf(taskFields.external_task_id),
	type: 'string',
	default: '',
	placeholder: 'e.g. order-1001-teaser',
	hint: docs.payOnce('What is paid once'),
	description:
		'Your own ID for the task, unique within your account. Submitting it again returns the existing task instead of paying for a second one. If empty, the node makes one. Of several videos per item the first has it, and the others have IDs made from it.',
};

/** For the Options collection, where the node does not give an address of its own. */
export const callbackUrlOption: INodeProperties = {
	displayName: taskFields.callback_url.label,
	name: nameOf(taskFields.callback_url),
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/kirin-callback',
	hint: docs.trigger('How to start a workflow when the video is finished'),
	description:
		'Where the service sends a notice each time the status of the task changes, such as the URL of a Kirin Video Trigger',
};
