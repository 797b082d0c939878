import { ConcurrencyLimiter, type SlotRequest } from '../../nodes/KirinVideo/batch/limiter';
import type { SubmitOptions } from '../../nodes/KirinVideo/task/submit';
import type { VirtualClock } from './virtual-clock';

/** A submit that is the only one of its run, with the pace that a run keeps. */
export async function takingTurns<T>(
	clock: VirtualClock,
	wish: SlotRequest,
	submitting: (onBusy: SubmitOptions['onBusy']) => Promise<T>,
): Promise<T> {
	const pace = new ConcurrencyLimiter(clock);
	let turn: Awaited<ReturnType<ConcurrencyLimiter['reacquire']>> = await pace.acquire(wish);
	return await submitting(async (askedMs) => {
		turn = turn && (await pace.reacquire(turn, wish, askedMs));
		return turn !== undefined;
	});
}
