/** Plans: what is to happen in one run of the campaign. The same seed gives the same plans. */
import type { SandboxSettings } from '../../sandbox';
import { Draw } from './draw';
import { drawMarkers, drawMixedUp, longestHiddenMs } from './item-faults';
import { drawBackground, drawHabits, drawOutage, type Outage } from './service-faults';

export interface ItemPlan {
	/** Its place in the run as it was drawn; a smaller version of the run keeps it. */
	number: number;
	/** For `[sandbox: …]` in the prompt; `{files}` stands for the address of the sandbox's other port. */
	markers: string[];
	/** The user's own external task ID; without it the node makes one. */
	ownId?: string;
	/** The most that it may cost: less than any video, or more. */
	limit?: 'low' | 'high';
}

export type Operation = 'generate' | 'resume' | 'submit' | 'submit and wait';

/** What a video is made from; images by where the node finds them. */
export type Input = 'text' | 'binary' | 'base64' | 'url';

/**
 * What comes after an execution: Retry in the list of executions, if it has failed; Retry of one that has
 * crashed, wherever it was; a new execution of the workflow; one with the key of another account.
 */
export type Next = 'retry' | 'retry crashed' | 'new' | 'new account';

/** Times in ms of the node's clock count from the start of the run. */
export interface RunPlan {
	seed: number;
	/** Of the run within the campaign. */
	run: number;
	items: ItemPlan[];
	operation: Operation;
	input: Input;
	/** How often the node runs in one execution, with the same items. */
	rounds: number;
	/** Whether executions have a resume token, as from n8n 2.14 on. */
	resumeToken: boolean;
	/** Whether items have a maximum cost. */
	costLimits: boolean;
	/** How likely a TLS front breaks after it has passed a request on, 0 to 1; without it there is none. */
	tls?: number;
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
	/** What a user does with the workflow when an execution is over. */
	then: Next[];
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

/** Of what takes more of the machine. */
const MOST_COSTLY_ITEMS = 12;

/**
 * How likely answers to get are about another task. A client can tell that where it has asked by task ID,
 * not where it looks for a lost task by external ID: so nothing else goes wrong in such a run. The ID that
 * Task → Wait is given may be either.
 */
const MIXED_UP = 0.1;

/** Run number `run` of the campaign with this seed, with at most so many items. */
export function drawRun(seed: number, run: number, itemsLeft: number): RunPlan {
	const plan = drawUsualRun(seed, run, itemsLeft);
	const draw = new Draw(seed * 1_000_033 + run);
	return draw.chance(MIXED_UP) ? mixedUp(plan, draw) : plan;
}

function mixedUp(plan: RunPlan, draw: Draw): RunPlan {
	return {
		...plan,
		operation: plan.operation === 'submit and wait' ? 'generate' : plan.operation,
		rounds: 1,
		retry: undefined,
		tls: undefined,
		timeoutMs: undefined,
		stopAfterRequests: undefined,
		outage: undefined,
		failUntilMs: undefined,
		items: plan.items.map((item) => ({ ...item, markers: drawMixedUp(draw) })),
		then: [],
		service: { ...plan.service, faults: [], visibleAfterMs: undefined },
	};
}

function drawUsualRun(seed: number, run: number, itemsLeft: number): RunPlan {
	const draw = new Draw(seed * 1_000_003 + run);
	const operation = draw.pick<Operation>([
		'generate',
		'generate',
		'generate',
		'resume',
		'submit',
		'submit and wait',
	]);
	const input = draw.chance(0.2) ? draw.pick<Input>(['binary', 'base64', 'url']) : 'text';
	const tls = operation !== 'resume' && draw.chance(0.1) ? draw.whole(5, 40) / 100 : undefined;
	// n8n reads a waiting execution anew for each callback, and TLS wants a handshake for each request.
	const most = operation === 'resume' || tls !== undefined ? MOST_COSTLY_ITEMS : MOST_ITEMS;
	const counts = [
		1,
		draw.whole(2, MOST_COSTLY_ITEMS),
		draw.whole(MOST_COSTLY_ITEMS + 1, MOST_ITEMS),
	];
	const count = Math.min(itemsLeft, most, draw.pick(counts));

	// A service that neither keeps IDs unique nor answers in time can be made to create twice by any
	// client, so calls that are given up while they are under way belong to one that does.
	const unique = draw.chance(0.7);
	const mayTimeOut = unique && operation !== 'resume';
	const timeoutMs = mayTimeOut && draw.chance(0.6) ? draw.whole(300, 600) : undefined;
	// The front's own requests leave this process too, whoever has been stopped.
	const stops = operation !== 'resume' && tls === undefined && draw.chance(0.2);
	const ownIds = draw.pick([0, 0, 1, 0.5]);
	const resumeToken = draw.chance(0.7);
	// Only a service that keeps IDs unique lets a new run of the node find the task of an own ID.
	const mayMeetOwnIds = unique || ownIds === 0;
	const rounds = mayMeetOwnIds && draw.chance(0.15) ? 2 : 1;
	const then = mayMeetOwnIds
		? drawNext(draw, {
				mayCrash: unique && resumeToken,
				stops,
				isSmall: count <= MOST_COSTLY_ITEMS,
			})
		: [];
	const faulty = draw.pick([0, 0.2, 0.5, 1]);
	const endless = draw.chance(0.15);
	const costLimits = draw.chance(0.1);
	const onError = draw.pick<RunPlan['onError']>([
		'stopWorkflow',
		'continueRegularOutput',
		'continueErrorOutput',
	]);
	const isNumbered = draw.chance(0.5);

	const items = Array.from({ length: count }, (_, number): ItemPlan => {
		// Nothing else ends a download that hangs, and nobody stops a second execution.
		const mayHang = stops && then.length === 0;
		const conditions = { faulty, unique, timeoutMs, mayHang, endless, costLimits };
		return {
			number,
			markers: drawMarkers(draw, conditions),
			...(draw.chance(ownIds) && { ownId: ownIdOf(seed, run, number, isNumbered) }),
			...(costLimits && { limit: draw.chance(0.2) ? ('low' as const) : ('high' as const) }),
		};
	});
	if (draw.chance(0.3)) addTwins(draw, items);
	// Without Continue On Fail nothing at all would begin.
	if (onError !== 'stopWorkflow' && unique && draw.chance(0.4)) addSameId(draw, items);

	return {
		seed,
		run,
		items,
		operation,
		input,
		rounds,
		resumeToken,
		costLimits,
		...(tls !== undefined && { tls }),
		onError,
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
		then,
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
			...drawHabits(draw, ownIds > 0),
			...drawBackground(draw, timeoutMs),
			...(draw.chance(0.1) && { concurrencyLimit: draw.whole(Math.ceil(count / 3), count) }),
			...(draw.chance(0.15) && { visibleAfterMs: draw.whole(100, longestHiddenMs(unique)) }),
		},
	};
}

interface Chances {
	/** Whether a crashed execution can be told from a new one. */
	mayCrash: boolean;
	stops: boolean;
	isSmall: boolean;
}

function drawNext(draw: Draw, { mayCrash, stops, isSmall }: Chances): Next[] {
	// Retry of a large run costs as much as the run.
	if (!draw.chance(isSmall ? 0.5 : 0.15)) return [];
	const crashed: Next[] = mayCrash ? ['retry crashed'] : [];
	// Of a stopped execution n8n keeps no more than of a crashed one (docs/pay-once.md).
	if (stops) return crashed;
	const choices: Next[] = ['retry', 'retry', 'new', 'new account', ...crashed];
	return Array.from({ length: draw.whole(1, 2) }, () => draw.pick(choices));
}

/** Numbered ones look as if a program had counted on from the first. */
function ownIdOf(seed: number, run: number, number: number, isNumbered: boolean): string {
	const first = `teaser-${seed}-${run}`;
	if (isNumbered) return number === 0 ? first : `${first}-${number + 1}`;
	return `chaos-${seed}-${run}-${number}`;
}

/** Some items ask for the same as another one. */
function addTwins(draw: Draw, items: ItemPlan[]): void {
	for (let index = 1; index < items.length; index++) {
		const [item, other] = [items[index], items[draw.whole(0, index - 1)]];
		if (!item || !other || !draw.chance(0.4)) continue;
		const { number, markers, limit } = other;
		items[index] = { ...item, number, markers, ...(limit && { limit }) };
	}
}

/** One item has the own ID of another. */
function addSameId(draw: Draw, items: ItemPlan[]): void {
	const [holder, ...others] = items.filter(({ ownId }) => ownId !== undefined);
	if (holder && others.length > 0) draw.pick(others).ownId = holder.ownId;
}

/** The plans of a campaign with at least so many submits; the last run is cut to size. */
export function* drawCampaign(seed: number, submits: number): Generator<RunPlan> {
	for (let run = 1, left = submits; left > 0; run++) {
		const plan = drawRun(seed, run, left);
		left -= plan.items.length;
		yield plan;
	}
}
