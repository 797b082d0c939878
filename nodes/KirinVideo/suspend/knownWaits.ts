import type { Clock } from '../api/clock';
import type { Task } from '../task/task';

/**
 * A cache of what this process knows of waiting executions from calls to their resume URLs. Without it a
 * process asks the service. So every process has its own (n8n may answer webhooks in several), and old
 * entries are dropped.
 */
export class KnownWaits {
	private readonly waits = new Map<string, KnownWait>();

	constructor(private readonly clock: Clock) {}

	/** @param name see `waitName` */
	of(name: string): KnownWait {
		const known = this.waits.get(name) ?? new KnownWait(this.clock);
		// The one used last is at the end, so the first is dropped first.
		this.waits.delete(name);
		this.waits.set(name, known);
		this.dropOldest(known);
		return known;
	}

	private dropOldest(current: KnownWait): void {
		let tasks = [...this.waits.values()].reduce((sum, { done }) => sum + done.size, 0);
		for (const [name, wait] of this.waits) {
			if (this.waits.size <= MAX_WAITS && tasks <= MAX_TASKS) return;
			if (wait === current || wait.isBusy) continue;
			tasks -= wait.done.size;
			this.waits.delete(name);
		}
	}
}

/** Waits that are remembered, and their tasks that are done. */
const MAX_WAITS = 1_000;
const MAX_TASKS = 5_000;

/** How long n8n may take to resume an execution, in milliseconds; until then calls still reach the node. */
const RESUMING_MS = 10_000;

/**
 * The least pause between two checks of one wait, in milliseconds: calls that come one after another
 * cannot keep a processor busy.
 */
const CHECK_GAP_MS = 100;

/** One wait, as this process knows it. */
export class KnownWait {
	/** Tasks that the service has said are done, by the ID that was asked for. */
	readonly done = new Map<string, Task>();
	/** Tasks that a callback has named. */
	private readonly named = new Set<string>();
	private resumedAt = -Infinity;
	private running?: Promise<unknown>;
	/** Whether a check will begin, which will see all that happens until then. */
	isCheckQueued = false;

	constructor(private readonly clock: Clock) {}

	/** Whether the execution is being resumed. The last tasks of a batch may be done at the same time. */
	get isResumed(): boolean {
		return this.clock.now() < this.resumedAt + RESUMING_MS;
	}

	get isBusy(): boolean {
		return this.running !== undefined || this.isResumed;
	}

	resume(): void {
		this.resumedAt = this.clock.now();
		this.done.clear();
		this.named.clear();
	}

	/**
	 * Notes that a callback names a task.
	 *
	 * @returns false for a repetition about a task that is known to be done: it brings nothing new
	 */
	name(id: string): boolean {
		if (this.named.has(id) && this.done.has(id)) return false;
		this.named.add(id);
		return true;
	}

	/**
	 * Runs one check at a time. While one runs, one more caller may wait to run the next: read
	 * `isCheckQueued` first. A check sees everything that happened before it began.
	 */
	async check<T>(run: () => Promise<T>): Promise<T> {
		const { running } = this;
		if (running) {
			this.isCheckQueued = true;
			await running;
			await this.clock.sleep(CHECK_GAP_MS);
			this.isCheckQueued = false;
		}
		const result = run();
		const ended = Promise.allSettled([result]);
		this.running = ended;
		// Kept until the next check replaces it, so that no third one begins beside that.
		void ended.then(() => {
			if (this.running === ended && !this.isCheckQueued) this.running = undefined;
		});
		return await result;
	}
}
