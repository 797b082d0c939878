/** Time in the campaign: it runs faster than on the wall, and in each run on a clock of its own. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock } from '../../nodes/KirinVideo/api/clock';

/** How much faster than the wall clock the node and the sandbox live. */
export const SPEED = 100;

const start = Date.now();

/** The service's clock: milliseconds since the epoch, and whole ones, as in the API. */
export function serviceNow(): number {
	return Math.round(start + performance.now() * SPEED);
}

/** What one run takes for time and chance. */
export interface RunWorld {
	/** How far the clock of the machine that n8n runs on is ahead of the service's, in ms. */
	aheadMs: number;
	/** At least 0, below 1. */
	random: () => number;
}

const worlds = new AsyncLocalStorage<RunWorld>();

/** Runs `act`, and all that it starts, in a world of its own: runs under way at once do not share one. */
export function within<T>(world: RunWorld, act: () => T): T {
	return worlds.run(world, act);
}

const realSleep = systemClock.sleep.bind(systemClock);
const realRandom = systemClock.random.bind(systemClock);

systemClock.now = () => serviceNow() + (worlds.getStore()?.aheadMs ?? 0);
systemClock.sleep = async (ms, signal) => await realSleep(ms / SPEED, signal);
systemClock.random = () => (worlds.getStore()?.random ?? realRandom)();
