import { type Answer, type RefusalKind, isBusy, refusalKind, retryAfterMs } from './answer';
import type { Clock } from './clock';

/** The pause after the first transient error, in milliseconds; it doubles up to the maximum. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * The pause before the next attempt after `failures` transient errors in a row, at least 1.
 *
 * @param random at least 0, below 1: jitter over the upper half, so that items do not retry in step
 * @returns milliseconds; never less than what the service asked for
 */
export function backoffMs(failures: number, random: number, askedMs = 0): number {
	const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30));
	return Math.max(askedMs, (ceiling / 2) * (1 + random));
}

/** When a request is sent again. */
export interface RetryPolicy {
	/** Attempts in all; a busy service (429) does not count where the caller waits for a slot. */
	maxAttempts?: number;
	/** The longest pause between two attempts, in milliseconds, whatever `Retry-After` asks for. */
	maxPauseMs?: number;
	/** Milliseconds since the epoch: no attempt begins later. */
	deadline?: number;
	/** Which errors are retryable; transient ones unless given. */
	isRetryable?: (answer: Answer, attempt: number) => boolean;
}

/** For requests that change nothing at the service: get and estimate. */
export const READ_POLICY: RetryPolicy = { maxAttempts: 4, maxPauseMs: 30_000 };

/** What was read from an answer, or the answer that ended the attempts and why it was a refusal, if it was one. */
export type Outcome<T> = { value: T } | Failed;

interface Failed {
	answer: Answer;
	kind: RefusalKind | undefined;
}

/**
 * Sends a request until its answer can be read or the policy allows no further attempt.
 *
 * @param read returns undefined for an answer that is an error
 * @throws Stopped when the signal aborts
 */
export async function retry<T>(
	send: () => Promise<Answer>,
	read: (answer: Answer) => T | undefined,
	policy: RetryPolicy,
	{ clock, signal, onBusy }: { clock: Clock; signal?: AbortSignal; onBusy?: OnBusy },
): Promise<Outcome<T>> {
	const { maxAttempts = Infinity, maxPauseMs = Infinity, deadline = Infinity } = policy;
	const { isRetryable = (answer) => refusalKind(answer) === undefined } = policy;
	let attempt = 1;
	const once = async (): Promise<Outcome<T>> => {
		const answer = await send();
		const value = read(answer);
		return value === undefined ? { answer, kind: refusalKind(answer) } : { value };
	};
	const pauseAfter = async ({ answer, kind }: Failed) => {
		const askedMs = retryAfterMs(answer, clock.now());
		if (onBusy && isBusy(answer) && !kind) return (await onBusy(askedMs)) ? 0 : undefined;
		if (!isRetryable(answer, attempt) || attempt >= maxAttempts) return undefined;
		const pause = Math.min(backoffMs(attempt++, clock.random(), askedMs), maxPauseMs);
		return clock.now() + pause > deadline ? undefined : pause;
	};
	return await repeat(once, pauseAfter, async (ms) => await clock.sleep(ms, signal));
}

/**
 * The one loop of attempts: repeats `once` until it has a value, or until there is no pause after its
 * failure.
 *
 * @param pauseAfter milliseconds, 0 to go on at once, undefined to give up
 * @returns the value, or the last failure
 */
export async function repeat<T, F extends object>(
	once: () => Promise<{ value: T } | F>,
	pauseAfter: (failure: F) => number | undefined | Promise<number | undefined>,
	sleep: (ms: number) => Promise<void>,
): Promise<{ value: T } | F> {
	for (;;) {
		const outcome = await once();
		if ('value' in outcome) return outcome;
		const pause = await pauseAfter(outcome);
		if (pause === undefined) return outcome;
		if (pause > 0) await sleep(pause);
	}
}

/**
 * The service is busy (429). Resolves to true when the item may send again, and to false when it has
 * to give up.
 *
 * @param askedMs what `Retry-After` asked for, in milliseconds
 */
export type OnBusy = (askedMs: number | undefined) => Promise<boolean>;
