/** Which contender does what, how often: all of it, or a few minutes' worth. */
import type { ContenderId } from './contender';
import type { CostPlan } from './cost/costs';
import { batch, spread, type Scenario } from './scenario';

export interface Assignment {
	scenario: Scenario;
	times: number;
}

export interface Plan {
	/** While all other contenders do theirs, at the same time on the same machine. */
	sideBySide: Record<ContenderId, Assignment[]>;
	/** One contender at a time: what is heavy for the machine. */
	alone: Record<ContenderId, Assignment[]>;
	/** How many tasks our node is given at once, without a limit on those under way. */
	manyTasks: number;
	/** How many new n8n are given videos up to a GiB. */
	growthServers: number;
	loadTimes: number;
	/** How long a new n8n is given to come to rest, so that its memory can be compared. */
	restSeconds: number;
	costs: CostPlan;
}

/** Whole intervals of 5, 10 and 15 s fall anywhere between these, none on the end of a render. */
const SPREAD = { from: 15.5, to: 34.5, tasks: 20 };
/** The same spread of render times, for nodes that take the tasks one after another. */
const SERIAL_SPREAD = { from: 17.5, to: 33.5, tasks: 5 };
/** For the one task whose video is large: there the wait is not what is measured. */
export const LARGE_VIDEO = { videoMiB: 400, seconds: 1, id: 'large' };

const once = (...scenarios: Scenario[]) => scenarios.map((scenario) => ({ scenario, times: 1 }));
const times = (count: number, scenario: Scenario): Assignment => ({ scenario, times: count });

const mixed = spread(SPREAD.tasks, SPREAD.from, SPREAD.to);
const serialMixed = spread(SERIAL_SPREAD.tasks, SERIAL_SPREAD.from, SERIAL_SPREAD.to);
const silentMixed = spread(SPREAD.tasks, SPREAD.from, SPREAD.to, { progress: false });
const large = batch(1, LARGE_VIDEO);

const fullBatches = [times(3, batch(1)), times(3, batch(10)), times(3, batch(50))];
/** 10 tasks take n8n's own nodes five minutes, so once. */
const fullSerial = [times(3, batch(1)), times(1, batch(10)), times(1, serialMixed)];

export const fullPlan: Plan = {
	sideBySide: {
		kirin: [times(5, batch(1)), times(5, batch(10)), times(3, batch(50))].concat(
			once(mixed, silentMixed),
		),
		callback: [...fullBatches, ...once(mixed)],
		loop: [...fullBatches, ...once(mixed)],
		openai: fullSerial,
		minimax: fullSerial,
	},
	alone: {
		// The first large video in each n8n: what it left behind would flatter the next one.
		kirin: once(large),
		callback: [],
		loop: once(large),
		openai: once(large),
		minimax: once(large),
	},
	manyTasks: 1000,
	growthServers: 3,
	loadTimes: 15,
	restSeconds: 60,
	costs: {
		sizes: [
			{ tasks: 1, times: 5 },
			{ tasks: 10, times: 3 },
			{ tasks: 1000, times: 1 },
		],
		most: 10_000,
		callbacks: [50, 200],
		events: 50,
		lazily: true,
	},
};

const shortSerial = once(batch(1), batch(2));

export const shortPlan: Plan = {
	sideBySide: {
		kirin: once(batch(1), batch(10), mixed),
		callback: once(batch(10)),
		loop: once(batch(10), mixed),
		openai: shortSerial,
		minimax: shortSerial,
	},
	alone: { kirin: [], callback: [], loop: [], openai: [], minimax: [] },
	manyTasks: 200,
	growthServers: 1,
	loadTimes: 5,
	restSeconds: 5,
	costs: { sizes: [{ tasks: 100, times: 1 }], callbacks: [50], events: 50, lazily: false },
};
