import { dropOldest } from '../../KirinVideo/api/untrusted';
import { isDone } from '../../KirinVideo/task/task';
import type { Verdict } from './verify';

/** How long a task that the service does not know is refused without asking again, in milliseconds. */
const UNKNOWN_FOR_MS = 3_000;

/** How many unknown tasks are remembered. */
const MAX_UNKNOWN = 1_000;

interface Verification {
	current: Promise<Verdict>;
	/** Begins when the current one has ended; whoever comes before that takes part in it. */
	next?: Promise<Verdict>;
}

/**
 * One verification for all calls that name the same task at the same time. A verification that began
 * before a call may be older than the call, so the call takes its verdict only if that is final; otherwise
 * it takes part in the next one.
 */
export class SharedVerifications {
	private readonly running = new Map<string, Verification>();
	private readonly unknownUntil = new Map<string, { until: number; verdict: Verdict }>();

	constructor(private readonly now: () => number = () => Date.now()) {}

	/** @returns the verdict on a task that was found to be unknown a moment ago */
	recent(key: string): Verdict | undefined {
		const entry = this.unknownUntil.get(key);
		if (!entry) return undefined;
		if (entry.until > this.now()) return entry.verdict;
		this.unknownUntil.delete(key);
		return undefined;
	}

	/** @param key the trigger, the task and what the call claims of it */
	async join(key: string, verify: () => Promise<Verdict>): Promise<Verdict> {
		const round = this.running.get(key);
		if (!round) return await this.begin(key, verify);
		round.next ??= round.current.then(async (verdict) =>
			isFinal(verdict) ? verdict : await this.begin(key, verify),
		);
		return await round.next;
	}

	private async begin(key: string, verify: () => Promise<Verdict>): Promise<Verdict> {
		const round: Verification = { current: verify() };
		this.running.set(key, round);
		try {
			const verdict = await round.current;
			if ('status' in verdict && verdict.status === 404) this.remember(key, verdict);
			return verdict;
		} finally {
			if (this.running.get(key) === round) this.running.delete(key);
		}
	}

	private remember(key: string, verdict: Verdict): void {
		this.unknownUntil.delete(key);
		this.unknownUntil.set(key, { until: this.now() + UNKNOWN_FOR_MS, verdict });
		dropOldest(this.unknownUntil, MAX_UNKNOWN);
	}
}

/** A task that is done does not change, and a refusal is as good for one call as for the other. */
function isFinal(verdict: Verdict): boolean {
	return 'status' in verdict || isDone(verdict.task);
}
