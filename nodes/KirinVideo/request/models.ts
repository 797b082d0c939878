import type { ModelInput, ParameterName } from './parameters';
import type {
	ChoiceRule,
	Conditions,
	NumberRule,
	ObjectRule,
	Rule,
	ShotsRule,
	SwitchRule,
	TextRule,
	WatermarkRule,
} from './rules';

export type { ModelInput, ParameterName } from './parameters';

/**
 * The model catalogue: all that the node knows of a model. Fields, validation and docs follow from
 * these entries; adding a model is adding one.
 *
 * Where the reference (kirin-models.md) has a page only in part, a rule is no narrower than what was read:
 * the node passes on what it is given, and the service speaks. What the vendor alone says of a model is
 * what the editor offers, and no limit.
 */

/** A model's parameters by their names in the API, in the order in which they are sent. */
export type ModelParameters = Partial<Record<ParameterName, Rule>>;

/** What every image has to keep to. */
export interface ImageLimits {
	formats: ReadonlyArray<'jpg' | 'png'>;
	/** The file has fewer bytes than this, or as many where `mayBeMaxBytes`. */
	maxBytes: number;
	mayBeMaxBytes?: true;
	/** In pixels. */
	leastSide: number;
	/** The longer side by the shorter; undefined where any ratio will do. */
	mostRatio?: number;
}

/** The image that a video ends with. */
export interface TailRules {
	/** Undefined where the model's page was not read so far. */
	limits?: ImageLimits;
	/** The values of other parameters that it needs beside a first image. */
	besideImage: Conditions;
	/** The same without a first image; undefined where the model then takes none. */
	alone?: Conditions;
}

/** The images that a model makes a video from: a first and a last one, or a list. */
export interface ImageRules {
	/** Where it is not required, a tail will do. */
	image?: { limits: ImageLimits; isRequired: boolean };
	image_tail?: TailRules;
	/** Reference images, from one on. */
	image_list?: { limits: ImageLimits; most: number };
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
	/** What of this entry nobody could verify without the service: a sentence for the docs. */
	notVerified?: string;
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

/** "`on` has an effect only with mode pro", the pages of V2.6. */
const sound: SwitchRule = { kind: 'switch', default: false, onlyWith: { mode: ['pro'] } };

/** The page of V3 has no such condition. */
const soundWithAnyMode: SwitchRule = { kind: 'switch', default: false };

/** "0–1", the pages of V1 and V1.6. That of V1 alone states a default; the field starts there. */
const cfgScale: NumberRule = { kind: 'number', least: 0, most: 1, suggestion: 0.5 };

/**
 * The page of V1: five types, of which four take no `config`; "only with mode std and 5 s". It was not
 * read to the end of `config`, so that passes whatever it holds.
 */
const cameraControl: ObjectRule = {
	kind: 'object',
	example: '{"type": "simple", "config": {"zoom": 5}}',
	types: {
		simple: { hasConfig: true },
		down_back: { hasConfig: false },
		forward_up: { hasConfig: false },
		right_turn_forward: { hasConfig: false },
		left_turn_forward: { hasConfig: false },
	},
	onlyWith: { mode: ['std'], duration: ['5'] },
};

/** The page of V3: 1 to 6 shots, each prompt at most 512 characters, durations that add up. */
const shots: ShotsRule = { kind: 'shots', maxShots: 6, maxCharacters: 512, fillDuration: true };

/** What the pages of V3 say of a prompt: it is ignored where there are shots. */
const promptOrShots: TextRule = { ...prompt, replacedBy: 'multi_prompt' };

/** The page of V3 breaks off at its duration; the vendor says whole seconds from 3 to 15. */
const seconds: ChoiceRule = {
	kind: 'choice',
	choices: Array.from({ length: 13 }, (_, index) => ({
		name: `${index + 3} Seconds`,
		value: String(index + 3),
	})),
	default: '5',
	isOpen: true,
};

/*
 * Rules without limits, for parameters that the vendor has and whose part of the provider's page was not read.
 */
const openText: TextRule = { kind: 'text', required: false };
const openDuration: ChoiceRule = { ...duration, isOpen: true };
const openMode: ChoiceRule = { ...mode, isOpen: true };
const openCfgScale: NumberRule = { kind: 'number', suggestion: 0.5 };

const watermark: WatermarkRule = { kind: 'watermark' };

/** Beside an image the prompt is optional on all pages but one. */
const promptBesideImage: TextRule = { ...prompt, required: false };

/** "jpg, jpeg, png; under 10 MB; ≥ 300 px; 1:2.5 to 2.5:1", limits A of the reference. */
const imageLimits: ImageLimits = {
	formats: ['jpg', 'png'],
	// Read strictly, as 10 × 10⁶: what is a little larger would only be uploaded in vain.
	maxBytes: 10_000_000,
	leastSide: 300,
	mostRatio: 2.5,
};

/** Limits B: of any ratio. */
const tailLimits: ImageLimits = { ...imageLimits, mostRatio: undefined };

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
		id: 'kirin_v3_t2v',
		name: 'Kirin V3',
		description:
			'Several shots in one video, sound, 720p in standard and 1080p in professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v3-t2v',
		notVerified: "The durations are the vendor's: others are passed on.",
		parameters: {
			multi_prompt: shots,
			prompt: promptOrShots,
			mode,
			duration: seconds,
			aspect_ratio: aspectRatio,
			sound: soundWithAnyMode,
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
		// Every other page has a text, and so has the vendor.
		notVerified:
			'Its page calls the duration a number; it is sent as a text, as for the other models.',
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
		parameters: {
			prompt: promptBesideImage,
			mode,
			duration,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
		images: {
			image: { limits: imageLimits, isRequired: true },
			image_tail: { besideImage: { mode: ['pro'] } },
		},
	},
	{
		id: 'kirin_v3_i2v',
		name: 'Kirin V3',
		description: 'From a first image, a last one or both, with several shots and sound',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v3-i2v',
		notVerified: "All but the images and the kind of shots is the vendor's, and no limit.",
		parameters: {
			multi_prompt: { kind: 'shots' },
			prompt: { ...openText, replacedBy: 'multi_prompt' },
			mode: openMode,
			duration: seconds,
			sound: soundWithAnyMode,
			negative_prompt: openText,
			watermark_info: watermark,
		},
		images: {
			// "max 10 MB"
			image: { limits: { ...imageLimits, mayBeMaxBytes: true }, isRequired: false },
			image_tail: { limits: { ...tailLimits, mayBeMaxBytes: true }, besideImage: {}, alone: {} },
		},
	},
	{
		id: 'kirin_v2_6_i2v',
		name: 'Kirin V2.6',
		description: 'From a first image, a last one or both, with sound in professional mode',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-6-i2v',
		notVerified:
			"The modes, the durations and the negative prompt are the vendor's: others are passed on.",
		parameters: {
			prompt: promptBesideImage,
			mode: openMode,
			duration: openDuration,
			sound,
			negative_prompt: openText,
			watermark_info: watermark,
		},
		images: {
			image: { limits: imageLimits, isRequired: false },
			image_tail: { limits: imageLimits, besideImage: { mode: ['pro'] }, alone: {} },
		},
	},
	{
		id: 'kirin_v2_1_master_i2v',
		name: 'Kirin V2.1 Master',
		description: '1080p at 24 fps',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-1-master-i2v',
		parameters: { prompt: promptBesideImage, duration, watermark_info: watermark },
		images: { image: { limits: imageLimits, isRequired: true } },
	},
	{
		id: 'kirin_v2_master_i2v',
		name: 'Kirin V2 Master',
		description: '720p at 24 fps',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v2-master-i2v',
		parameters: {
			prompt: promptBesideImage,
			duration,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
		images: { image: { limits: imageLimits, isRequired: true } },
	},
	{
		id: 'kirin_v1_6_i2v',
		name: 'Kirin V1.6',
		description:
			'From a first image or, in professional mode, a last one or both; 30 fps, at 720p or 1080p',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v1-6-i2v',
		notVerified:
			"The durations, the negative prompt and the CFG scale are the vendor's: others are passed on.",
		parameters: {
			prompt: promptBesideImage,
			mode,
			duration: openDuration,
			negative_prompt: openText,
			cfg_scale: openCfgScale,
			watermark_info: watermark,
		},
		images: {
			image: { limits: imageLimits, isRequired: false },
			image_tail: { limits: tailLimits, besideImage: { mode: ['pro'] }, alone: { mode: ['pro'] } },
		},
	},
	{
		id: 'kirin_v1_6_multi_i2v',
		name: 'Kirin V1.6 Multi-Image',
		description: 'From one to four reference images and a prompt',
		documentationUrl: 'https://doc.vtrix.ai/domestic/api/vtrix/kirin-v1-6-multi-i2v',
		parameters: {
			prompt,
			mode,
			duration,
			aspect_ratio: aspectRatio,
			negative_prompt: negativePrompt,
			watermark_info: watermark,
		},
		images: { image_list: { limits: imageLimits, most: 4 } },
	},
	{
		// The page has a motion brush too; what that takes was not read.
		id: 'kirin_v1_i2v',
		name: 'Kirin V1',
		description: '720p at 30 fps',
		documentationUrl: 'https://doc.vtrix.ai/docs/api/vtrix/kirin-v1-i2v',
		notVerified:
			"The durations, the negative prompt and the CFG scale are the vendor's: others are passed on.",
		parameters: {
			prompt: promptBesideImage,
			mode,
			duration: openDuration,
			negative_prompt: openText,
			cfg_scale: openCfgScale,
			watermark_info: watermark,
		},
		images: {
			image: { limits: imageLimits, isRequired: true },
			image_tail: { limits: tailLimits, besideImage: { duration: ['5'] } },
		},
	},
];

/** The model that a new node starts with. */
export const DEFAULT_MODELS: Record<ModelInput, string> = {
	text: 'kirin_v2_5_turbo_t2v',
	image: 'kirin_v2_5_turbo_i2v',
};

export function inputOfModel({ images }: Pick<Model, 'images'>): ModelInput {
	return images ? 'image' : 'text';
}

export function modelsFor(input: ModelInput): Model[] {
	return models.filter((model) => inputOfModel(model) === input);
}

/** The models of an input by what `keyOf` says of them, in the order of the catalogue; undefined is left out. */
export function modelsBy<T>(input: ModelInput, keyOf: (model: Model) => T | undefined) {
	const groups = new Map<string, { key: T; ids: string[] }>();
	for (const model of modelsFor(input)) {
		const key = keyOf(model);
		if (key === undefined) continue;
		const spelled = JSON.stringify(key);
		const group = groups.get(spelled) ?? { key, ids: [] };
		group.ids.push(model.id);
		groups.set(spelled, group);
	}
	return [...groups.values()];
}

/** What the catalogue says of a parameter, in one list for each distinct rule, in its order. */
export function rulesFor(parameter: ParameterName, input: ModelInput) {
	return modelsBy(input, ({ parameters }) => parameters[parameter]).map(({ key, ids }) => ({
		rule: key,
		ids,
	}));
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
