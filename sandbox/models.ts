/** The models that the sandbox serves. A further model is one more entry here. */
import { image, sizeSent } from './images';
import { anObject, fromZeroToOne, httpUrl, oneOf, text, watermarkInfo, type Rule } from './params';

export type Params = Record<string, unknown>;

export interface Model {
	id: string;
	title: string;
	/** What the video is made from. */
	type: 'text-to-video' | 'image-to-video';
	/** Every parameter of the model's page but `prompt`, which all take. */
	params: Record<string, Rule>;
	/** Takes parameters that are not in `params` too, whatever they are, and needs no prompt. */
	takesAnything?: boolean;
	/** Those without which nothing is made. */
	required: string[];
	/** What is wrong with parameters that are right one by one: the parameter's name and why. */
	together?: (params: Params) => [name: string, problem: string] | undefined;
	/** The digits in front of the last three of a task error code. */
	errorPrefix: string;
	/** USD per mode (`only` where there is none) and duration. The amounts are the sandbox's own. */
	prices: Record<string, { '5': string; '10': string }>;
	discount: number;
}

export const PROMPT_RULE = text(2500);

const ASPECT_RATIOS = ['16:9', '9:16', '1:1'];

const withoutRatio = {
	duration: oneOf('5', '10'),
	watermark_info: watermarkInfo,
	callback_url: httpUrl,
	external_task_id: text(),
};
const everywhere = { ...withoutRatio, aspect_ratio: oneOf(...ASPECT_RATIOS) };
const fromText = { type: 'text-to-video' as const, required: ['prompt'] };
const negativePrompt = { negative_prompt: text(2500) };
const mode = { mode: oneOf('std', 'pro') };

export const MODELS: Model[] = [
	{
		// seed: kirin_v2_master_t2v.txt
		id: 'kirin_v2_master_t2v',
		title: 'Kirin V2 Master - Text to Video',
		...fromText,
		params: { ...everywhere, ...negativePrompt },
		errorPrefix: '002016',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		// seed: kirin_v2_5_turbo_t2v.txt
		id: 'kirin_v2_5_turbo_t2v',
		title: 'Kirin V2.5 Turbo - Text to Video',
		...fromText,
		params: { ...everywhere, ...negativePrompt, ...mode },
		errorPrefix: '002011',
		prices: { std: { '5': '0.21', '10': '0.42' }, pro: { '5': '0.35', '10': '0.70' } },
		discount: 0.7,
	},
	// The entries below follow the reference's table; their error prefixes are the sandbox's own.
	{
		id: 'kirin_v2_6_t2v',
		title: 'Kirin V2.6 - Text to Video',
		...fromText,
		params: { ...everywhere, ...negativePrompt, ...mode, sound: oneOf('on', 'off') },
		together: (params) =>
			params.sound === 'on' && params.mode !== 'pro'
				? ['sound', '"on" is only allowed with mode "pro"']
				: undefined,
		errorPrefix: '002901',
		prices: {
			std: { '5': '0.21', '10': '0.42' },
			pro: { '5': '0.35', '10': '0.70' },
			'pro with sound': { '5': '0.70', '10': '1.40' },
		},
		discount: 0.7,
	},
	{
		id: 'kirin_v2_1_master_t2v',
		title: 'Kirin V2.1 Master - Text to Video',
		...fromText,
		params: everywhere,
		errorPrefix: '002902',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		id: 'kirin_v1_6_t2v',
		title: 'Kirin V1.6 - Text to Video',
		...fromText,
		params: { ...everywhere, ...negativePrompt, ...mode, cfg_scale: fromZeroToOne },
		errorPrefix: '002903',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		id: 'kirin_v1_t2v',
		title: 'Kirin V1 - Text to Video',
		...fromText,
		params: {
			...everywhere,
			...negativePrompt,
			...mode,
			cfg_scale: fromZeroToOne,
			camera_control: anObject,
		},
		together: (params) =>
			params.camera_control !== undefined && (params.mode === 'pro' || params.duration === '10')
				? ['camera_control', 'is only allowed with mode "std" and duration "5"']
				: undefined,
		errorPrefix: '002904',
		prices: { std: { '5': '0.14', '10': '0.28' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		// kirin-api.md, "Image to video": the prompt is optional, and there is no aspect ratio
		id: 'kirin_v2_5_turbo_i2v',
		title: 'Kirin V2.5 Turbo - Image to Video',
		type: 'image-to-video',
		params: { ...withoutRatio, ...negativePrompt, ...mode, image, image_tail: image },
		required: ['image'],
		together: (params) =>
			params.image_tail !== undefined && params.mode !== 'pro'
				? ['image_tail', 'is only allowed with mode "pro"']
				: undefined,
		errorPrefix: '002906',
		prices: { std: { '5': '0.21', '10': '0.42' }, pro: { '5': '0.35', '10': '0.70' } },
		discount: 0.7,
	},
];

/** @param others models that are served without being known */
export function findModel(id: unknown, others: readonly string[]): Model | undefined {
	const model = MODELS.find((entry) => entry.id === id);
	return model ?? others.filter((other) => other === id).map(otherModel)[0];
}

/** A model whose page nobody has read: what the task itself needs is checked, and nothing else. */
function otherModel(id: string): Model {
	const { callback_url, external_task_id, watermark_info } = everywhere;
	return {
		id,
		title: id,
		type: 'text-to-video',
		required: [],
		params: { callback_url, external_task_id, watermark_info },
		takesAnything: true,
		errorPrefix: '002905',
		prices: { only: { '5': '1.00', '10': '2.00' } },
		discount: 1,
	};
}

/** The price of a checked request in USD, as the exact text that `usage.cost` shows. */
export function priceOf(model: Model, params: Params): string {
	const named = typeof params.mode === 'string' ? params.mode : 'std';
	const mode = params.sound === 'on' ? `${named} with sound` : named;
	const row = model.prices[mode] ?? model.prices.only;
	const price = row?.[videoSeconds(params)];
	if (price === undefined) throw new Error(`${model.id} has no price for mode ${mode}`);
	return price;
}

/** Default 5 where the page states it; the sandbox takes 5 for the pages that state none. */
export function videoSeconds(params: Params): '5' | '10' {
	return params.duration === '10' ? '10' : '5';
}

/** Of the asked one, of the image, or 16:9: the sandbox has videos of three shapes. */
export function aspectRatio(params: Params): string {
	const asked = params.aspect_ratio;
	if (typeof asked === 'string' && ASPECT_RATIOS.includes(asked)) return asked;
	const { width, height } = sizeSent(params.image) ?? { width: 16, height: 9 };
	if (width === height) return '1:1';
	return width > height ? '16:9' : '9:16';
}
