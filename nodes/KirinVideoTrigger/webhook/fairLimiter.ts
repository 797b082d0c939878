import { sleep as n8nSleep } from 'n8n-workflow';

export interface Limits {
	/** How many may be inside at once. */
	atOnce: number;
	/** How many may wait, of all sources together. */
	waiting: number;
	/** How long one of them waits at most, in milliseconds. */
	maxWaitMs: number;
}

/** Called with false when its wait is over without a slot. */
type Waiter = (admitted: boolean) => void;

/**
 * Limits how many calls are verified at once. The others wait in a queue for each source, served in
 * turn; when all queues together are full, the longest one loses its last. So whoever floods the
 * trigger waits for itself, and not the service.
 */
export class FairLimiter {
	private inside = 0;
	private waiting = 0;
	private readonly queues = new Map<string, Waiter[]>();

	constructor(
		private readonly limits: Limits,
		private readonly sleep: (ms: number) => Promise<void> = n8nSleep,
	) {}

	/** Takes a slot if one is free; whoever has one owes a `release`. */
	tryAcquire(): boolean {
		if (this.inside >= this.limits.atOnce) return false;
		this.inside++;
		return true;
	}

	/** @returns false when there was no slot in time; only with true is a `release` owed */
	async acquire(source: string): Promise<boolean> {
		if (this.tryAcquire()) return true;
		return await new Promise<boolean>((resolve) => {
			if (!this.makeRoom(source)) return resolve(false);
			this.queues.set(source, [...(this.queues.get(source) ?? []), resolve]);
			this.waiting++;
			void this.sleep(this.limits.maxWaitMs).then(() => {
				if (this.remove(source, resolve)) resolve(false);
			});
		});
	}

	release(): void {
		this.inside--;
		const [next] = this.queues;
		if (!next) return;
		const [source, [waiter]] = next as [string, [Waiter]];
		this.remove(source, waiter);
		const others = this.queues.get(source);
		// The source goes behind the others.
		if (others) {
			this.queues.delete(source);
			this.queues.set(source, others);
		}
		this.inside++;
		waiter(true);
	}

	private makeRoom(source: string): boolean {
		if (this.waiting < this.limits.waiting) return true;
		let [longest, most] = [source, (this.queues.get(source)?.length ?? 0) + 1];
		for (const [other, { length }] of this.queues) {
			if (length > most) [longest, most] = [other, length];
		}
		const last = this.queues.get(longest)?.at(-1);
		if (longest === source || !last) return false;
		this.remove(longest, last);
		last(false);
		return true;
	}

	private remove(source: string, waiter: Waiter): boolean {
		const queue = this.queues.get(source) ?? [];
		const others = queue.filter((other) => other !== waiter);
		if (others.length === queue.length) return false;
		this.waiting--;
		if (others.length > 0) this.queues.set(source, others);
		else this.queues.delete(source);
		return true;
	}
}
