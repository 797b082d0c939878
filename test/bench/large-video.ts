/** Whether the memory that our node needs grows with the video. */
import type { Arena } from './arena';
import { batch } from './scenario';

export const SMALL_VIDEO_MIB = 1;
/** More than what V8 lets pile up of buffers that nobody needs any more before it looks for them. */
export const MEDIUM_VIDEO_MIB = 128;
export const LARGE_VIDEO_MIB = 1024;
/** The wait is not what is measured here. */
const RENDER_SECONDS = 1;

/** MiB by which a large video raises the peak of n8n's memory. */
export interface PeakGrowth {
	/** Above a small one, both of them the first in a new n8n. */
	fresh: number;
	/** Above a medium one: whether it grows with the size, or stops growing. */
	aboveMedium: number;
	/** Above a small one, in an n8n that has seen a large one. */
	later: number;
}

/**
 * Videos of several sizes in an n8n that has done nothing else.
 * @returns NaN where the memory cannot be read
 */
export async function peakGrowth(arena: Arena): Promise<PeakGrowth> {
	const peakWith = async (videoMiB: number) => {
		const video = batch(1, { seconds: RENDER_SECONDS, videoMiB, id: 'growth' });
		const { wholePeakMiB = NaN } = await arena.run(video);
		return wholePeakMiB;
	};
	const small = await peakWith(SMALL_VIDEO_MIB);
	const medium = await peakWith(MEDIUM_VIDEO_MIB);
	const large = await peakWith(LARGE_VIDEO_MIB);
	const smallAgain = await peakWith(SMALL_VIDEO_MIB);
	const largeAgain = await peakWith(LARGE_VIDEO_MIB);
	return { fresh: large - small, aboveMedium: large - medium, later: largeAgain - smallAgain };
}
