import { backoffMs } from '../api/retry';
import { type Clock, Stopped, onStop } from '../api/clock';

/** An item's leave to have a task under way. */
export interface Slot {
	/** The order in which the items first asked. */
	readonly order: number;
	/** How many tasks were under way with it. */
	readonly level: number;
	/** Milliseconds since the epoch. */
	readonly begunAt: number;
}

/** What an item waits for its turn with. */
export interface SlotRequest {
	/** Tasks at once that the user allows; 0 for no limit. */
	limit: number;
	/** Milliseconds since the epoch; a refused item gives up then. */
	deadline: number;
	signal: AbortSignal | undefined;
}

interface Waiter {
	order: number;
	limit: number;
	deadline: number;
	signal: AbortSignal | undefined;
	/** Called without a turn when the item has to give up. */
	go: (slot?: Slot) => void;
}

/** Tasks that are taken beyond the proven level let so many more follow: the run speeds up in doublings. */
const GROWTH_PER_TASK = 2;

/** The queue is looked through at least this often, in milliseconds. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * How many tasks of a run are under way at once. The user's limit comes first. Below it the run finds
 * out by itself what the service takes: a 429 narrows the window to what is under way; after a pause,
 * which grows while the service refuses, one more is tried, and if it is taken the window opens again.
 * Items are served in the order in which they first asked.
 */
export class ConcurrencyLimiter {
	private asked = 0;
	private underWay = 0;
	private window = Infinity;
	/** The most tasks at once that the service is known to take. */
	private proven = 0;
	private refusals = 0;
	private refusedAt = -Infinity;
	/** Milliseconds since the epoch: nothing is begun before, for the service has asked so. */
	private quietUntil = 0;
	/** Milliseconds since the epoch: the window is not widened before. Infinity while a probe is out. */
	private probeAt = 0;
	private queue: Waiter[] = [];
	private isTimerSet = false;
	/** An item has waited in vain while no task was under way: the service takes none at all. */
	private isHopeless = false;

	constructor(private readonly clock: Clock) {}

	/**
	 * Resolves when the item may begin; it owes a `leave` then.
	 *
	 * @throws Stopped when the signal aborts
	 */
	async acquire({ limit, signal }: Omit<SlotRequest, 'deadline'>): Promise<Slot> {
		// Without a deadline there is a turn in the end.
		return (await this.wait(this.asked++, { limit, signal, deadline: Infinity })) as Slot;
	}

	/** The item's task has settled, or it never came to one. */
	release(): void {
		this.underWay--;
		this.endProbe();
		this.serve();
	}

	/** The service has taken the item's task. */
	accepted({ level }: Slot): void {
		this.isHopeless = false;
		if (level <= this.proven) return;
		this.proven = level;
		this.refusals = 0;
		this.window += GROWTH_PER_TASK;
		this.endProbe();
		this.serve();
	}

	/**
	 * The service has too much to do (429). The item's turn is over; resolves with a new one, before
	 * those who have not tried yet, or with nothing at the item's deadline.
	 *
	 * @param askedMs what `Retry-After` asked for, in milliseconds
	 * @throws Stopped when the signal aborts
	 */
	async reacquire(
		slot: Slot,
		request: SlotRequest,
		askedMs: number | undefined,
	): Promise<Slot | undefined> {
		this.underWay--;
		if (this.isHopeless) {
			this.serve();
			return undefined;
		}
		const now = this.clock.now();
		this.window = this.underWay;
		this.proven = this.window;
		// What was sent before the last refusal tells nothing new.
		if (slot.begunAt >= this.refusedAt) this.refusals++;
		this.refusedAt = now;
		this.quietUntil = Math.max(this.quietUntil, now + (askedMs ?? 0));
		this.probeAt = now + backoffMs(this.refusals, this.clock.random(), askedMs);
		if (this.quietUntil > request.deadline) {
			this.giveUp();
			return undefined;
		}
		return await this.wait(slot.order, request);
	}

	private async wait(
		order: number,
		{ limit, deadline, signal }: SlotRequest,
	): Promise<Slot | undefined> {
		return await new Promise<Slot | undefined>((resolve, reject) => {
			const stopListening = onStop(signal, () => {
				this.queue = this.queue.filter((other) => other !== waiter);
				reject(new Stopped());
			});
			const waiter: Waiter = {
				order,
				limit: limit || Infinity,
				deadline,
				signal,
				go: (slot) => {
					stopListening();
					resolve(slot);
				},
			};
			this.enqueue(waiter);
			this.serve();
		});
	}

	/** A new item stands last; a refused one soon finds its place, for it was among the first. */
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
	 * An item has waited in vain. If no task is under way, the service takes none at all: each of the
	 * others tries once, without waiting its turn for hours, and gives up then.
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
