/** What polls have shown of a task and of like tasks of its batch. Times count from its create. */

interface Report {
	atMs: number;
	/** 0 to 1. */
	progress: number;
}

/** Where the progress began and its last two rises; empty while the service reports none. */
export type Reports = readonly Report[];

/** The reports after one more poll that found the task in progress. */
export function noteProgress(
	reports: Reports,
	atMs: number,
	progress: number | undefined,
): Reports {
	if (progress === undefined || Number.isNaN(progress)) return reports;
	const report = { atMs, progress };
	const last = reports.at(-1);
	// A report at time 0 belongs to a task that is older than the wait. Progress counts from there.
	if (!last) return progress > 0 && atMs > 0 ? [{ atMs: 0, progress: 0 }, report] : [report];
	if (progress === 0) return [report];
	// The service began again, some time since the last rise. A smaller fall is only inexact.
	if (progress < last.progress / 1.5) {
		return [{ atMs: (last.atMs + atMs) / 2, progress: 0 }, report];
	}
	return progress > last.progress
		? [reports[0] ?? last, ...reports.slice(1).slice(-1), report]
		: reports;
}

/**
 * Extrapolates the progress to 1.
 *
 * @param tolerance speeds that differ by less than this share are the same, and the end is then steady
 * @returns undefined while there is no progress
 */
export function expectedEnd(reports: Reports, tolerance: number) {
	const [origin, last] = [reports[0], reports.at(-1)];
	if (!origin || !last || last.progress === 0) return undefined;
	const whole = speed(origin, last);
	const recent = speed(reports.at(-2) ?? origin, last);
	// What speeds up does so again. What slows down may never reach 1: the sooner end counts.
	const expected = Math.max(whole, recent * (recent / whole));
	const isSteady = reports.length > 2 && Math.min(whole, recent) > (1 - tolerance) * expected;
	return { atMs: last.atMs + (1 - last.progress) / expected, progress: last.progress, isSteady };
}

function speed(from: Report, to: Report): number {
	return Math.max(to.progress - from.progress, Number.EPSILON) / Math.max(to.atMs - from.atMs, 1);
}

export type LikeTasks = Readonly<{ count: number; shortestMs: number; longestMs: number }>;

/** Render times of the completed tasks of a batch, by kind of task: model, mode and duration. */
export class RenderTimes {
	private readonly byKind = new Map<string, LikeTasks>();

	of(kind: string): LikeTasks | undefined {
		return this.byKind.get(kind);
	}

	/**
	 * Learns from a task that completed between two polls.
	 *
	 * @param lastRunningAtMs the last poll that found it in progress; 0 when there was none
	 */
	learn(kind: string, lastRunningAtMs: number, doneAtMs: number): void {
		// It ended half-way between the polls on average, but shortly before a poll after a long pause.
		const between = Math.max(0, doneAtMs - lastRunningAtMs);
		const renderMs = doneAtMs - Math.min(between / 2, 0.05 * doneAtMs);
		if (!(renderMs > 0)) return;
		const { count, shortestMs, longestMs } = this.of(kind) ?? {
			count: 0,
			shortestMs: renderMs,
			longestMs: renderMs,
		};
		this.byKind.set(kind, {
			count: count + 1,
			shortestMs: Math.min(shortestMs, renderMs),
			longestMs: Math.max(longestMs, renderMs),
		});
	}
}
