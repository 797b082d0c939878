/** The figures that the tables, the plots and the last line of the benchmark share. */
import type { RunResult } from './run-result';
import type { ContenderId } from './contender';
import type { CostId, MeasuredCost } from './cost/costs';
import type { PeakGrowth } from './large-video';
import type { Measurements } from './measurements';
import { RENDER_SECONDS } from './scenario';
import { mean, median } from './statistics';

export const BATCH_SIZES = [1, 10, 50];

export interface BatchTime {
	seconds: number;
	/** How many runs it is the median of; none when it is extrapolated. */
	runs: number;
}

export class Figures {
	/** In the order in which the contenders were started. */
	readonly contenders: ContenderId[];

	constructor(readonly measurements: Measurements) {
		this.contenders = Object.keys(measurements.titles) as ContenderId[];
	}

	title(id: ContenderId): string {
		return this.measurements.titles[id] ?? id;
	}

	runs(id: ContenderId, scenario: string): RunResult[] {
		return this.measurements.runs.filter(
			(run) => run.contender === id && run.scenario === scenario,
		);
	}

	/** The median over a contender's runs of a scenario; NaN when there are none or it is unknown. */
	median(id: ContenderId, scenario: string, read: (run: RunResult) => number | undefined): number {
		return median(this.runs(id, scenario).map((run) => read(run) ?? NaN));
	}

	/** No contender can be faster: the slowest render and one download. */
	limit(renderSeconds = RENDER_SECONDS): number {
		return renderSeconds + this.measurements.downloadSeconds;
	}

	/** Measured, or continued in a straight line from the smallest and the largest batch that ran. */
	batchTime(id: ContenderId, tasks: number): BatchTime {
		const runs = this.runs(id, `batch${tasks}`);
		if (runs.length > 0) {
			return { seconds: median(runs.map(({ seconds }) => seconds)), runs: runs.length };
		}
		const [smallest, largest] = this.measuredSizes(id);
		if (smallest === undefined || largest === undefined) return { seconds: NaN, runs: 0 };
		const atLargest = this.batchTime(id, largest).seconds;
		return { seconds: atLargest + (tasks - largest) * this.secondsPerTask(id), runs: 0 };
	}

	/** Seconds that each further task adds to a batch, between the smallest and the largest that ran. */
	secondsPerTask(id: ContenderId): number {
		const [smallest = NaN, largest = NaN] = this.measuredSizes(id);
		const rise = this.batchTime(id, largest).seconds - this.batchTime(id, smallest).seconds;
		return rise / (largest - smallest);
	}

	/** The smallest and the largest batch that ran, when there are two. */
	private measuredSizes(id: ContenderId): [number, number] | [] {
		const sizes = this.measurements.runs
			.filter((run) => run.contender === id && run.scenario === `batch${run.tasks}`)
			.map(({ tasks }) => tasks);
		const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
		return smallest < largest ? [smallest, largest] : [];
	}

	/** Seconds from the end of each render to the start of its download. */
	lags(id: ContenderId, scenario: string): number[] {
		return this.runs(id, scenario).flatMap(({ lanes }) =>
			lanes.map(({ doneAt, inHand }) => inHand - doneAt),
		);
	}

	/** The mean lag as a share of the mean render time. */
	lagShare(id: ContenderId, scenario: string): number {
		const renders = this.runs(id, scenario).flatMap(({ lanes }) =>
			lanes.map(({ created, doneAt }) => doneAt - created),
		);
		return mean(this.lags(id, scenario)) / mean(renders);
	}

	/** Polls of a task until its video was found. */
	looksPerTask(id: ContenderId, scenario: string): number {
		return mean(this.runs(id, scenario).map(({ polls, tasks }) => polls / tasks));
	}

	/** MiB by which a large video raises n8n's peak. */
	growth(kind: keyof PeakGrowth): number {
		return median(this.measurements.growth.map((growth) => growth[kind]));
	}

	/** What it costs with this many tasks, or with the most that were measured. */
	cost(id: CostId, tasks?: number): MeasuredCost | undefined {
		const found = this.measurements.costs.filter(
			(cost) => cost.id === id && (tasks === undefined || cost.tasks === tasks),
		);
		return found.sort((one, other) => one.tasks - other.tasks).at(-1);
	}

	requestsPerTask(id: ContenderId, scenario: string): number {
		return mean(this.runs(id, scenario).map(({ requests, tasks }) => requests / tasks));
	}
}

/** The last line of the benchmark. Seconds, unless a name says otherwise; null is not measured. */
export function summary(figures: Figures): object {
	const { measurements, contenders } = figures;
	const batchOf = (tasks: number) => {
		const times = contenders.map((id) => ({ id, ...figures.batchTime(id, tasks) }));
		return {
			...Object.fromEntries(times.map(({ id, seconds }) => [id, rounded(seconds)])),
			limit: rounded(figures.limit()),
			/** How many times as long as Generate. */
			timesKirin: Object.fromEntries(
				times
					.filter(({ id }) => id !== 'kirin')
					.map(({ id, seconds }) => [
						id,
						rounded(seconds / figures.batchTime('kirin', tasks).seconds),
					]),
			),
			timesLimit: rounded(figures.batchTime('kirin', tasks).seconds / figures.limit(), 3),
			extrapolated: times
				.filter(({ seconds, runs }) => runs === 0 && Number.isFinite(seconds))
				.map(({ id }) => id),
		};
	};
	const { unlimited, byDefault } = measurements.many;
	return {
		plan: measurements.plan,
		batch1: batchOf(1),
		batch10: batchOf(10),
		batch50: batchOf(50),
		looksPerTask: rounded(figures.looksPerTask('kirin', 'spread')),
		lagSeconds: rounded(mean(figures.lags('kirin', 'spread'))),
		lagShare: rounded(figures.lagShare('kirin', 'spread'), 4),
		silentLooksPerTask: rounded(figures.looksPerTask('kirin', 'spreadSilent')),
		silentLagSeconds: rounded(mean(figures.lags('kirin', 'spreadSilent'))),
		rssDeltaMiB: rounded(figures.growth('fresh'), 1),
		rssDeltaAboveMediumMiB: rounded(figures.growth('aboveMedium'), 1),
		rssDeltaLaterMiB: rounded(figures.growth('later'), 1),
		large400PeakMiB: Object.fromEntries(
			contenders.map((id) => [
				id,
				rounded(
					figures.median(id, 'large', (run) => run.peakMiB),
					1,
				),
			]),
		),
		many: {
			tasks: unlimited.tasks,
			seconds: rounded(unlimited.seconds),
			cpuMsPerTask: rounded(((unlimited.cpuSeconds ?? NaN) / unlimited.tasks) * 1000, 1),
			peakMiB: rounded(unlimited.peakMiB ?? NaN, 1),
			...(byDefault && {
				concurrency: byDefault.concurrency,
				secondsInRounds: rounded(byDefault.result.seconds),
			}),
		},
		cpuPerTaskMs: rounded(figures.cost('kirin')?.cpuMs ?? NaN, 1),
		cpuFloorMs: rounded(figures.cost('authenticated')?.cpuMs ?? NaN, 1),
		callbackCpuMs: rounded(figures.cost('callback')?.cpuMs ?? NaN, 1),
		callbackFloorMs: rounded(figures.cost('returnsAtOnce')?.cpuMs ?? NaN, 1),
		callbackPeakMiB: rounded(figures.cost('callback')?.peakMiB ?? NaN, 1),
		triggerCpuMs: rounded(figures.cost('trigger')?.cpuMs ?? NaN, 1),
		triggerFloorMs: rounded(figures.cost('webhookNode')?.cpuMs ?? NaN, 1),
		loadMs: rounded(median(measurements.loadMs), 1),
		loadMsLeast: rounded(Math.min(...measurements.loadMs), 1),
		packedKb: rounded(measurements.packedBytes / 1000, 1),
	};
}

/** JSON has no NaN: what was not measured is null there. */
function rounded(value: number, digits = 2): number | null {
	return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}
