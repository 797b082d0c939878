import { sleep } from 'n8n-workflow';
import { Stopped, onStop, throwIfStopped } from './clock';

/**
 * Time limits for whole requests. The time-out of n8n's HTTP client counts only the time without a byte,
 * and does not apply to a body that is a stream, so that a slow answer could go on for ever.
 */

/**
 * The clock of the limits. It is real time even where a test speeds up the node's clock, because sockets
 * are not faster then.
 */
export const limitClock = {
	/** Milliseconds since the epoch. */
	now: (): number => Date.now(),
	sleep: async (ms: number): Promise<void> => await sleep(ms),
	/** How late a limit may be noticed, in milliseconds. */
	tickMs: 100,
};

/** The time is over. */
export class TimedOut extends Error {
	/** As Node names it, for what reads only codes. */
	readonly code = 'ETIMEDOUT';

	constructor() {
		super('The time is over');
	}
}

/** What runs under a limit. */
export interface Limited {
	/** Aborted when the time is over, on Stop, and when the work fails for another reason. */
	signal: AbortSignal;
	/** Starts the time again, so that it limits the time without progress. */
	restart(): void;
}

/**
 * Does something for at most `ms` milliseconds. It ends then even where the work ignores its signal.
 *
 * @param stop aborted when the user presses Stop
 * @throws TimedOut, or Stopped
 */
export async function within<T>(
	ms: number,
	stop: AbortSignal | undefined,
	act: (limited: Limited) => Promise<T>,
): Promise<T> {
	throwIfStopped(stop);
	const controller = new AbortController();
	let giveUp: (error: Error) => void = () => undefined;
	const over = new Promise<never>((_, reject) => (giveUp = reject));
	const end = (error: Error) => {
		giveUp(error);
		controller.abort();
	};
	const watched: Watched = { due: limitClock.now() + ms, fire: () => end(new TimedOut()) };
	const stopListening = onStop(stop, () => end(new Stopped()));
	watch(watched);
	const work = act({
		signal: controller.signal,
		restart: () => void (watched.due = limitClock.now() + ms),
	});
	let isDone = false;
	try {
		const result = await Promise.race([work, over]);
		isDone = true;
		return result;
	} finally {
		// Nobody waits for either of them now.
		work.catch(() => undefined);
		over.catch(() => undefined);
		if (!isDone) controller.abort();
		stopListening();
		all.delete(watched);
	}
}

interface Watched {
	/** Milliseconds since the epoch. */
	due: number;
	fire(): void;
}

const all = new Set<Watched>();
let isWatching = false;

/** One timer serves all, because n8n-workflow's sleep cannot be ended in its older versions. */
function watch(watched: Watched): void {
	all.add(watched);
	if (isWatching) return;
	isWatching = true;
	void watchAll();
}

async function watchAll(): Promise<void> {
	while (all.size > 0) {
		await limitClock.sleep(limitClock.tickMs);
		const now = limitClock.now();
		for (const watched of all) {
			if (watched.due > now) continue;
			all.delete(watched);
			watched.fire();
		}
	}
	isWatching = false;
}
