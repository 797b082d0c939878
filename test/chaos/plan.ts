/** Plans: what is to happen in one run of the campaign. The same seed gives the same plans. */
import type { SandboxSettings } from '../../sandbox';
import { Draw } from './draw';
import { drawMarkers, longestHiddenMs } from './item-faults';
import { drawBackground, drawOutage, type Outage } from './service-faults';

export interface ItemPlan {
	/** Its place in the run as it was drawn; a smaller version of the run keeps it. */
	number: number;
	/** For `[sandbox: …]` in the prompt; `{files}` stands for the address of the sandbox's other port. */
	markers: string[];
	/** The user's own external task ID; without it the node makes one. */
	ownId?: string;
}

export type Operation = 'generate' | 'submit' | 'submit and wait';

/** Times in ms of the node's clock count from the start of the run. */
export interface RunPlan {
	seed: number;
	/** Of the run within the campaign. */
	run: number;
	items: ItemPlan[];
	operation: Operation;
	onError: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	/** Retry On Fail: tries in all, and the pause between them in real ms. */
	retry?: { tries: number; pauseMs: number };
	/** Pauses in real ms. */
	batching?: { size: number; pauseMs: number };
	/** The node's own limit. */
	maxConcurrentTasks?: number;
	/** For one API call, in real ms. Without it nothing may hang. */
	timeoutMs?: number;
	intervalSeconds: number;
	maximumWaitMinutes: number;
	onTimeout: 'fail' | 'returnTask';
	onDownloadError: 'fail' | 'returnItem';
	download: boolean;
	output: 'simplified' | 'raw';
	/** The service posts each change of status to the files port. */
	callbacks: boolean;
	/** Executed once more when it is over, as a user does; every item has an ID of the user's then. */
	again: boolean;
	/** Stop is pressed when the sandbox has seen so many requests. */
	stopAfterRequests?: number;
	clockSteps: Array<{ atMs: number; byMs: number }>;
	/** Tasks that are created before this time fail. */
	failUntilMs?: number;
	/** For this time no request gets through. */
	outage?: Outage;
	service: Partial<SandboxSettings>;
}

const MOST_ITEMS = 100;

/** Run number `run` of the campaign with this seed, with at most so many items. */
export function drawRun(seed: number, run: number, itemsLeft: number): RunPlan {
	const draw = new Draw(seed * 1_000_003 + run);
	const count = Math.min(itemsLeft, draw.pick([1, draw.whole(2, 12), draw.whole(13, MOST_ITEMS)]));
	const operation = draw.pick<Operation>(['generate', 'generate', 'submit', 'submit and wait']);

	// A service that neither keeps IDs unique nor answers in time can be made to create twice by any
	// client, so calls that are given up while they are under way belong to one that does.
	const unique = draw.chance(0.7);
	const timeoutMs = unique && draw.chance(0.6) ? draw.whole(300, 600) : undefined;
	const stops = draw.chance(0.2);
	const again = unique && !stops && draw.chance(0.1);
	const ownIds = again ? 1 : draw.pick([0, 0, 1, 0.5]);
	const faulty = draw.pick([0, 0.2, 0.5, 1]);
	const endless = draw.chance(0.15);

	return {
		seed,
		run,
		items: Array.from({ length: count }, (_, number) => ({
			number,
			markers: drawMarkers(draw, { faulty, unique, timeoutMs, stops, endless }),
			...(draw.chance(ownIds) && { ownId: `chaos-${seed}-${run}-${number}` }),
		})),
		operation,
		onError: draw.pick(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']),
		...(draw.chance(0.35) && { retry: { tries: draw.whole(2, 4), pauseMs: draw.whole(1, 20) } }),
		...(draw.chance(0.15) && { batching: { size: draw.whole(1, 20), pauseMs: draw.whole(1, 20) } }),
		...(draw.chance(0.15) && { maxConcurrentTasks: draw.whole(Math.ceil(count / 5), count) }),
		...(timeoutMs !== undefined && { timeoutMs }),
		intervalSeconds: draw.whole(2, 10),
		maximumWaitMinutes: draw.whole(3, 8),
		onTimeout: draw.pick(['fail', 'returnTask']),
		onDownloadError: draw.pick(['fail', 'returnItem']),
		download: draw.chance(0.85),
		output: draw.chance(0.85) ? 'simplified' : 'raw',
		callbacks: draw.chance(0.1),
		again,
		...(stops && { stopAfterRequests: draw.whole(0, count * draw.whole(1, 8)) }),
		clockSteps: draw.chance(0.25)
			? Array.from({ length: draw.whole(1, 4) }, () => ({
					atMs: draw.whole(0, 60_000),
					byMs: draw.whole(1_000, 60_000) * draw.pick([1, -1]),
				}))
			: [],
		...(draw.chance(0.1) && { failUntilMs: draw.whole(1_000, 60_000) }),
		...(draw.chance(0.15) && { outage: drawOutage(draw, timeoutMs !== undefined) }),
		service: {
			enforceUniqueExternalIds: unique,
			videoBytes: draw.whole(1_000, 50_000),
			progress: draw.pick(['linear', 'eased', 'none']),
			...drawBackground(draw, timeoutMs),
			...(draw.chance(0.1) && { concurrencyLimit: draw.whole(Math.ceil(count / 3), count) }),
			...(draw.chance(0.15) && { visibleAfterMs: draw.whole(100, longestHiddenMs(unique)) }),
			...(draw.chance(0.2) && {
				variant: {
					envelope: draw.chance(0.5),
					idField: draw.pick(['id', 'task_id', 'request_id']),
					errorBody: draw.pick(['error-object', 'error-string', 'status', 'message', 'detail']),
				},
			}),
		},
	};
}

/** The plans of a campaign with at least so many submits; the last run is cut to size. */
export function* drawCampaign(seed: number, submits: number): Generator<RunPlan> {
	for (let run = 1, left = submits; left > 0; run++) {
		const plan = drawRun(seed, run, left);
		left -= plan.items.length;
		yield plan;
	}
}
