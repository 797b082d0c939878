/**
 * Models whose pages were read in part or not at all (kirin-models.md): reached by their IDs, with
 * parameters that pass whatever they are, but for what the task itself needs.
 */
import { PROMPT, type Model } from './model';
import { cfgScale, commonThree } from './model-params';
import { text } from './params';

const loosely = { required: [], params: commonThree, loose: true as const, discount: 1 };
const perSecond = { std: { '5': '0.42', '10': '0.84' }, pro: { '5': '0.56', '10': '1.12' } };

export const HALF_KNOWN_MODELS: Model[] = [
	{
		...loosely,
		id: 'kirin_v1_5_i2v',
		title: 'Kirin V1.5 - Image to Video',
		tag: 'i2v',
		input: ['text', 'image'],
		dataObject: true,
		errorPrefix: '002915',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
	},
	{
		...loosely,
		id: 'kirin_v2_1_i2v',
		title: 'Kirin V2.1 - Image to Video',
		tag: 'i2v',
		input: ['text', 'image'],
		errorPrefix: '002916',
		prices: { std: { '5': '0.28', '10': '0.56' }, pro: { '5': '0.49', '10': '0.98' } },
	},
	{
		...loosely,
		id: 'kirin_video_o1',
		title: 'Kirin Video O1',
		tag: 'vref',
		input: ['text', 'image', 'video'],
		errorPrefix: '002917',
		defaultMode: 'pro',
		prices: perSecond,
	},
	{
		...loosely,
		id: 'kirin_v3_omni_video',
		title: 'Kirin V3 Omni Video',
		tag: 'vref',
		input: ['text', 'image', 'video'],
		errorPrefix: '002918',
		defaultMode: 'pro',
		prices: perSecond,
	},
	{
		...loosely,
		// The page was read to its end, but does not say which ID video_id is: any text passes.
		id: 'kirin_duration_extension',
		title: 'Kirin Duration Extension',
		tag: 'vext',
		input: ['text', 'video'],
		required: ['video_id'],
		params: {
			video_id: text(),
			prompt: PROMPT,
			negative_prompt: PROMPT,
			...cfgScale,
			...commonThree,
		},
		errorPrefix: '014002',
		errorField: 'message',
		prices: { only: { '5': '0.28', '10': '0.56' } },
	},
	{
		...loosely,
		id: 'kirin_lipsync',
		title: 'Kirin Lip Sync',
		tag: 'lipsync',
		input: ['video', 'audio'],
		errorPrefix: '002919',
		prices: { only: { '5': '0.07', '10': '0.14' } },
	},
];
