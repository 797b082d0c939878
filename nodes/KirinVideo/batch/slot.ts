import type { OnBusy } from '../api/retry';
import type { Item } from './item';
import type { Slot } from './limiter';

/** What an item works with while it has a slot. */
export interface HeldSlot {
	/** When the item got its slot, in milliseconds since the epoch. */
	since: number;
	/** Milliseconds since the epoch: requests to a busy or absent service are repeated until then. */
	deadline: number;
	onBusy: OnBusy;
	/** Call when the service has accepted what the slot is for. */
	accepted(): void;
}

/**
 * Does an item's work within a slot of the batch. When the service is busy, the item loses its slot and
 * gets a new one before those who have had none yet.
 *
 * @param limit items of the batch at once; 0 for no limit
 * @param maximumMs how long requests to a busy or absent service are repeated, in milliseconds
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
