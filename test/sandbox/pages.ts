/**
 * What the provider's pages say of each model (kirin-models.md), page by page: the one fixture of
 * all tests, of the sandbox's rules, of the catalogue and of the node. It is written from the pages, and
 * from nothing in `sandbox/` or `nodes/`.
 */
import { png } from '../unit/image-bytes';

export type Params = Record<string, unknown>;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Images by what is special about them; all but the URL are Base64. */
export const IMAGES = {
	plain: base64(png(640, 360)),
	other: base64(png(500, 500)),
	url: 'https://example.com/x.png',
	/** Wider than 2.5:1. */
	wide: base64(png(1001, 400)),
	small: base64(png(299, 400)),
	heavy: base64(png(400, 400, 10_000_000)),
	heavier: base64(png(400, 400, 10_000_001)),
	gif: Buffer.from('GIF89a, but not a picture').toString('base64'),
};

export type ImageLimits = 'A' | 'B' | 'A, at most 10 MB' | 'B, at most 10 MB';

/** One row of a page's table of parameters. */
export type Row =
	| { options: string[]; asNumber?: true }
	| { most: number }
	| { from: number; to: number }
	| { flag: true }
	| { image: ImageLimits }
	/** Its values are told by `accepts` and `refuses`. */
	| { other: true };

export interface Page {
	/** A request with what is required and nothing else. */
	least: Params;
	/** Parameters of `least` that may not be left out. */
	required: string[];
	rows: Record<string, Row>;
	/** How far the page was read: whether a parameter that is not in `rows` is surely none. */
	read: 'all parameters' | 'in part';
	/** Surely none, although the page was not read to its end. */
	absent?: string[];
	/** On top of `least`. */
	accepts?: Params[];
	/** On top of `least`: the parameter that is named, and the request. */
	refuses?: Array<[name: string, params: Params]>;
	/** Parameters of which two sources say different things: noted whenever they are sent. */
	doubtful?: string[];
	/** Accepted because no page says anything, but not as the vendor has it. */
	notes?: Array<[name: string, params: Params]>;
}

const duration: Row = { options: ['5', '10'] };
const ratio: Row = { options: ['16:9', '9:16', '1:1'] };
const mode: Row = { options: ['std', 'pro'] };
const text: Row = { most: 2500 };
const unit: Row = { from: 0, to: 1 };

const fromText = { least: { prompt: 'A crane over a lake' }, required: ['prompt'] };
const { plain, other, url } = IMAGES;
const fromImage = { least: { image: plain }, required: ['image'] };
/** The request with a tail and no first image: `undefined` takes a parameter of `least` out. */
const tailAlone = { image: undefined, image_tail: plain };

const shot = (index: number, seconds: string, words = 'A crane') => ({
	index,
	prompt: words,
	duration: seconds,
});
const inShots = (shots: unknown, more: Params = {}): Params => ({
	prompt: undefined,
	multi_shot: true,
	shot_type: 'customize',
	multi_prompt: shots,
	duration: '5',
	...more,
});

export const PAGES: Record<string, Page> = {
	kirin_v2_master_t2v: {
		...fromText,
		rows: { prompt: text, negative_prompt: text, aspect_ratio: ratio, duration },
		read: 'all parameters',
	},
	kirin_v2_5_turbo_t2v: {
		...fromText,
		rows: { prompt: text, duration, aspect_ratio: ratio, mode, negative_prompt: text },
		read: 'all parameters',
	},
	kirin_v2_6_t2v: {
		...fromText,
		rows: {
			prompt: text,
			negative_prompt: text,
			sound: { other: true },
			mode,
			aspect_ratio: ratio,
			duration,
		},
		read: 'all parameters',
		accepts: [{ sound: 'on', mode: 'pro' }, { sound: 'off', mode: 'std' }, { sound: 'off' }],
		refuses: [
			['sound', { sound: 'on', mode: 'std' }],
			['sound', { sound: 'on' }],
			['sound', { sound: true, mode: 'pro' }],
		],
	},
	kirin_v2_1_master_t2v: {
		...fromText,
		rows: { prompt: text, aspect_ratio: ratio, duration },
		read: 'all parameters',
	},
	kirin_v1_6_t2v: {
		...fromText,
		rows: {
			prompt: text,
			negative_prompt: text,
			cfg_scale: unit,
			mode,
			aspect_ratio: ratio,
			// The page says number, its siblings say text.
			duration: { options: ['5', '10'], asNumber: true },
		},
		read: 'all parameters',
		doubtful: ['duration'],
	},
	kirin_v1_t2v: {
		...fromText,
		rows: {
			prompt: text,
			duration,
			aspect_ratio: ratio,
			negative_prompt: text,
			cfg_scale: unit,
			mode,
			camera_control: { other: true },
		},
		read: 'in part',
		accepts: [
			{ camera_control: { type: 'simple', config: { zoom: 5 } } },
			{ camera_control: { type: 'down_back' }, mode: 'std', duration: '5' },
		],
		refuses: [
			['camera_control', { camera_control: '{}' }],
			['camera_control', { camera_control: { type: 'sideways' } }],
			['camera_control', { camera_control: { type: 'forward_up', config: { zoom: 5 } } }],
			['camera_control', { camera_control: { type: 'down_back' }, mode: 'pro' }],
			['camera_control', { camera_control: { type: 'down_back' }, duration: '10' }],
		],
		notes: [
			['camera_control', { camera_control: { type: 'simple' } }],
			['camera_control', { camera_control: { type: 'simple', config: { zoom: 5, pan: 1 } } }],
			['camera_control', { camera_control: { type: 'simple', config: { zoom: 11 } } }],
			['camera_control', { camera_control: { type: 'simple', config: { height: 1 } } }],
		],
	},
	kirin_v3_t2v: {
		...fromText,
		rows: {
			multi_shot: { flag: true },
			shot_type: { other: true },
			prompt: text,
			multi_prompt: { other: true },
			negative_prompt: text,
			sound: { options: ['on', 'off'] },
			mode,
			aspect_ratio: ratio,
			duration: { other: true },
		},
		read: 'in part',
		accepts: [
			{ duration: '3' },
			{ duration: '15', sound: 'on', mode: 'std' },
			{ multi_shot: false, shot_type: 'whatever', multi_prompt: 'ignored' },
			inShots([shot(1, '5')]),
			inShots([shot(1, '2'), shot(2, '3')]),
			inShots(
				[1, 2, 3, 4, 5, 6].map((index) => shot(index, '1')),
				{ duration: '6' },
			),
			inShots([shot(1, '5', 'x'.repeat(512))], { prompt: 'x'.repeat(9999) }),
		],
		refuses: [
			['duration', { duration: 5 }],
			['prompt', { prompt: undefined, multi_shot: false }],
			['shot_type', inShots([shot(1, '5')], { shot_type: undefined })],
			['shot_type', inShots([shot(1, '5')], { shot_type: 'intelligence' })],
			['multi_prompt', inShots(undefined)],
			['multi_prompt', inShots([])],
			[
				'multi_prompt',
				inShots(
					[1, 2, 3, 4, 5, 6, 7].map((index) => shot(index, '1')),
					{ duration: '7' },
				),
			],
			['multi_prompt', inShots([shot(1, '5', '')])],
			['multi_prompt', inShots([shot(1, '5', 'x'.repeat(513))])],
			['multi_prompt', inShots([{ ...shot(1, '5'), duration: 5 }])],
			['multi_prompt', inShots([{ ...shot(1, '5'), index: '1' }])],
			['multi_prompt', inShots([{ prompt: 'A crane', duration: '5' }])],
			['multi_prompt', inShots([shot(1, '0'), shot(2, '5')])],
			['multi_prompt', inShots([shot(1, '6')])],
			['multi_prompt', inShots([shot(1, '2'), shot(2, '2')])],
		],
		notes: [
			['duration', { duration: '2' }],
			['duration', { duration: '16' }],
			['multi_prompt', inShots([shot(0, '5')])],
			['multi_prompt', inShots([shot(1, '4')], { duration: undefined })],
			['cfg_scale', { cfg_scale: 0.5 }],
		],
	},
	kirin_v1_i2v: {
		...fromImage,
		rows: {
			image: { image: 'A' },
			image_tail: { image: 'B' },
			prompt: text,
			mode,
			static_mask: { other: true },
		},
		read: 'in part',
		absent: ['aspect_ratio'],
		accepts: [
			{ image_tail: other, mode: 'std', duration: '5' },
			{ static_mask: plain, duration: '5', dynamic_masks: [] },
			{ negative_prompt: 'rain', cfg_scale: 0.5, duration: '10' },
		],
		refuses: [
			['image', tailAlone],
			['image_tail', { image_tail: other, duration: '10' }],
			['static_mask', { static_mask: plain, duration: '10' }],
			['static_mask', { static_mask: plain, image_tail: other }],
			['dynamic_masks', { dynamic_masks: [], image_tail: other }],
		],
		notes: [['duration', { duration: '7' }]],
	},
	kirin_v1_6_i2v: {
		...fromImage,
		rows: { prompt: text, mode, image: { image: 'A' } },
		required: [],
		read: 'in part',
		absent: ['aspect_ratio'],
		accepts: [
			{ image_tail: other, mode: 'pro' },
			{ image_tail: IMAGES.wide, mode: 'pro' },
			{ ...tailAlone, mode: 'pro' },
			{ duration: '10' },
			{ duration: 10 },
		],
		refuses: [
			['image', { image: undefined, prompt: 'A crane' }],
			['image_tail', { image_tail: other }],
			['image_tail', { image_tail: IMAGES.small, mode: 'pro' }],
			['image_tail', { ...tailAlone, mode: 'std' }],
			['image_tail', tailAlone],
		],
		notes: [['cfg_scale', { cfg_scale: 2 }]],
	},
	kirin_v1_6_multi_i2v: {
		least: { image_list: [{ image: plain }], prompt: 'A crane' },
		required: ['image_list', 'prompt'],
		rows: {
			image_list: { other: true },
			prompt: text,
			negative_prompt: text,
			mode,
			duration,
			aspect_ratio: ratio,
		},
		read: 'all parameters',
		accepts: [
			{ image_list: [plain, other, plain, other].map((image) => ({ image })) },
			{ image_list: [{ image: url }, { image: url }] },
		],
		refuses: [
			['image_list', { image_list: [] }],
			[
				'image_list',
				{ image_list: [plain, plain, plain, plain, plain].map((image) => ({ image })) },
			],
			['image_list', { image_list: [plain] }],
			['image_list', { image_list: [{ image_url: url }] }],
			['image_list', { image_list: [{ image: plain, type: 'x' }] }],
			['image_list', { image_list: [{ image: IMAGES.wide }] }],
			['image_list', { image_list: [{ image: plain }, { image: url }] }],
			['image_list', { image_list: plain }],
		],
	},
	kirin_v2_master_i2v: {
		...fromImage,
		rows: { image: { image: 'A' }, prompt: text, negative_prompt: text, duration },
		read: 'all parameters',
	},
	kirin_v2_1_master_i2v: {
		...fromImage,
		rows: { image: { image: 'A' }, prompt: text, duration },
		read: 'all parameters',
	},
	kirin_v2_5_turbo_i2v: {
		...fromImage,
		rows: { image: { image: 'A' }, prompt: text, negative_prompt: text, duration, mode },
		read: 'in part',
		absent: ['aspect_ratio'],
		// The page ends before it says what limits a tail has.
		accepts: [
			{ image_tail: other, mode: 'pro' },
			{ image_tail: IMAGES.wide, mode: 'pro' },
			{ image: url, image_tail: url, mode: 'pro' },
		],
		refuses: [
			['image', tailAlone],
			['image_tail', { image_tail: other }],
			['image_tail', { image_tail: other, mode: 'std' }],
			['image_tail', { image_tail: 'x', mode: 'pro' }],
			['image_tail', { image_tail: url, mode: 'pro' }],
			['image', { image: url, image_tail: other, mode: 'pro' }],
		],
	},
	kirin_v2_6_i2v: {
		...fromImage,
		rows: { image: { image: 'A' }, prompt: text, sound: { other: true } },
		required: [],
		read: 'in part',
		accepts: [
			{ image_tail: other, mode: 'pro' },
			{ image_tail: other, mode: 'pro', sound: 'on' },
			tailAlone,
			{ ...tailAlone, mode: 'std' },
			{ sound: 'on', mode: 'pro', voice_list: [{ voice_id: 'v' }] },
		],
		refuses: [
			['image', { image: undefined }],
			['image_tail', { image_tail: other }],
			['image_tail', { image_tail: IMAGES.wide, mode: 'pro' }],
			['sound', { sound: 'on' }],
			['sound', { sound: 'on', mode: 'std' }],
		],
		notes: [
			['duration', { duration: '7' }],
			['voice_list', { voice_list: [{ voice_id: 'v' }] }],
			['aspect_ratio', { aspect_ratio: '16:9' }],
		],
	},
	kirin_v3_i2v: {
		...fromImage,
		rows: { image: { image: 'A, at most 10 MB' }, multi_shot: { other: true } },
		required: [],
		read: 'in part',
		accepts: [
			tailAlone,
			{ ...tailAlone, image_tail: IMAGES.wide },
			{ image_tail: other, mode: 'std', duration: '3' },
			{ image_tail: IMAGES.heavy },
			inShots([shot(1, '2'), shot(2, '3')]),
			{ element_list: [{ element_id: 1 }], prompt: 'A crane <<<element_1>>>' },
		],
		refuses: [
			['image', { image: undefined }],
			['image_tail', { image_tail: IMAGES.small }],
			['image_tail', { image_tail: IMAGES.heavier }],
			['multi_shot', { multi_shot: 'true' }],
			['shot_type', { multi_shot: true }],
			['shot_type', { multi_shot: true, shot_type: 'x' }],
		],
		notes: [
			['duration', { duration: '16' }],
			['multi_prompt', inShots([shot(1, '2')])],
			['prompt', { prompt: 'x'.repeat(2501) }],
		],
	},
};

/** Known by their IDs: whatever is sent passes, but for what the task itself needs. */
export const HALF_KNOWN: Record<string, Params> = {
	kirin_v1_5_i2v: { data: { image: url, mode: 'pro' } },
	kirin_v2_1_i2v: { image_tail: url },
	kirin_video_o1: { prompt: 'A crane', image_list: [{ image_url: url }] },
	kirin_v3_omni_video: { multi_shot: true, video_list: [{ video_url: url }] },
	kirin_duration_extension: { video_id: '123', cfg_scale: 0.5 },
	kirin_lipsync: { session_id: 's', face_choose: [{ face_id: '0' }] },
};

/** What every page has that was read so far. */
export const COMMON_THREE = {
	watermark_info: {
		accepts: [{ enabled: true }, { enabled: false }],
		refuses: [true, [{ enabled: true }], {}, { enabled: 'true' }, { enabled: true, text: 'x' }],
	},
	callback_url: {
		accepts: ['https://example.com/hook'],
		refuses: ['ftp://example.com', 'example.com/hook', '', 7],
	},
	external_task_id: { accepts: ['mine'], refuses: ['', 7] },
};

/** Text models that take no shots: a prompt is all that they need. */
export const PROMPT_IDS = Object.keys(PAGES).filter(
	(id) => id.endsWith('t2v') && id !== 'kirin_v3_t2v',
);
