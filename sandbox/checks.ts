/** Checks of what comes from outside as settings: whether a value is of a kind. */
import { isObject } from './params';

export type Check = (value: unknown) => boolean;

export const isFlag: Check = (value) => typeof value === 'boolean';
export const isText: Check = (value) => typeof value === 'string';
export const isAnything: Check = () => true;

export function isOneOf(...options: ReadonlyArray<string | number>): Check {
	return (value) => options.includes(value as string | number);
}

export function isFrom(least: number, most = Infinity): Check {
	return (value) => typeof value === 'number' && value >= least && value <= most;
}

export function isListOf(check: Check): Check {
	return (value) => Array.isArray(value) && value.every(check);
}

export function isObjectOf(checks: Record<string, Check>, required: string[] = []): Check {
	return (value) =>
		isObject(value) &&
		required.every((key) => key in value) &&
		Object.entries(value).every(
			([key, member]) => Object.hasOwn(checks, key) && (checks[key]?.(member) ?? false),
		);
}
