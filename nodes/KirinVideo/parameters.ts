import type { ModelParameters } from './models';

/** Where a parameter of the API stands in the editor. */
export interface Field {
	/** Path of the n8n parameter. */
	path: string;
	/** The label that the editor shows; errors use it too. */
	label: string;
}

/** Parameters that models may have; which of them, the catalogue says. */
export const modelFields: Record<keyof ModelParameters, Field> = {
	prompt: { path: 'prompt', label: 'Prompt' },
	mode: { path: 'mode', label: 'Mode' },
	duration: { path: 'duration', label: 'Duration' },
	aspect_ratio: { path: 'aspectRatio', label: 'Aspect Ratio' },
	negative_prompt: { path: 'options.negativePrompt', label: 'Negative Prompt' },
	watermark_info: { path: 'options.watermark', label: 'Watermark' },
};

/** Parameters of every model (both seed pages). */
export const taskFields = {
	callback_url: { path: 'options.callbackUrl', label: 'Callback URL' },
	external_task_id: { path: 'options.externalTaskId', label: 'External Task ID' },
} satisfies Record<string, Field>;

/**
 * Reads a parameter of the current item, expressions evaluated.
 *
 * @param fallback what to return when the parameter is not there (hidden, or not added); an expression
 *   that gives undefined or null is not the same thing
 */
export type ReadParameter = (path: string, fallback: unknown) => unknown;
