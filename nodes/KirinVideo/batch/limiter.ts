import { type OnBusy, backoffMs } from '../api/retry';
import { type Clock, Stopped, onStop } from '../api/clock';

/** What an item asks for a slot with. */
interface SlotRequest {
	/** The user's limit of tasks at once; 0 for no limit. */
	limit: number;
	/** How long requests to a busy or absent service are repeated, in milliseconds; for ever unless given. */
	maximumMs?: number;
	signal: AbortSignal | undefined;
}

/** The right to have one task under way, and what an item works with while it has it. */
export interface Slot {
	/** When the item got its first slot, in milliseconds since the epoch. */
	readonly since: number;
	/** Milliseconds since the epoch: requests to a busy or absent service are repeated until then. */
	readonly deadline: number;
	readonly onBusy: OnBusy;
	/** Call when the service has accepted what the slot is for. */
	readonly accepted: () => void;
}

interface Held {
	/** The position of the item by when it first asked for a slot. */
	order: number;
	/** How many slots were in use, this one included. */
	level: number;
	/** Milliseconds since the epoch. */
	begunAt: number;
}

interface Waiter {
	order: number;
	/** Tasks at once. */
	limit: number;
	/** Milliseconds since the epoch: an item that the service has refused gives up then. */
	deadline: number;
	signal: AbortSignal | undefined;
	/** Called without a slot when the item has to give up. */
	go: (held?: Held) => void;
}

/** Each task that the service accepts beyond the proven level opens this many slots, so that their number doubles. */
const GROWTH_PER_TASK = 2;

/** The queue is checked at least this often, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Limits how many tasks of a batch are under way at once. The user's limit comes first. Below it the
 * limiter adapts to the service: a 429 narrows the window to what is under way. After a pause, which
 * grows while the service refuses, one more task is tried, and if it is accepted the window opens again.
 * Items get slots in the order in which they first asked.
 */
export class ConcurrencyLimiter {
	private asked = 0;
	private underWay = 0;
	private window = Infinity;
	/** The most tasks, or estimates before them, that the service has accepted at once since the last 429. */
	private proven = 0;
	private refusals = 0;
	private refusedAt = -Infinity;
	/** Milliseconds since the epoch: nothing begins before, because of a `Retry-After`. */
	private quietUntil = 0;
	/** Milliseconds since the epoch: the window is not widened before. Infinity while a probe is out. */
	private probeAt = 0;
	private queue: Waiter[] = [];
	private isTimerSet = false;
	/** An item has waited in vain while no task was under way, so the service accepts none at all. */
	private isHopeless = false;

	constructor(private readonly clock: Clock) {}

	/**
	 * Does an item's work within a slot. When the service is busy (429), the item loses its slot and gets a
	 * new one before those who have had none yet, or has to give up at its deadline.
	 *
	 * @throws what the work throws, and Stopped when the signal aborts
	 */
	async run<T>(
		{ limit, maximumMs = Infinity, signal }: SlotRequest,
		work: (slot: Slot) => Promise<T>,
	): Promise<T> {
		const asked = { order: this.asked++, limit: limit || Infinity, signal };
		let held = await this.wait({ ...asked, deadline: Infinity });
		const since = this.clock.now();
		const deadline = since + maximumMs;
		try {
			return await work({
				since,
				deadline,
				onBusy: async (askedMs) => {
					const refused = held;
					held = undefined;
					if (refused && this.refuse(refused, deadline, askedMs)) {
						held = await this.wait({ ...asked, deadline });
					}
					return held !== undefined;
				},
				accepted: () => held && this.accepted(held),
			});
		} finally {
			if (held) this.release();
		}
	}

	private release(): void {
		this.underWay--;
		this.endProbe();
		this.serve();
	}

	private accepted({ level }: Held): void {
		this.isHopeless = false;
		if (level <= this.proven) return;
		this.proven = level;
		this.refusals = 0;
		this.window += GROWTH_PER_TASK;
		this.endProbe();
		this.serve();
	}

	/**
	 * Takes a slot back because the service is busy.
	 *
	 * @param askedMs what `Retry-After` asked for, in milliseconds
	 * @returns whether the item may wait for another slot
	 */
	private refuse({ begunAt }: Held, deadline: number, askedMs: number | undefined): boolean {
		this.underWay--;
		if (this.isHopeless) {
			this.serve();
			return false;
		}
		const now = this.clock.now();
		this.window = this.underWay;
		this.proven = this.window;
		// A request that left before the last refusal says nothing new.
		if (begunAt >= this.refusedAt) this.refusals++;
		this.refusedAt = now;
		this.quietUntil = Math.max(this.quietUntil, now + (askedMs ?? 0));
		this.probeAt = now + backoffMs(this.refusals, this.clock.random(), askedMs);
		if (this.quietUntil <= deadline) return true;
		this.giveUp();
		return false;
	}

	private async wait(waiting: Omit<Waiter, 'go'>): Promise<Held | undefined> {
		return await new Promise<Held | undefined>((resolve, reject) => {
			const stopListening = onStop(waiting.signal, () => {
				this.queue = this.queue.filter((other) => other !== waiter);
				reject(new Stopped());
			});
			const waiter: Waiter = {
				...waiting,
				go: (held) => {
					stopListening();
					resolve(held);
				},
			};
			this.enqueue(waiter);
			this.serve();
		});
	}

	/** A new item is the last; a refused one goes back to its position, which is near the front. */
	private enqueue(waiter: Waiter): void {
		const last = this.queue.at(-1);
		if (!last || last.order < waiter.order) {
			this.queue.push(waiter);
			return;
		}
		const behind = this.queue.findIndex(({ order }) => order > waiter.order);
		this.queue.splice(behind, 0, waiter);
	}

	private serve(): void {
		this.dismissLate();
		for (;;) {
			const [next] = this.queue;
			if (!next || this.underWay >= next.limit) return;
			const now = this.clock.now();
			const isFull = this.underWay >= this.window;
			const mayBeginAt = Math.max(this.quietUntil, isFull ? this.probeAt : 0);
			if (now < mayBeginAt) {
				this.serveIn(Math.min(mayBeginAt, next.deadline) - now, next.signal);
				return;
			}
			if (isFull) {
				this.window = this.underWay + 1;
				this.probeAt = Infinity;
			}
			this.queue.shift();
			this.underWay++;
			next.go({ order: next.order, level: this.underWay, begunAt: now });
		}
	}

	/** Items whose deadline has come give up. */
	private dismissLate(): void {
		while (this.queue[0] && this.queue[0].deadline <= this.clock.now()) {
			this.queue.shift()?.go();
			this.giveUp();
		}
	}

	/**
	 * An item has waited in vain. If no task is under way, the service accepts none at all: then each of
	 * the others tries once, without waiting for hours, and gives up.
	 */
	private giveUp(): void {
		if (this.underWay > 0) return;
		this.isHopeless = true;
		this.window = Infinity;
		this.quietUntil = 0;
		this.serve();
	}

	private endProbe(): void {
		if (this.probeAt === Infinity) this.probeAt = this.clock.now();
	}

	private serveIn(ms: number, signal: AbortSignal | undefined): void {
		if (this.isTimerSet) return;
		this.isTimerSet = true;
		const serve = () => {
			this.isTimerSet = false;
			this.serve();
		};
		// After Stop the queue is empty.
		this.clock.sleep(Math.min(ms, LONGEST_SLEEP_MS), signal).then(serve, serve);
	}
}
