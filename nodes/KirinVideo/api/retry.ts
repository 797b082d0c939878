import type { Answer } from './answer';
import type { Clock } from './clock';
import { type RefusalKind, isBusy, refusalKind, retryAfterMs } from './refusal';

/** The pause after the first call that failed in a passing way; it doubles up to the cap. Milliseconds. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;

/**
 * The pause before the next try after `failures` passing faults in a row, at least 1.
 *
 * @param random at least 0, below 1: jitter over the upper half, so that items do not knock together
 * @returns milliseconds; never less than what the service asked for
 */
export function backoffMs(failures: number, random: number, askedMs = 0): number {
	const ceiling = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30));
	return Math.max(askedMs, (ceiling / 2) * (1 + random));
}

/** A question that changes nothing at the service is repeated this often when it fails in a passing way. */
const MAX_TRIES = 4;

/** It does not wait longer than this for a service that asks for patience, in milliseconds. */
const MAX_PAUSE_MS = 30_000;

/** What was told, or the answer that ended the matter and why it was refused, if it was. */
export type Asked<T> = { told: T } | { answer: Answer; kind: RefusalKind | undefined };

/**
 * Asks the service something, and again when that fails in a passing way: it creates nothing.
 *
 * @param read gives undefined for an answer that does not tell
 * @throws Stopped when the signal aborts
 */
export async function ask<T>(
	send: () => Promise<Answer>,
	read: (answer: Answer) => T | undefined,
	{ clock, signal, onBusy }: { clock: Clock; signal?: AbortSignal; onBusy?: OnBusy },
): Promise<Asked<T>> {
	for (let tries = 1; ;) {
		const answer = await send();
		const told = read(answer);
		if (told !== undefined) return { told };
		const kind = refusalKind(answer);
		const asked = retryAfterMs(answer, clock.now());
		if (!kind && onBusy && isBusy(answer)) {
			if (await onBusy(asked)) continue;
			return { answer, kind };
		}
		if (kind || tries >= MAX_TRIES) return { answer, kind };
		const pause = backoffMs(tries++, clock.random(), asked);
		await clock.sleep(Math.min(pause, MAX_PAUSE_MS), signal);
	}
}

/**
 * The service has too much to do (429). Resolves when the item may ask again, to false when it has to
 * give up.
 *
 * @param askedMs what `Retry-After` asked for, in milliseconds
 */
export type OnBusy = (askedMs: number | undefined) => Promise<boolean>;
