import type { IDataObject } from 'n8n-workflow';
import { inputError } from '../api/taskError';
import { excerpt } from '../api/untrusted';
import type { Field, ReadParameter } from './parameters';

/** Checks values that users and their expressions give; errors show what was given. */

/** Characters as people and the service count them: an emoji outside the basic plane is one. */
export function countCharacters(value: string): number {
	return Array.from(value).length;
}

/** @throws TaskError when it is no URL that the service could call or fetch */
export function checkHttpUrl(label: string, value: unknown): string {
	if (isHttpUrl(value)) return value;
	const problem = `must be a URL that starts with http:// or https://, but is ${show(value)}`;
	throw inputError(label, problem);
}

export function isHttpUrl(value: unknown): value is string {
	return typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
}

/** No limit is documented. An ID that does not fit into a URL is refused. */
const MAX_EXTERNAL_ID_CHARACTERS = 128;

/**
 * Checks an ID for the path of a get.
 *
 * @throws TaskError when it is empty, too long or not an ID at all
 */
export function checkTaskId(label: string, value: unknown): string {
	// A number with more digits than fit has lost some: two items could end up with the same ID.
	const id = Number.isSafeInteger(value) ? String(value) : value;
	const limit = `must be an ID of 1 to ${MAX_EXTERNAL_ID_CHARACTERS} characters without spaces`;
	if (typeof id !== 'string' || !/^[^\s\p{C}]+$/u.test(id) || id === '.' || id === '..') {
		throw inputError(label, `${limit}, but is ${show(value)}`);
	}
	const characters = countCharacters(id);
	if (characters > MAX_EXTERNAL_ID_CHARACTERS) {
		throw inputError(label, `${limit}, but has ${characters}`);
	}
	return id;
}

/**
 * One of the values of an option of the node, the first of which is the default.
 *
 * @throws TaskError that lists them
 */
export function readChoiceOf<T extends string>(
	read: ReadParameter,
	{ path, label }: Field,
	allowed: readonly [T, ...T[]],
): T {
	const value = read(path, allowed[0]);
	const choice = allowed.find((candidate) => candidate === value);
	if (choice !== undefined) return choice;
	throw inputError(label, `must be one of ${allowed.join(', ')}, but is ${show(value)}`);
}

/** @throws TaskError when it is neither true nor false */
export function readSwitch(read: ReadParameter, { path, label }: Field, preset: boolean): boolean {
	return checkBoolean(label, read(path, preset));
}

/** @throws TaskError when it is neither true nor false */
export function checkBoolean(label: string, value: unknown): boolean {
	if (typeof value === 'boolean') return value;
	throw inputError(label, `must be true or false, but is ${show(value)}`);
}

/**
 * A number with its bounds, from a number or a text that spells one.
 *
 * @throws TaskError that names the bounds and the value
 */
export function readNumber(
	read: ReadParameter,
	{ path, label }: Field,
	{ preset, ...bounds }: { least: number; most: number; preset: number },
): number {
	return checkNumber(label, read(path, preset), bounds);
}

/** What a number has to keep to. */
export interface Bounds {
	least?: number;
	most?: number;
	/** Whether it may have no fraction. */
	isWhole?: boolean;
}

/** @throws TaskError that names the bounds and the value */
export function checkNumber(label: string, value: unknown, bounds: Bounds): number {
	const { least = -Number.MAX_VALUE, most = Number.MAX_VALUE, isWhole = false } = bounds;
	const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const isGood =
		typeof parsed === 'number' &&
		parsed >= least &&
		parsed <= most &&
		// A whole number with more digits than fit has lost some.
		(!isWhole || Number.isSafeInteger(parsed));
	if (!isGood) throw inputError(label, `must be ${boundsOf(bounds)}, but is ${show(value)}`);
	return parsed;
}

/** "a number from 0 to 1". */
export function boundsOf({ least, most, isWhole = false }: Bounds): string {
	return [
		isWhole ? 'a whole number' : 'a number',
		least !== undefined && `${most === undefined ? 'of at least' : 'from'} ${least}`,
		most !== undefined && `${least === undefined ? 'of at most' : 'to'} ${most}`,
	]
		.filter(Boolean)
		.join(' ');
}

/**
 * A JSON object, from an object or a text that spells one.
 *
 * @throws TaskError when it is anything else, or has no JSON
 */
export function checkObject(label: string, value: unknown): IDataObject {
	let object: unknown;
	try {
		// Through JSON also where it is an object: what cannot be sent shows here, dates become texts.
		object = JSON.parse(typeof value === 'string' ? value : JSON.stringify(value));
	} catch {
		object = undefined;
	}
	if (typeof object !== 'object' || object === null || Array.isArray(object)) {
		throw inputError(label, `must be a JSON object, but is ${show(value)}`);
	}
	return object as IDataObject;
}

/**
 * The same text, once it is sure that it can be sent.
 *
 * @throws TaskError
 */
export function checkCharacters(label: string, value: string): string {
	// Half a surrogate pair, left by code that cut a text in the middle of an emoji, has no UTF-8 form.
	if (/\p{Surrogate}/u.test(value)) {
		throw inputError(label, 'contains half a character, probably an emoji that was cut in two');
	}
	return value;
}

export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

const MAX_SHOWN_CHARACTERS = 60;

/** A value as it may stand in an error: short, and with its kind where that is the problem. */
export function show(value: unknown): string {
	if (value === undefined || value === null || value === '') return 'empty';
	const spelled = excerpt(spell(value), MAX_SHOWN_CHARACTERS);
	if (Array.isArray(value)) return `a list (${spelled})`;
	return typeof value === 'string' ? spelled : `the ${typeof value} ${spelled}`;
}

function spell(value: unknown): string {
	if (typeof value === 'number') return String(value);
	try {
		return JSON.stringify(value) ?? '';
	} catch {
		return 'that has no JSON';
	}
}
