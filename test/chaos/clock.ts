/**
 * Time in the campaign: it runs faster than on the wall, and in each run on a clock of its own.
 *
 * It counts turns of the event loop: however long this process has to wait for a core, one turn adds no
 * more than a few ms. So a machine with other things to do makes the campaign slower, and neither tasks
 * nor deadlines pass while the node under test has no chance to act.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock } from '../../nodes/KirinVideo/api/clock';

/** How much faster than the turn clock the node and the sandbox live. */
export const SPEED = 100;

/** The most that one turn of the loop adds to the turn clock, in real ms. */
const MOST_PER_TURN_MS = 25;

const TICK_MS = 2;

let counted = 0;
let countedAt = performance.now();

setInterval(() => {
	counted = turnMs();
	countedAt = performance.now();
}, TICK_MS).unref();

/** The turn clock: real ms, without those that this process could not use. */
export function turnMs(): number {
	return counted + Math.min(performance.now() - countedAt, MOST_PER_TURN_MS);
}

const start = Date.now();

/** The service's clock: milliseconds since the epoch, and whole ones, as in the API. */
export function serviceNow(): number {
	return Math.round(start + turnMs() * SPEED);
}

/** What one run takes for time and chance. */
export interface RunWorld {
	/** How far the clock of the machine that n8n runs on is ahead of the service's, in ms. */
	aheadMs: number;
	/** At least 0, below 1. */
	random: () => number;
	/** What the node has done so far that is no request: pauses that have ended. */
	pauses: number;
}

const worlds = new AsyncLocalStorage<RunWorld>();

/** Runs `act`, and all that it starts, in a world of its own: runs under way at once do not share one. */
export function within<T>(world: RunWorld, act: () => T): T {
	return worlds.run(world, act);
}

const realSleep = systemClock.sleep.bind(systemClock);
const realRandom = systemClock.random.bind(systemClock);

systemClock.now = () => serviceNow() + (worlds.getStore()?.aheadMs ?? 0);
systemClock.random = () => (worlds.getStore()?.random ?? realRandom)();
systemClock.sleep = async (ms, signal) => {
	const end = turnMs() + ms / SPEED;
	do await realSleep(Math.max(0, end - turnMs()), signal);
	while (turnMs() < end);
	const world = worlds.getStore();
	if (world) world.pauses++;
};

/** A pause of the campaign's own, in ms of the turn clock. */
export function pause(ms: number): { over: Promise<undefined>; forget: () => void } {
	const end = turnMs() + ms;
	let timer: NodeJS.Timeout | undefined;
	const over = new Promise<undefined>((resolve) => {
		const wait = () => {
			const left = end - turnMs();
			if (left <= 0) resolve(undefined);
			else timer = setTimeout(wait, left);
		};
		wait();
	});
	return { over, forget: () => clearTimeout(timer) };
}
