import type {
	ChoiceRule,
	Conditions,
	NumberRule,
	ObjectRule,
	Rule,
	SwitchRule,
	TextRule,
	WatermarkRule,
} from './rules';

/**
 * The model catalogue: all that the node knows of a model. Fields, validation and docs follow from
 * these entries; adding a model is adding one.
 */

/** Parameters by their names in the API. */
export interface ModelParameters {
	prompt: TextRule;
	mode?: ChoiceRule;
	duration?: ChoiceRule;
	aspect_ratio?: ChoiceRule;
	sound?: SwitchRule;
	negative_prompt?: TextRule;
	cfg_scale?: NumberRule;
	camera_control?: ObjectRule;
	watermark_info?: WatermarkRule;
}

export type ParameterName = keyof ModelParameters;

/** What every image has to keep to. */
export interface ImageLimits {
	formats: ReadonlyArray<'jpg' | 'png'>;
	/** The file has fewer bytes than this. */
	bytesBelow: number;
	/** In pixels. */
	leastSide: number;
	/** The longer side by the shorter. */
	mostRatio: number;
}

/** The images that a model makes a video from: the first, and with `tailOnlyWith` also the last. */
export interface ImageRules {
	limits: ImageLimits;
	tailOnlyWith: Conditions;
}

export interface Model {
	/** Sent as `model`. */
	id: string;
	name: string;
	description: string;
	/** The provider's page for this model. */
	documentationUrl: string;
	/** The first digits of its task error codes, where known; the last three tell the kind. */
	errorCodePrefix?: string;
	parameters: ModelParameters;
	/** Only of a model that makes videos from images. */
	images?: ImageRules;
}

/** What a model makes a video from. */
export type ModelInput = 'text' | 'image';

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

/** "`sound`: on/off (default off), only with mode pro", the reference's table of models. */
const sound: SwitchRule = { kind: 'switch', default: false, onlyWith: { mode: ['pro'] } };

/**
 * "`cfg_scale` 0–1 (0.5)", the reference's table of models. It states the default of V1 only; there and
 * for V1.6 it is just where the field starts.
 */
const cfgScale: NumberRule = { kind: 'number', least: 0, most: 1, suggestion: 0.5 };

/**
 * "`camera_control` only with std and 5 s", the reference's table of models. What the object holds it
 * does not say, so any object passes; the example is what APIs of this kind take.
 */
const cameraControl: ObjectRule = {
	kind: 'object',
	example: '{"type": "simple", "config": {"zoom": 5}}',
	onlyWith: { mode: ['std'], duration: ['5'] },
};

const watermark: WatermarkRule = { kind: 'watermark' };

/** "jpg/png, under 10 MB, each side at least 300 px, ratio 1:2.5 to 2.5:1", the reference on image to video. */
const imageLimits: ImageLimits = {
	formats: ['jpg', 'png'],
	// Read strictly, as 10 × 10⁶: what is a little larger would only be uploaded in vain.
	bytesBelow: 10_000_000,
	leastSide: 300,
	mostRatio: 2.5,
};

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
		id: 'kirin_v2_6_t2v',
		name: 'Kirin V2.6',
		description: 'Optional sound in professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-6-t2v',
		parameters: {
			prompt,
			mode,
			duration,
			aspect_ratio: aspectRatio,
			sound,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
	},
	{
		id: 'kirin_v2_1_master_t2v',
		name: 'Kirin V2.1 Master',
		description: '1080p at 24 fps',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-1-master-t2v',
		parameters: { prompt, duration, aspect_ratio: aspectRatio, watermark_info: watermark },
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
	{
		id: 'kirin_v1_6_t2v',
		name: 'Kirin V1.6',
		description: '24 fps, at 720p in standard and 1080p in professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v1-6-t2v',
		parameters: {
			prompt,
			mode,
			duration,
			aspect_ratio: aspectRatio,
			negative_prompt: negativePrompt,
			cfg_scale: cfgScale,
			watermark_info: watermark,
		},
	},
	{
		id: 'kirin_v1_t2v',
		name: 'Kirin V1',
		description: '720p at 30 fps, with camera control in standard mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v1-t2v',
		parameters: {
			prompt,
			mode,
			duration,
			aspect_ratio: aspectRatio,
			negative_prompt: negativePrompt,
			cfg_scale: cfgScale,
			camera_control: cameraControl,
			watermark_info: watermark,
		},
	},
	{
		id: 'kirin_v2_5_turbo_i2v',
		name: 'Kirin V2.5 Turbo',
		description: 'Fast, with a standard and a professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-5-turbo-i2v',
		// "prompt optional, no aspect ratio": all else as its text-to-video twin has it.
		parameters: {
			prompt: { ...prompt, required: false },
			mode,
			duration,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
		// "with both, mode must be pro"
		images: { limits: imageLimits, tailOnlyWith: { mode: ['pro'] } },
	},
];

/** The model that a new node starts with. */
export const DEFAULT_MODELS: Record<ModelInput, string> = {
	text: 'kirin_v2_5_turbo_t2v',
	image: 'kirin_v2_5_turbo_i2v',
};

export function inputOf({ images }: Pick<Model, 'images'>): ModelInput {
	return images ? 'image' : 'text';
}

export function modelsFor(input: ModelInput): Model[] {
	return models.filter((model) => inputOf(model) === input);
}

/** What the catalogue says of a parameter, in one list for each distinct rule, in its order. */
export function rulesFor<P extends ParameterName>(parameter: P, input: ModelInput) {
	const groups = new Map<string, { rule: NonNullable<ModelParameters[P]>; ids: string[] }>();
	for (const { id, parameters } of modelsFor(input)) {
		const rule = parameters[parameter];
		if (!rule) continue;
		const key = JSON.stringify(rule);
		const group = groups.get(key) ?? { rule, ids: [] };
		group.ids.push(id);
		groups.set(key, group);
	}
	return [...groups.values()];
}

/** A model's parameters and their rules, in the order of its entry. */
export function parametersOf({ parameters }: Pick<Model, 'parameters'>) {
	return Object.entries(parameters) as Array<[ParameterName, Rule]>;
}

export function findModel(id: string): Model | undefined {
	return models.find((model) => model.id === id);
}

/** A task error code starts with the digits of its model. */
export function findModelByErrorCode(code: string): Model | undefined {
	const digits = code.padStart(9, '0');
	return models.find(
		({ errorCodePrefix }) => errorCodePrefix !== undefined && digits.startsWith(errorCodePrefix),
	);
}

/** The model's name for people; its ID where the catalogue does not know it. */
export function modelName(id: string | undefined): string {
	return (id && findModel(id)?.name) || id || 'unknown model';
}
