/** What a video is made from. */
export type ModelInput = 'text' | 'image';

/** Where a parameter of the API stands in the editor. */
export interface Field {
	/** Path of the n8n parameter. */
	path: string;
	/** The label that the editor shows; errors use it too. */
	label: string;
}

/** What the editor says of a parameter beside what follows from its rule. */
export interface Wording {
	description: string;
	placeholder?: string;
	rows?: number;
}

/** A parameter that models may have. */
export interface Parameter extends Field {
	wording: Wording;
	/** Where it is another beside an image. */
	wordingForImages?: Wording;
}

/**
 * Which model: one of the list, or any by its ID. A field for each input, because n8n keeps the value of a
 * field when the operation changes, and no model takes both.
 */
export const modelFieldFor: Record<ModelInput, Field> = {
	text: { path: 'model', label: 'Model' },
	image: { path: 'imageModel', label: 'Model' },
};

const table = {
	prompt: {
		label: 'Prompt',
		path: 'prompt',
		wording: {
			description: 'What the video should show',
			placeholder: 'e.g. A red fox runs through fresh snow at sunrise, slow motion',
			rows: 4,
		},
		wordingForImages: {
			description: 'How the image should move',
			placeholder: 'e.g. The fox turns its head and looks into the camera',
			rows: 4,
		},
	},
	multi_prompt: {
		label: 'Shots',
		path: 'shots',
		wording: {
			description:
				'Scenes that follow one another, each with a prompt of its own. They take the place of the prompt, and their durations must add up to Duration.',
			placeholder: 'Add shot',
		},
	},
	mode: {
		label: 'Mode',
		path: 'mode',
		wording: { description: 'The quality of the video, and its price', placeholder: 'e.g. pro' },
	},
	duration: {
		label: 'Duration',
		path: 'duration',
		wording: { description: 'The length of the video', placeholder: 'e.g. 5' },
	},
	aspect_ratio: {
		label: 'Aspect Ratio',
		path: 'aspectRatio',
		wording: { description: 'The ratio of width to height', placeholder: 'e.g. 16:9' },
	},
	sound: { label: 'Sound', path: 'sound', wording: { description: 'Whether the video has sound' } },
	negative_prompt: {
		label: 'Negative Prompt',
		path: 'options.negativePrompt',
		wording: {
			description: 'What the video should not show',
			placeholder: 'e.g. text, blur, people',
			rows: 2,
		},
	},
	cfg_scale: {
		label: 'CFG Scale',
		path: 'options.cfgScale',
		wording: { description: 'How closely the video follows the prompt' },
	},
	camera_control: {
		label: 'Camera Control',
		path: 'options.cameraControl',
		wording: {
			description: "How the camera moves: a JSON object, as described on the model's page",
		},
	},
	watermark_info: {
		label: 'Watermark',
		path: 'options.watermark',
		wording: {
			description:
				'Whether to also get a second copy of the video with a watermark. Its address is in the field watermarkUrl.',
		},
	},
} satisfies Record<string, Parameter>;

/** Parameters by their names in the API. */
export type ParameterName = keyof typeof table;

/**
 * The table of parameters, one row for each that models may have; the editor shows them in this order.
 * Which of them a model has, and by which rule, is in its entry of the catalogue (models.ts).
 */
export const parameterFields: Record<ParameterName, Parameter> = table;

/** Labels of the parameters on which others depend. */
export const conditionLabels = {
	mode: parameterFields.mode.label,
	duration: parameterFields.duration.label,
	aspect_ratio: parameterFields.aspect_ratio.label,
};

/**
 * The same for a model that the catalogue does not know: it may lack any of them but the prompt, so
 * that all others are options, which are there only when the user has added them.
 */
export function otherModelField(parameter: ParameterName): Field {
	const field = parameterFields[parameter];
	if (parameter === 'prompt' || isOption(field)) return field;
	return { ...field, path: `options.${nameOf(field)}` };
}

/** Images that a video may be made from: where each comes from. */
export const imageSourceFields = {
	image: { path: 'imageSource', label: 'Image Source' },
	image_tail: { path: 'tailImageSource', label: 'Tail Image Source' },
	image_list: { path: 'referenceImagesSource', label: 'Reference Images Source' },
} satisfies Record<string, Field>;

export type ImageParameter = keyof typeof imageSourceFields;

/** Parameters of every model (both seed pages). */
export const taskFields = {
	callback_url: { path: 'options.callbackUrl', label: 'Callback URL' },
	external_task_id: { path: 'options.externalTaskId', label: 'External Task ID' },
} satisfies Record<string, Field>;

/** Parameters that the node has no field for. */
export const additionalParametersField: Field = {
	path: 'options.additionalParameters',
	label: 'Additional Parameters',
};

/** The part of a path behind the last dot: the name of a field within its collection. */
export function nameOf({ path }: Field): string {
	return path.slice(path.lastIndexOf('.') + 1);
}

/** Whether it is there only when the user has added it. */
export function isOption({ path }: Field): boolean {
	return path.startsWith('options.');
}

/**
 * Reads a parameter of the current item, expressions evaluated.
 *
 * @param fallback what to return when the parameter is not there (hidden, or not added); an expression
 *   that gives undefined or null is not the same thing
 * @param options to get an expression itself in place of what it gives
 */
export type ReadParameter = (
	path: string,
	fallback: unknown,
	options?: { rawExpressions: true },
) => unknown;
