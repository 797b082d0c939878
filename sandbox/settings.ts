/** What can be set: at the start, while running, and through the control endpoint. */
import { FAULT_TARGETS, NAMED_KINDS, type Fault, type FaultTarget } from './faults';
import { PROGRESS_SHAPES, readMarkers, type ProgressShape } from './markers';
import { isUsd } from './money';
import { isObject } from './params';
import { badParameter } from './refusal';
import { ERROR_BODIES, type Variant } from './variant';

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
	/** IDs of further models, which take any parameters. */
	otherModels: string[];
	/** Tasks in progress at once; one more is answered 429. */
	concurrencyLimit?: number;
	/** Results are files of this size in place of the small videos. */
	videoBytes?: number;
	/** USD left. Each accepted task that will complete lowers it; below the price, create answers 402. */
	credit?: string;
	/** How long get answers 404 for a new task, in ms of the clock, whatever the speed. */
	visibleAfterMs?: number;
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
	};
}

type Check = (value: unknown) => boolean;

const isFlag: Check = (value) => typeof value === 'boolean';
const isText: Check = (value) => typeof value === 'string';
const isOneOf =
	(...options: readonly string[]): Check =>
	(value) =>
		options.includes(value as string);
const isFrom =
	(least: number, most = Infinity): Check =>
	(value) =>
		typeof value === 'number' && value >= least && value <= most;
const isObjectOf =
	(checks: Record<string, Check>, required: string[] = []): Check =>
	(value) =>
		isObject(value) &&
		required.every((key) => key in value) &&
		Object.entries(value).every(([key, member]) => checks[key]?.(member) ?? false);

const isKind: Check = (value) =>
	isOneOf(...NAMED_KINDS)(value) ||
	isObjectOf(
		{
			status: isFrom(200, 599),
			body: () => true,
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

const isVariant = isObjectOf({
	envelope: isFlag,
	idField: isOneOf('id', 'task_id', 'request_id'),
	statusWords: isObjectOf({ queued: isText, running: isText, completed: isText, failed: isText }),
	flatOutput: isFlag,
	contentType: isOneOf('video', 'video_url'),
	outputField: isOneOf('output', 'outputs'),
	taskError: isOneOf('object', 'string', 'number'),
	completedWithError: isFlag,
	errorBody: isOneOf(...ERROR_BODIES),
});

/** The synthetic file needs room for its boxes. */
export const LEAST_VIDEO_BYTES = 64;

const checks: Record<keyof SandboxSettings, Check> = {
	speed: (value) => isFrom(0)(value) && value !== 0,
	renderSeconds: isFrom(0),
	progress: isOneOf(...PROGRESS_SHAPES),
	markers: isText,
	faults: (value) => Array.isArray(value) && value.every(isFault),
	variant: isVariant,
	enforceUniqueExternalIds: isFlag,
	otherModels: (value) => Array.isArray(value) && value.every(isText),
	concurrencyLimit: isFrom(0),
	videoBytes: isFrom(LEAST_VIDEO_BYTES),
	credit: (value) => typeof value === 'string' && isUsd(value),
	visibleAfterMs: isFrom(0),
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
