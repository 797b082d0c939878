import { ConcurrencyLimiter, type SlotRequest } from '../../nodes/KirinVideo/batch/limiter';
import type { SubmitOptions } from '../../nodes/KirinVideo/task/submit';
import type { VirtualClock } from './virtual-clock';

/** A submit that is the only one of its batch, with the limiter that a batch has. */
export async function takingSlots<T>(
	clock: VirtualClock,
	request: SlotRequest,
	submitting: (onBusy: SubmitOptions['onBusy']) => Promise<T>,
): Promise<T> {
	const limiter = new ConcurrencyLimiter(clock);
	let slot: Awaited<ReturnType<ConcurrencyLimiter['reacquire']>> = await limiter.acquire(request);
	return await submitting(async (askedMs) => {
		slot = slot && (await limiter.reacquire(slot, request, askedMs));
		return slot !== undefined;
	});
}
