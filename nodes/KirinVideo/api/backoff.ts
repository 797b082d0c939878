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
