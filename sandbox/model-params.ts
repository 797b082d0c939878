/** Parameters that several pages share, and the rules that bind them together. */
import type { Params, Problem } from './model';
import {
	fromZeroToOne,
	flag,
	httpUrl,
	isObject,
	listOf,
	oneOf,
	rule,
	text,
	watermarkInfo,
	wholeSeconds,
	type Rule,
} from './params';

export const ASPECT_RATIOS = ['16:9', '9:16', '1:1'];

/**
 * `watermark_info`, `callback_url`, `external_task_id`: the same on every page that was read so far,
 * and what a task itself needs. So they are checked where a page is cut off before them too.
 */
export const commonThree = {
	watermark_info: watermarkInfo,
	callback_url: httpUrl,
	external_task_id: text(),
};
export const aspectRatio = { aspect_ratio: oneOf(...ASPECT_RATIOS) };
export const duration = { duration: oneOf('5', '10') };
export const mode = { mode: oneOf('std', 'pro') };
export const negativePrompt = { negative_prompt: text(2500) };
export const cfgScale = { cfg_scale: fromZeroToOne };
export const sound = { sound: oneOf('on', 'off') };

const CAMERA_TYPES = [
	'simple',
	'down_back',
	'forward_up',
	'right_turn_forward',
	'left_turn_forward',
];

/** The page was read into the description of `config`: its members are only known from the vendor. */
export const cameraControl: Rule = rule(
	`an object {"type", "config"}; type is ${oneOf(...CAMERA_TYPES).says}; config, an object, only with "simple"`,
	(value) => {
		if (!isObject(value)) return 'must be an object';
		const { type, config } = value;
		const problem = type === undefined ? undefined : oneOf(...CAMERA_TYPES)(type);
		if (problem !== undefined) return `type ${problem}`;
		if (config === undefined) return undefined;
		if (!isObject(config)) return 'config must be an object';
		return type === undefined || type === 'simple'
			? undefined
			: 'config is only allowed with type "simple"';
	},
);

/** The vendor: `simple` needs a config in which exactly one of six numbers is other than 0. */
export function vendorCamera({ camera_control: camera }: Params): Problem | undefined {
	if (!isObject(camera) || camera.type !== 'simple') return undefined;
	const config = isObject(camera.config) ? camera.config : {};
	const names = ['horizontal', 'vertical', 'pan', 'tilt', 'roll', 'zoom'];
	const odd = Object.entries(config).find(
		([name, value]) => !names.includes(name) || typeof value !== 'number' || Math.abs(value) > 10,
	);
	if (odd) return ['camera_control', `config.${odd[0]} is not one of six numbers from -10 to 10`];
	const moving = Object.values(config).filter((value) => value !== 0);
	return moving.length === 1
		? undefined
		: ['camera_control', 'config needs exactly one number other than 0'];
}

export const MOST_SHOTS = 6;

export const shots = {
	multi_shot: flag,
	shot_type: oneOf('customize'),
};

export const multiPrompt = {
	multi_prompt: listOf(1, MOST_SHOTS, 'shots {"index", "prompt", "duration"}', (shot) => {
		if (!Number.isInteger(shot.index)) return 'index must be a whole number';
		const problem = text(512)(shot.prompt);
		if (problem !== undefined) return `prompt ${problem}`;
		const isSeconds = typeof shot.duration === 'string' && /^\d+(\.\d+)?$/.test(shot.duration);
		if (!isSeconds) return 'duration must be seconds as text';
		return Number(shot.duration) >= 1 ? undefined : 'duration must be at least 1';
	}),
};

/** The prompt, or with `multi_shot` the type of shots, and for shots of one's own the shots. */
export function promptOrShots(params: Params): string[] {
	if (params.multi_shot !== true) return ['prompt'];
	return params.shot_type === 'customize' ? ['shot_type', 'multi_prompt'] : ['shot_type'];
}

export function ignoredByShots(params: Params): string[] {
	return params.multi_shot === true ? ['prompt'] : ['shot_type', 'multi_prompt'];
}

/** The shots' durations add up to `duration`, so that none is longer either. */
export function shotsFillDuration(params: Params): Problem | undefined {
	const { multi_shot: multiShot, duration: total } = params;
	if (multiShot !== true || total === undefined) return undefined;
	return sumProblem(params, Number(total));
}

/** What only the vendor says: shots are counted from 1, and a duration that is left out is 5. */
export function vendorShots(params: Params): Problem | undefined {
	if (params.multi_shot !== true) return undefined;
	const counted = shotsOf(params).every(({ index }, place) => index === place + 1);
	if (!counted) return ['multi_prompt', 'index does not count 1, 2, 3 …'];
	return params.duration === undefined ? sumProblem(params, 5) : undefined;
}

export function shotsOf(params: Params): Array<Record<string, unknown>> {
	const { multi_prompt: list } = params;
	return Array.isArray(list) ? list.filter(isObject) : [];
}

function sumProblem(params: Params, total: number): Problem | undefined {
	// In thousandths, so that 0.1 + 0.2 adds up.
	const sum = shotsOf(params).reduce(
		(all, shot) => all + Math.round(Number(shot.duration) * 1000),
		0,
	);
	return sum === Math.round(total * 1000)
		? undefined
		: ['multi_prompt', `the shots' durations add up to ${sum / 1000}, not to ${total}`];
}

/** Whole seconds 3 to 15: the vendor's range, where the page says no more than that it is text. */
export const vendorSeconds = wholeSeconds(3, 15);

export const secondsAsText = {
	duration: rule('text', (value) => text()(value)),
};

/** `sound: "on"` only with mode pro: a rule of V2.6, not of V3. */
export function soundNeedsPro(params: Params): Problem | undefined {
	return params.sound === 'on' && params.mode !== 'pro'
		? ['sound', '"on" is only allowed with mode "pro"']
		: undefined;
}

export const vendorVoices = {
	voice_list: listOf(1, 2, 'voices {"voice_id"}', ({ voice_id: id }) => text()(id)),
};

export const vendorElements = {
	element_list: listOf(1, 3, 'elements {"element_id"}', ({ element_id: id }) =>
		typeof id === 'number' ? undefined : 'element_id must be a number',
	),
};

/** The motion brush, of which the pages only name the two parameters: its contents pass. */
export const brush = {
	static_mask: text(),
	dynamic_masks: rule('a list of masks', (value) =>
		Array.isArray(value) ? undefined : 'must be an array',
	),
};
