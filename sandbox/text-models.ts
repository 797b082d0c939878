/** Text to video: one entry per page (kirin-models.md, "Text to video"). */
import { PROMPT, type Model } from './model';
import {
	aspectRatio,
	cameraControl,
	cfgScale,
	commonThree,
	duration,
	ignoredByShots,
	mode,
	multiPrompt,
	negativePrompt,
	promptOrShots,
	secondsAsText,
	shots,
	shotsFillDuration,
	sound,
	soundNeedsPro,
	vendorCamera,
	vendorSeconds,
	vendorShots,
} from './model-params';
import { oneOfInEitherForm } from './params';

const fromText = { tag: 't2v' as const, input: ['text' as const], required: ['prompt'] };
const prompt = { prompt: PROMPT };

export const TEXT_MODELS: Model[] = [
	{
		// seed: kirin_v2_master_t2v.txt
		id: 'kirin_v2_master_t2v',
		title: 'Kirin V2 Master - Text to Video',
		...fromText,
		params: { ...prompt, ...negativePrompt, ...aspectRatio, ...duration, ...commonThree },
		errorPrefix: '002016',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		// seed: kirin_v2_5_turbo_t2v.txt
		id: 'kirin_v2_5_turbo_t2v',
		title: 'Kirin V2.5 Turbo - Text to Video',
		...fromText,
		params: {
			...prompt,
			...duration,
			...aspectRatio,
			...mode,
			...negativePrompt,
			...commonThree,
		},
		errorPrefix: '002011',
		prices: { std: { '5': '0.21', '10': '0.42' }, pro: { '5': '0.35', '10': '0.70' } },
		discount: 0.7,
	},
	// Error prefixes below are the sandbox's own: the pages' error codes were not read.
	{
		id: 'kirin_v2_6_t2v',
		title: 'Kirin V2.6 - Text to Video',
		...fromText,
		params: {
			...prompt,
			...negativePrompt,
			...sound,
			...mode,
			...aspectRatio,
			...duration,
			...commonThree,
		},
		// "has an effect only with mode pro": whether std refuses it is not said; the sandbox does.
		together: soundNeedsPro,
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
		params: { ...prompt, ...aspectRatio, ...duration, ...commonThree },
		errorPrefix: '002902',
		prices: { only: { '5': '1.40', '10': '2.80' } },
		discount: 1,
	},
	{
		id: 'kirin_v1_6_t2v',
		title: 'Kirin V1.6 - Text to Video',
		...fromText,
		params: {
			...prompt,
			...negativePrompt,
			...cfgScale,
			...mode,
			...aspectRatio,
			duration: oneOfInEitherForm('5', '10'),
			...commonThree,
		},
		doubt: (params) =>
			params.duration === undefined
				? undefined
				: ['duration', 'the page says number, its siblings say text: both are accepted'],
		errorPrefix: '002903',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		// The page was read into the description of camera_control.config.
		id: 'kirin_v1_t2v',
		title: 'Kirin V1 - Text to Video',
		...fromText,
		params: {
			...prompt,
			...duration,
			...aspectRatio,
			...negativePrompt,
			...cfgScale,
			...mode,
			camera_control: cameraControl,
			...commonThree,
		},
		open: true,
		together: (params) =>
			params.camera_control !== undefined && (params.mode === 'pro' || params.duration === '10')
				? ['camera_control', 'is only allowed with mode "std" and duration "5"']
				: undefined,
		vendorTogether: vendorCamera,
		errorPrefix: '002904',
		prices: { std: { '5': '0.14', '10': '0.28' }, pro: { '5': '0.49', '10': '0.98' } },
		discount: 1,
	},
	{
		// The page was read up to the description of duration.
		id: 'kirin_v3_t2v',
		title: 'Kirin V3 - Text to Video',
		...fromText,
		required: [],
		alsoRequired: promptOrShots,
		ignored: ignoredByShots,
		params: {
			...shots,
			...prompt,
			...multiPrompt,
			...negativePrompt,
			...sound,
			...mode,
			...aspectRatio,
			...secondsAsText,
			...commonThree,
		},
		vendorParams: { duration: vendorSeconds },
		open: true,
		together: shotsFillDuration,
		vendorTogether: vendorShots,
		errorPrefix: '002907',
		prices: {
			std: { '5': '0.42', '10': '0.84' },
			pro: { '5': '0.56', '10': '1.12' },
			'std with sound': { '5': '0.63', '10': '1.26' },
			'pro with sound': { '5': '0.84', '10': '1.68' },
		},
		discount: 1,
	},
];
