import { sleep as n8nSleep } from 'n8n-workflow';

/** Time and randomness, passed in so that tests need not wait. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects with {@link Stopped} as soon as `signal` aborts. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** At least 0, below 1. */
	random(): number;
}

/** The user pressed Stop, or n8n is ending the execution. */
export class Stopped extends Error {
	constructor() {
		super('The execution was stopped');
	}
}

/** @throws {@link Stopped} when `signal` has aborted. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new Stopped();
}

/**
 * Who to call when a signal aborts. One listener per signal serves all items of a batch, because Node
 * warns of a leak from the eleventh listener on.
 */
const listeners = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `listener` once when `signal` aborts.
 *
 * @returns a function that removes the listener
 */
export function onStop(signal: AbortSignal | undefined, listener: () => void): () => void {
	if (!signal) return () => undefined;
	let all = listeners.get(signal);
	if (!all) {
		const created = new Set<() => void>();
		signal.addEventListener('abort', () => [...created].forEach((call) => call()), { once: true });
		listeners.set(signal, created);
		all = created;
	}
	const set = all.add(listener);
	return () => void set.delete(listener);
}

export const systemClock: Clock = {
	now: () => Date.now(),

	// n8n-workflow's sleep takes a signal in its newest versions only, so Stop is raced here.
	async sleep(ms, signal) {
		throwIfStopped(signal);
		let stopListening: () => void = () => undefined;
		const stopped = new Promise<void>((resolve) => (stopListening = onStop(signal, resolve)));
		await Promise.race([n8nSleep(ms), stopped]);
		stopListening();
		throwIfStopped(signal);
	},

	random: () => Math.random(),
};
