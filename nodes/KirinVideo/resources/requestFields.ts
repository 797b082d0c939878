import type { INodeProperties } from 'n8n-workflow';
import { type ModelParameters, models } from '../models';
import { modelFields, taskFields } from '../parameters';

/** Everything that describes a new task: shown by the operations that create one. */
const showOnlyForCreating = {
	resource: ['video', 'task'],
	operation: ['generate', 'generateAndResumeOnCallback', 'submit'],
};

type ChoiceParameter = 'mode' | 'duration' | 'aspect_ratio';

/** Models whose entries have `parameter`, grouped by the rule that they have for it. */
function modelsByRule<P extends keyof ModelParameters>(parameter: P) {
	const groups = new Map<string, { rule: NonNullable<ModelParameters[P]>; ids: string[] }>();
	for (const { id, parameters } of models) {
		const rule = parameters[parameter];
		if (!rule) continue;
		const key = JSON.stringify(rule);
		const group = groups.get(key) ?? { rule, ids: [] };
		group.ids.push(id);
		groups.set(key, group);
	}
	return [...groups.values()];
}

/** One property for each distinct list of choices, shown only for the models that have it. */
function choiceProperties(parameter: ChoiceParameter, description: string): INodeProperties[] {
	const { path, label } = modelFields[parameter];
	return modelsByRule(parameter).map(({ rule, ids }) => ({
		displayName: label,
		name: path,
		type: 'options',
		options: rule.choices.map((choice) => ({ ...choice })),
		default: rule.default,
		description,
		displayOptions: { show: { ...showOnlyForCreating, model: ids } },
	}));
}

/** The part of a path behind the last dot: the name of a field within its collection. */
function nameOf({ path }: { path: string }): string {
	return path.slice(path.lastIndexOf('.') + 1);
}

/** Models that take `parameter`, as a display condition inside a collection. */
function showForModelsWith(parameter: keyof ModelParameters): INodeProperties['displayOptions'] {
	return { show: { '/model': modelsByRule(parameter).flatMap(({ ids }) => ids) } };
}

const { prompt, negative_prompt: negativePrompt, watermark_info: watermark } = modelFields;

export const requestFields: INodeProperties[] = [
	{
		displayName: 'Model',
		name: 'model',
		type: 'options',
		options: models.map(({ id, name, description }) => ({ name, value: id, description })),
		default: models[0]?.id ?? '',
		description: 'The model that generates the video',
		displayOptions: { show: showOnlyForCreating },
	},
	{
		displayName: prompt.label,
		name: prompt.path,
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. A red fox runs through fresh snow at sunrise, slow motion',
		description: 'What the video should show, in 1 to 2500 characters',
		displayOptions: { show: showOnlyForCreating },
	},
	...choiceProperties('mode', 'How much effort the model puts into quality'),
	...choiceProperties('duration', 'How long the video is'),
	...choiceProperties('aspect_ratio', 'The shape of the picture, width to height'),
];

/** For the Options collection. */
export const requestOptions: INodeProperties[] = [
	{
		displayName: negativePrompt.label,
		name: nameOf(negativePrompt),
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. text, blur, people',
		description: 'What the video should not show, in at most 2500 characters',
		displayOptions: showForModelsWith('negative_prompt'),
	},
	{
		displayName: watermark.label,
		name: nameOf(watermark),
		type: 'boolean',
		default: true,
		description:
			'Whether to also get a second copy of the video with a watermark. Its address is in the field watermarkUrl.',
		displayOptions: showForModelsWith('watermark_info'),
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

/** For the Options collection, where the node does not give an address of its own. */
export const callbackUrlOption: INodeProperties = {
	displayName: taskFields.callback_url.label,
	name: nameOf(taskFields.callback_url),
	type: 'string',
	default: '',
	placeholder: 'e.g. https://example.com/kirin-callback',
	description: 'Where the service sends a notice each time the status of the task changes',
};
