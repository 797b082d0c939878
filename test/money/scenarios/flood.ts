/** Calls of strangers to an address of n8n: each names a task that nobody knows. */
export const FLOOD_CALLS = 200;
/** Tasks that may not be visible yet are asked for again, this often in a minute. */
const REPEATS_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
/**
 * Verifications of one task are shared. A stranger's ID cannot be told from a real one before the service
 * is asked: one get each, and the repeats of the time that it took.
 *
 * @param real those that the real tasks may take
 */
export function triggerGets(ms: number, real: number): number {
	return FLOOD_CALLS + REPEATS_PER_MINUTE * (Math.floor(ms / MINUTE_MS) + 2) + real;
}
/** A wait is checked as a whole, whatever a call names. */
export const RESUME_GETS = 0.3 * FLOOD_CALLS;
const AT_ONCE = 25;

/** @returns what resolves when half of the calls, and when all of them, have been answered */
export function flood(url: string): { half: Promise<void>; all: Promise<void> } {
	let sent = 0;
	let answered = 0;
	let reachHalf = () => {};
	const half = new Promise<void>((resolve) => (reachHalf = resolve));
	const caller = async () => {
		while (sent < FLOOD_CALLS) {
			const id = `stranger${sent++}`;
			await fetch(url, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ id, status: 'completed' }),
			}).then(
				(answer) => answer.arrayBuffer(),
				() => undefined,
			);
			if (++answered >= FLOOD_CALLS / 2) reachHalf();
		}
	};
	const all = Promise.all(Array.from({ length: AT_ONCE }, caller)).then(() => undefined);
	return { half, all };
}
