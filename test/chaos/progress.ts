/** Tells a run that hangs from one that is slow, by what happens in it and not by the time it takes. */
import type { Sandbox } from '../../sandbox';
import { turnMs, type RunWorld } from './clock';
import type { RunPlan } from './plan';

/**
 * A run in which nothing happens for so long, in ms of the turn clock, hangs: no request, and no pause
 * that ends. Ten times the longest pause that the node makes, and thousands of turns of the loop.
 */
const QUIET_MS = 60_000;

/** Requests for each item and try after which a run counts as endless. */
const MOST_REQUESTS_PER_TRY = 2_000;

const CHECK_EVERY_MS = 250;

/** Resolves when the run hangs. */
export function watchProgress(
	plan: Pick<RunPlan, 'items' | 'retry' | 'rounds'>,
	{ ledger }: Pick<Sandbox, 'ledger'>,
	world: RunWorld,
	now: () => number = turnMs,
): { hangs: Promise<undefined>; forget: () => void } {
	const most =
		ledger.requests.length +
		MOST_REQUESTS_PER_TRY * plan.items.length * (plan.retry?.tries ?? 1) * plan.rounds;
	let seen = -1;
	let seenAt = now();
	let timer: NodeJS.Timeout | undefined;
	const hangs = new Promise<undefined>((resolve) => {
		timer = setInterval(() => {
			const events = ledger.requests.length + world.pauses;
			if (events !== seen) [seen, seenAt] = [events, now()];
			const isQuiet = now() - seenAt > QUIET_MS;
			if (isQuiet || ledger.requests.length > most) resolve(undefined);
		}, CHECK_EVERY_MS);
	});
	return { hangs, forget: () => clearInterval(timer) };
}
