import type { ParameterName } from './models';

/** Where a parameter of the API stands in the editor. */
export interface Field {
	/** Path of the n8n parameter. */
	path: string;
	/** The label that the editor shows; errors use it too. */
	label: string;
}

/** Which model: one of the list, or any by its ID. */
export const modelField: Field = { path: 'model', label: 'Model' };

/** Parameters that models may have; which of them, the catalogue says. */
export const modelFields: Record<ParameterName, Field> = {
	prompt: { path: 'prompt', label: 'Prompt' },
	mode: { path: 'mode', label: 'Mode' },
	duration: { path: 'duration', label: 'Duration' },
	aspect_ratio: { path: 'aspectRatio', label: 'Aspect Ratio' },
	sound: { path: 'sound', label: 'Sound' },
	negative_prompt: { path: 'options.negativePrompt', label: 'Negative Prompt' },
	cfg_scale: { path: 'options.cfgScale', label: 'CFG Scale' },
	camera_control: { path: 'options.cameraControl', label: 'Camera Control' },
	watermark_info: { path: 'options.watermark', label: 'Watermark' },
};

/** Labels of the parameters on which others depend. */
export const conditionLabels = {
	mode: modelFields.mode.label,
	duration: modelFields.duration.label,
	aspect_ratio: modelFields.aspect_ratio.label,
};

/**
 * The same for a model that the catalogue does not know: it may lack any of them but the prompt, so
 * that all others are options, which are there only when the user has added them.
 */
export function otherModelField(parameter: ParameterName): Field {
	const field = modelFields[parameter];
	if (parameter === 'prompt' || isOption(field)) return field;
	return { ...field, path: `options.${nameOf(field)}` };
}

/** Images that a video may be made from: where each comes from. */
export const imageSourceFields = {
	image: { path: 'imageSource', label: 'Image Source' },
	image_tail: { path: 'tailImageSource', label: 'Tail Image Source' },
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
