/** What can be set: at the start, while running, and through the control endpoint. */
import {
	isAnything,
	isFlag,
	isFrom,
	isListOf,
	isObjectOf,
	isOneOf,
	isText,
	type Check,
} from './checks';
import { FAULT_TARGETS, NAMED_KINDS, type Fault, type FaultTarget } from './faults';
import {
	EXPIRED_STATUSES,
	LATE_STATUSES,
	PROGRESS_SHAPES,
	readMarkers,
	type Duplicate,
	type Expiry,
	type Lateness,
	type ProgressShape,
} from './markers';
import { isUsd } from './money';
import { isObject } from './params';
import { badParameter } from './refusal';
import { isVariant, type Variant } from './variant';

export interface SandboxSettings {
	/** Renders take `renderSeconds / speed`. Counts for tasks created afterwards. */
	speed: number;
	renderSeconds: number;
	/** The shape of the reported progress. */
	progress: ProgressShape;
	/** Markers that hold for every prompt, which may still say otherwise. */
	markers: string;
	faults: Fault[];
	variant: Variant;
	enforceUniqueExternalIds: boolean;
	/** What a create is answered whose external task ID is in use; 400 unless told. */
	duplicate?: Duplicate;
	/** IDs of further models, which take any parameters. */
	otherModels: string[];
	/** What no page says and only the vendor would not take is refused too. */
	vendorRules: boolean;
	/** Further API keys: each is an account of its own, which knows nothing of the others' tasks. */
	otherKeys: string[];
	/** Tasks in progress at once; one more is answered 429. */
	concurrencyLimit?: number;
	/** Results are files of this size in place of the small videos. */
	videoBytes?: number;
	/** USD left. Each accepted task that will complete lowers it; below the price, create answers 402. */
	credit?: string;
	/** How long get answers 404 for a new task, in ms of the clock, whatever the speed. */
	visibleAfterMs?: number;
	/** Get shows tasks as they were so many ms before; callbacks do not lag. */
	lagMs?: number;
	/** From when a result is first asked for, how long it answers with what, before it is there. */
	late?: Lateness;
	/** How long after a task completes its results go, and what they answer then. */
	expires?: Expiry;
}

export function defaultSettings(): SandboxSettings {
	return {
		speed: 1,
		renderSeconds: 20,
		progress: 'linear',
		markers: '',
		faults: [],
		variant: {},
		enforceUniqueExternalIds: true,
		otherModels: [],
		vendorRules: false,
		otherKeys: [],
	};
}

const isKind: Check = (value) =>
	isOneOf(...NAMED_KINDS)(value) ||
	isObjectOf(
		{
			status: isFrom(200, 599),
			body: isAnything,
			retryAfter: (after) => after === 'date' || isFrom(0)(after),
		},
		['status'],
	)(value) ||
	isObjectOf({ location: isText, status: isFrom(300, 399) }, ['location'])(value);

const isFault = isObjectOf(
	{
		on: isOneOf(...(FAULT_TARGETS satisfies FaultTarget[])),
		point: isOneOf('before', 'after'),
		kind: isKind,
		probability: isFrom(0, 1),
		times: isFrom(0),
		skip: isFrom(0),
		delayMs: isFrom(0),
		taskId: isText,
		externalTaskId: isText,
		promptIncludes: isText,
	},
	['on', 'kind'],
);

/** The synthetic file needs room for its boxes. */
export const LEAST_VIDEO_BYTES = 64;

const checks: Record<keyof SandboxSettings, Check> = {
	speed: (value) => isFrom(0)(value) && value !== 0,
	renderSeconds: isFrom(0),
	progress: isOneOf(...PROGRESS_SHAPES),
	markers: isText,
	faults: isListOf(isFault),
	variant: isVariant,
	enforceUniqueExternalIds: isFlag,
	duplicate: isObjectOf({
		status: isFrom(200, 599),
		code: isText,
		message: isText,
		body: isAnything,
		existing: isFlag,
	}),
	otherModels: isListOf(isText),
	vendorRules: isFlag,
	otherKeys: isListOf(isText),
	concurrencyLimit: isFrom(0),
	videoBytes: isFrom(LEAST_VIDEO_BYTES),
	credit: (value) => typeof value === 'string' && isUsd(value),
	visibleAfterMs: isFrom(0),
	lagMs: isFrom(0),
	late: isObjectOf({ ms: isFrom(0), status: isOneOf(...LATE_STATUSES) }, ['ms']),
	expires: isObjectOf({ ms: isFrom(0), status: isOneOf(...EXPIRED_STATUSES) }, ['ms']),
};

/**
 * Changes settings in place from an object of unknown origin: all of it, or none.
 * `null` or undefined sets one back to its default. Throws a Refusal that names what it does not accept.
 */
export function changeSettings(settings: SandboxSettings, changes: unknown): void {
	if (!isObject(changes)) throw badParameter('settings', 'must be an object');
	for (const [name, value] of Object.entries(changes)) {
		const check = Object.hasOwn(checks, name) ? checks[name as keyof SandboxSettings] : undefined;
		if (check === undefined) throw badParameter(name, 'is not a setting');
		if (value !== null && value !== undefined && !check(value)) {
			throw badParameter(name, `does not accept ${JSON.stringify(value)}`);
		}
		if (name === 'markers' && typeof value === 'string') readMarkers(value);
	}
	const defaults: Partial<Record<string, unknown>> = { ...defaultSettings() };
	for (const [name, value] of Object.entries(changes)) {
		Object.assign(settings, { [name]: value ?? defaults[name] });
	}
}
