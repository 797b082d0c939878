/** Image to video: one entry per page (kirin-models.md, "Image to video"). */
import { imageA, imageAAtMost, imageB, imageBAtMost, imageOfAnyKind } from './images';
import { PROMPT, type Model, type Params, type Problem } from './model';
import {
	aspectRatio,
	brush,
	cfgScale,
	commonThree,
	duration,
	mode,
	multiPrompt,
	negativePrompt,
	shots,
	shotsFillDuration,
	sound,
	soundNeedsPro,
	vendorElements,
	vendorSeconds,
	vendorShots,
	vendorVoices,
} from './model-params';
import { secondsOf } from './seconds';
import { listOf, oneOfInEitherForm } from './params';

const fromImage = { tag: 'i2v' as const, input: ['text' as const, 'image' as const] };
const prompt = { prompt: PROMPT };

/** The tail only with mode pro; `alone` where that holds for a tail without a first image too. */
function tailNeedsPro(alone: boolean): (params: Params) => Problem | undefined {
	return ({ image, image_tail: tail, mode: given }) =>
		tail !== undefined && given !== 'pro' && (alone || image !== undefined)
			? ['image_tail', 'is only allowed with mode "pro"']
			: undefined;
}

/** V1: tail and brush only with 5 s, and not together. */
function v1Rules(params: Params): Problem | undefined {
	const hasBrush = params.static_mask !== undefined || params.dynamic_masks !== undefined;
	const name = params.static_mask !== undefined ? 'static_mask' : 'dynamic_masks';
	if (hasBrush && params.image_tail !== undefined) {
		return [name, 'is not allowed together with image_tail'];
	}
	if (params.duration === undefined || secondsOf(params) === 5) return undefined;
	if (params.image_tail !== undefined) return ['image_tail', 'is only allowed with duration "5"'];
	return hasBrush ? [name, 'is only allowed with duration "5"'] : undefined;
}

// All error prefixes are the sandbox's own: the pages' error codes were not read.
export const IMAGE_MODELS: Model[] = [
	{
		// The page was read into the description of image_tail, whose limits are not known.
		id: 'kirin_v2_5_turbo_i2v',
		title: 'Kirin V2.5 Turbo - Image to Video',
		...fromImage,
		required: ['image'],
		params: {
			image: imageA,
			...prompt,
			...negativePrompt,
			...duration,
			...mode,
			image_tail: imageOfAnyKind,
			...commonThree,
		},
		open: true,
		absent: ['aspect_ratio'],
		together: tailNeedsPro(true),
		errorPrefix: '002906',
		prices: { std: { '5': '0.21', '10': '0.42' }, pro: { '5': '0.35', '10': '0.70' } },
		discount: 0.7,
	},
	{
		// The page was read up to prompt, and its notes.
		id: 'kirin_v1_i2v',
		title: 'Kirin V1 - Image to Video',
		...fromImage,
		required: ['image'],
		params: {
			image: imageA,
			image_tail: imageB,
			...prompt,
			...mode,
			...brush,
			...commonThree,
		},
		vendorParams: { ...negativePrompt, ...cfgScale, ...duration },
		open: true,
		absent: ['aspect_ratio'],
		together: v1Rules,
		errorPrefix: '002908',
		prices: { std: { '5': '0.14', '10': '0.28' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		// The page was read up to prompt, and its notes.
		id: 'kirin_v1_6_i2v',
		title: 'Kirin V1.6 - Image to Video',
		...fromImage,
		required: [],
		oneOfRequired: ['image', 'image_tail'],
		params: { image: imageA, image_tail: imageB, ...prompt, ...mode, ...commonThree },
		vendorParams: {
			...negativePrompt,
			...cfgScale,
			duration: oneOfInEitherForm('5', '10'),
		},
		open: true,
		absent: ['aspect_ratio'],
		together: tailNeedsPro(true),
		errorPrefix: '002909',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		id: 'kirin_v1_6_multi_i2v',
		title: 'Kirin V1.6 Multi - Image to Video',
		...fromImage,
		tag: 'r2v',
		required: ['image_list', 'prompt'],
		params: {
			image_list: listOf(1, 4, `images {"image"}, each ${imageA.says}`, (entry) => {
				const extra = Object.keys(entry).find((key) => key !== 'image');
				return extra === undefined ? imageA(entry.image) : `has an unknown key "${extra}"`;
			}),
			...prompt,
			...negativePrompt,
			...mode,
			...duration,
			...aspectRatio,
			...commonThree,
		},
		errorPrefix: '002910',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		id: 'kirin_v2_master_i2v',
		title: 'Kirin V2 Master - Image to Video',
		...fromImage,
		required: ['image'],
		params: { image: imageA, ...prompt, ...negativePrompt, ...duration, ...commonThree },
		errorPrefix: '002911',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		id: 'kirin_v2_1_master_i2v',
		title: 'Kirin V2.1 Master - Image to Video',
		...fromImage,
		required: ['image'],
		params: { image: imageA, ...prompt, ...duration, ...commonThree },
		errorPrefix: '002912',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		// The page was read up to the start of prompt, and its notes. A tail alone is not excluded.
		id: 'kirin_v2_6_i2v',
		title: 'Kirin V2.6 - Image to Video',
		...fromImage,
		required: [],
		oneOfRequired: ['image', 'image_tail'],
		params: {
			image: imageA,
			image_tail: imageA,
			...prompt,
			...sound,
			...commonThree,
		},
		vendorParams: { ...mode, ...duration, ...negativePrompt, ...vendorVoices },
		open: true,
		together: (params) => tailNeedsPro(false)(params) ?? soundNeedsPro(params),
		vendorTogether: ({ voice_list: voices, sound: given }) =>
			voices !== undefined && given !== 'on' ? ['voice_list', 'needs sound "on"'] : undefined,
		errorPrefix: '002913',
		prices: {
			std: { '5': '0.21', '10': '0.42' },
			pro: { '5': '0.35', '10': '0.70' },
			'pro with sound': { '5': '0.70', '10': '1.40' },
		},
		discount: 0.7,
	},
	{
		// The page was read up to shot_type.
		id: 'kirin_v3_i2v',
		title: 'Kirin V3 - Image to Video',
		...fromImage,
		required: [],
		oneOfRequired: ['image', 'image_tail'],
		alsoRequired: ({ multi_shot: multiShot }) => (multiShot === true ? ['shot_type'] : []),
		ignored: ({ multi_shot: multiShot }) =>
			multiShot === true ? ['prompt'] : ['shot_type', 'multi_prompt'],
		params: { image: imageAAtMost, image_tail: imageBAtMost, ...shots, ...commonThree },
		vendorParams: {
			...prompt,
			...multiPrompt,
			...negativePrompt,
			...sound,
			...mode,
			...vendorElements,
			duration: vendorSeconds,
		},
		open: true,
		vendorTogether: (params) => shotsFillDuration(params) ?? vendorShots(params),
		errorPrefix: '002914',
		prices: {
			std: { '5': '0.42', '10': '0.84' },
			pro: { '5': '0.56', '10': '1.12' },
			'std with sound': { '5': '0.63', '10': '1.26' },
			'pro with sound': { '5': '0.84', '10': '1.68' },
		},
		discount: 1,
	},
];
