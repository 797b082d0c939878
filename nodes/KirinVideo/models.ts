/**
 * The model catalogue: all that the node knows of a model. Fields, validation and docs follow from
 * these entries; adding a model is adding one.
 */

/** One value that a parameter may take. */
export interface Choice {
	name: string;
	value: string;
	description?: string;
}

/** Free text. Lengths are in characters (Unicode code points). */
export interface TextRule {
	kind: 'text';
	required: boolean;
	maxCharacters: number;
}

/** One of a list; `default` is what is sent when the user leaves the field alone. */
export interface ChoiceRule {
	kind: 'choice';
	choices: readonly Choice[];
	default: string;
}

/** `{ "enabled": boolean }`; not sent unless the user turns it on or off. */
export interface WatermarkRule {
	kind: 'watermark';
}

export type Rule = TextRule | ChoiceRule | WatermarkRule;

/** Parameters by their names in the API. */
export interface ModelParameters {
	prompt: TextRule;
	mode?: ChoiceRule;
	duration?: ChoiceRule;
	aspect_ratio?: ChoiceRule;
	negative_prompt?: TextRule;
	watermark_info?: WatermarkRule;
}

export interface Model {
	/** Sent as `model`. */
	id: string;
	name: string;
	description: string;
	/** The provider's page for this model. */
	documentationUrl: string;
	/** The first digits of its task error codes; the last three tell the kind. */
	errorCodePrefix: string;
	parameters: ModelParameters;
}

/** "length between 1 - 2500 characters", both seed pages. */
const prompt: TextRule = { kind: 'text', required: true, maxCharacters: 2500 };

/** "maximum 2500 characters", both seed pages. */
const negativePrompt: TextRule = { kind: 'text', required: false, maxCharacters: 2500 };

/** "Options: 5, 10". V2.5 Turbo defaults to 5; V2 Master states no default, so 5 is sent there too. */
const duration: ChoiceRule = {
	kind: 'choice',
	choices: [
		{ name: '5 Seconds', value: '5' },
		{ name: '10 Seconds', value: '10' },
	],
	default: '5',
};

/** "Options: 16:9, 9:16, 1:1. Default: 16:9", both seed pages. */
const aspectRatio: ChoiceRule = {
	kind: 'choice',
	choices: [
		{ name: '16:9 (Landscape)', value: '16:9' },
		{ name: '9:16 (Portrait)', value: '9:16' },
		{ name: '1:1 (Square)', value: '1:1' },
	],
	default: '16:9',
};

/** "Options: std, pro. Default: std", the V2.5 Turbo page. */
const mode: ChoiceRule = {
	kind: 'choice',
	choices: [
		{ name: 'Standard', value: 'std', description: 'Basic mode, the best value for money' },
		{ name: 'Professional', value: 'pro', description: 'Higher video quality at a higher price' },
	],
	default: 'std',
};

const watermark: WatermarkRule = { kind: 'watermark' };

export const models: readonly Model[] = [
	{
		id: 'kirin_v2_5_turbo_t2v',
		name: 'Kirin V2.5 Turbo',
		description: 'Fast, with a standard and a professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-5-turbo-t2v',
		errorCodePrefix: '002011',
		parameters: {
			prompt,
			mode,
			duration,
			aspect_ratio: aspectRatio,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
	},
	{
		id: 'kirin_v2_master_t2v',
		name: 'Kirin V2 Master',
		description: 'Exceptional visual quality and motion consistency, 720p at 24 fps',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-master-t2v',
		errorCodePrefix: '002016',
		parameters: {
			prompt,
			duration,
			aspect_ratio: aspectRatio,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
	},
];

export function findModel(id: string): Model | undefined {
	return models.find((model) => model.id === id);
}

/** A task error code starts with the digits of its model. */
export function findModelByErrorCode(code: string): Model | undefined {
	const digits = code.padStart(9, '0');
	return models.find(({ errorCodePrefix }) => digits.startsWith(errorCodePrefix));
}

/** The model's name for people; its ID where the catalogue does not know it. */
export function modelName(id: string | undefined): string {
	return (id && findModel(id)?.name) || id || 'unknown model';
}
