import type { OnBusy } from '../api/retry';
import type { Item } from './item';
import type { Slot } from './limiter';

/** What an item works with while it is its turn. */
export interface HeldSlot {
	/** Milliseconds since the epoch, when the turn began. */
	since: number;
	/** Milliseconds since the epoch; a busy or absent service is asked again until then. */
	deadline: number;
	onBusy: OnBusy;
	/** The service has taken what the turn was for. */
	accepted(): void;
}

/**
 * Does an item's work in its turn among those of the run. A busy service takes the turn away; the item
 * gets a new one before those who have not tried yet.
 *
 * @param limit items of the run at once; 0 for no limit
 * @param maximumMs how long a busy or absent service is asked again, in milliseconds
 * @throws Stopped when the signal aborts
 */
export async function withSlot<T>(
	{ batch: { limiter }, clock, signal }: Item,
	limit: number,
	maximumMs: number,
	work: (slot: HeldSlot) => Promise<T>,
): Promise<T> {
	let slot: Slot | undefined = await limiter.acquire({ limit, signal });
	const since = clock.now();
	const deadline = since + maximumMs;
	try {
		return await work({
			since,
			deadline,
			async onBusy(askedMs) {
				const refused = slot;
				slot = undefined;
				slot = refused && (await limiter.reacquire(refused, { limit, deadline, signal }, askedMs));
				return slot !== undefined;
			},
			accepted() {
				if (slot) limiter.accepted(slot);
			},
		});
	} finally {
		if (slot) limiter.release();
	}
}
