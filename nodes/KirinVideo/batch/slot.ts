import type { OnBusy } from '../api/retry';
import type { Item } from './item';
import type { Turn } from './limiter';

/** What an item works with while it is its turn. */
export interface InTurn {
	/** Milliseconds since the epoch, when the turn began. */
	since: number;
	/** Milliseconds since the epoch; a busy or absent service is asked again until then. */
	deadline: number;
	onBusy: OnBusy;
	/** The service has taken what the turn was for. */
	taken(): void;
}

/**
 * Does an item's work in its turn among those of the run. A busy service takes the turn away; the item
 * gets a new one before those who have not tried yet.
 *
 * @param limit items of the run at once; 0 for no limit
 * @param maximumMs how long a busy or absent service is asked again, in milliseconds
 * @throws Stopped when the signal aborts
 */
export async function inTurn<T>(
	{ run: { pace }, clock, signal }: Item,
	limit: number,
	maximumMs: number,
	work: (turn: InTurn) => Promise<T>,
): Promise<T> {
	let turn: Turn | undefined = await pace.enter({ limit, signal });
	const since = clock.now();
	const deadline = since + maximumMs;
	try {
		return await work({
			since,
			deadline,
			async onBusy(askedMs) {
				const refused = turn;
				turn = undefined;
				turn = refused && (await pace.refused(refused, { limit, deadline, signal }, askedMs));
				return turn !== undefined;
			},
			taken() {
				if (turn) pace.taken(turn);
			},
		});
	} finally {
		if (turn) pace.leave();
	}
}
