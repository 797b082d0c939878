/** The models that the sandbox serves: finding one, and what a request to it comes to. */
import { HALF_KNOWN_MODELS } from './half-known-models';
import { IMAGE_MODELS } from './image-models';
import { sizeSent } from './images';
import type { Model, Params, Tag } from './model';
import { ASPECT_RATIOS, commonThree } from './model-params';
import { inProportion } from './money';
import { secondsOf } from './seconds';
import { TEXT_MODELS } from './text-models';

export type { Model, Params } from './model';
export { secondsOf } from './seconds';

export const MODELS: Model[] = [...TEXT_MODELS, ...IMAGE_MODELS, ...HALF_KNOWN_MODELS];

/** @param others models that are served without being known */
export function findModel(id: unknown, others: readonly string[]): Model | undefined {
	return servedModels(others).find((model) => model.id === id);
}

/** All models that have a table entry, and the others. */
export function servedModels(others: readonly string[]): Model[] {
	const unknown = others.filter((other) => !MODELS.some(({ id }) => id === other));
	return [...MODELS, ...unknown.map(otherModel)];
}

/** A model whose page nobody has read: what the task itself needs is checked, and nothing else. */
function otherModel(id: string): Model {
	const tag: Tag = id.endsWith('_i2v') ? 'i2v' : 't2v';
	return {
		id,
		title: id,
		tag,
		input: tag === 'i2v' ? ['text', 'image'] : ['text'],
		required: [],
		params: commonThree,
		loose: true,
		errorPrefix: '002905',
		prices: { only: { '5': '1.00', '10': '2.00' } },
		discount: 1,
	};
}

/** The price of a checked request in USD, as the exact text that `usage.cost` shows. */
export function priceOf(model: Model, params: Params): string {
	const { prices } = model;
	const mode = typeof params.mode === 'string' ? params.mode : (model.defaultMode ?? 'std');
	const withSound = params.sound === 'on' ? prices[`${mode} with sound`] : undefined;
	const row = withSound ?? prices[mode] ?? prices.only ?? Object.values(prices)[0];
	if (row === undefined) throw new Error(`${model.id} has no price`);
	const seconds = secondsOf(params);
	if (seconds === 5 || seconds === 10) return row[seconds];
	return inProportion(row['5'], seconds, 5);
}

/** The one of the two lengths of the test videos that is nearer: 5 up to 7.5 s, 10 from there on. */
export function videoSeconds(params: Params): '5' | '10' {
	return secondsOf(params) <= 7.5 ? '5' : '10';
}

/** Of the asked one, of the first image, or 16:9: the sandbox has videos of three shapes. */
export function aspectRatio(params: Params): string {
	const asked = params.aspect_ratio;
	if (typeof asked === 'string' && ASPECT_RATIOS.includes(asked)) return asked;
	const { width, height } = sizeSent(params) ?? { width: 16, height: 9 };
	if (width === height) return '1:1';
	return width > height ? '16:9' : '9:16';
}
