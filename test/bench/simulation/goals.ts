/** The goals of adaptive polling, and how far they are reached. */
import { type Result, type Results, mean } from './measure';

/** Looks × lag, in looks times milliseconds: what is spent and what is missed, as one number. */
export function product({ looks, lagMs }: { looks: number; lagMs: number }): number {
	return looks * lagMs;
}

/** What was reached of each goal. */
export interface Goals {
	/** Mean looks per task with progress reports: at most 10. */
	looksWithProgress: number;
	/** Mean lag with progress reports, in parts of what is allowed: at most 1. */
	lagWithProgress: number;
	/**
	 * Looks × lag after three earlier tasks, in parts of what the best fixed interval of each shape gets;
	 * the mean over the shapes: at most 0.5.
	 */
	taughtToBestFixed: number;
	/** The same, but only over the shapes whose render times are their own. */
	taughtToBestFixedOwnTimes: number;
	/** Mean looks × mean lag over all shapes, in parts of what the best interval for all of them gets: at most 0.5. */
	taughtToBestFixedOverall: number;
	/** Looks × lag knowing nothing, in parts of a fixed interval's with as many looks; the worst shape: at most 1. */
	untaughtToSameLooks: number;
}

export function goals({ shapes, overall }: Results): Goals {
	const taughtToBestFixed = (some: readonly Result[]): number =>
		mean(some.map(({ adaptive: ours, bestFixed: best }) => product(ours.earlier) / product(best)));
	return {
		looksWithProgress: overall.adaptive.progress.looks,
		lagWithProgress: overall.adaptive.progress.lagToGoal,
		taughtToBestFixed: taughtToBestFixed(shapes),
		taughtToBestFixedOwnTimes: taughtToBestFixed(shapes.filter(({ hasOwnTimes }) => hasOwnTimes)),
		taughtToBestFixedOverall: product(overall.adaptive.earlier) / product(overall.bestFixed),
		untaughtToSameLooks: Math.max(
			...shapes.map((shape) => product(shape.adaptive.nothing) / product(shape.sameLooksFixed)),
		),
	};
}
