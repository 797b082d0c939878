import { Pace, type Wish } from '../../nodes/KirinVideo/batch/limiter';
import type { SubmitOptions } from '../../nodes/KirinVideo/task/submit';
import type { VirtualClock } from './virtual-clock';

/** A submit that is the only one of its run, with the pace that a run keeps. */
export async function takingTurns<T>(
	clock: VirtualClock,
	wish: Wish,
	submitting: (onBusy: SubmitOptions['onBusy']) => Promise<T>,
): Promise<T> {
	const pace = new Pace(clock);
	let turn: Awaited<ReturnType<Pace['refused']>> = await pace.enter(wish);
	return await submitting(async (askedMs) => {
		turn = turn && (await pace.refused(turn, wish, askedMs));
		return turn !== undefined;
	});
}
