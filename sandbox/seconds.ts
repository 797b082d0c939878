/** How long a video is that was asked for. */
import type { Params } from './model';

/** Longer than any model's videos: beyond it a duration is none. */
const MOST_SECONDS = 60;

/** In seconds; 5 where nothing is asked, or nothing that can be read. */
export function secondsOf({ duration }: Params): number {
	const given = typeof duration === 'string' || typeof duration === 'number' ? duration : '';
	const seconds = given === '' ? NaN : Number(given);
	return seconds > 0 && seconds <= MOST_SECONDS ? seconds : 5;
}
