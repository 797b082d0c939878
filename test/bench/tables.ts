/** The tables of the benchmark. */
import type { RunResult } from './run-result';
import type { ContenderId } from './contender';
import { callbackCostTable, eventCostTable, pollingCostTable } from './cost/cost-tables';
import { BATCH_SIZES, type Figures } from './figures';
import { LARGE_VIDEO_MIB, MEDIUM_VIDEO_MIB, SMALL_VIDEO_MIB } from './large-video';
import { LARGE_VIDEO } from './plan';
import { RENDER_SECONDS } from './scenario';
import { MISSING, number, type Table } from './table';
import { mean, median } from './statistics';

/** Marks what was not measured but continued in a straight line. */
const EXTRAPOLATED = '≈';
export function allTables(figures: Figures): Table[] {
	const tables = [
		batchTable,
		noticeTable,
		usageTable,
		largeTable,
		pollingCostTable,
		callbackCostTable,
		eventCostTable,
		oursTable,
	];
	return tables.map((table) => table(figures)).filter(({ rows }) => rows.length > 0);
}

export function batchTable(figures: Figures): Table {
	const time = (id: ContenderId, tasks: number) => {
		const { seconds, runs } = figures.batchTime(id, tasks);
		const text = number(seconds);
		return runs > 0 || text === MISSING ? text : `${EXTRAPOLATED} ${text}`;
	};
	const counts = figures.contenders.map((id) => {
		const runs = BATCH_SIZES.map((tasks) => figures.batchTime(id, tasks).runs || MISSING);
		return `${figures.title(id)} ${runs.join(', ')}`;
	});
	return {
		title: `Seconds for tasks of ${RENDER_SECONDS} s`,
		head: ['', ...BATCH_SIZES.map(tasksOf), '× limit at 10', 'each further task'],
		rows: [
			['limit', ...BATCH_SIZES.map(() => number(figures.limit())), '1.0', '0.0'],
			...figures.contenders.map((id) => [
				figures.title(id),
				...BATCH_SIZES.map((tasks) => time(id, tasks)),
				number(figures.batchTime(id, 10).seconds / figures.limit(), 2),
				number(figures.secondsPerTask(id), 2),
			]),
		],
		notes: [
			'The limit is the slowest render and one download.',
			`${EXTRAPOLATED} was not run, but continued in a straight line from the smallest and the largest batch that ran.`,
			`Medians. Runs of ${BATCH_SIZES.join(', ')} tasks: ${counts.join('; ')}.`,
		],
	};
}

function tasksOf(count: number): string {
	return count === 1 ? '1 task' : `${count} tasks`;
}

export function noticeTable(figures: Figures): Table {
	const row = (id: ContenderId, scenario: string, title: string) => {
		const lags = figures.lags(id, scenario);
		return [
			title,
			String(figures.runs(id, scenario).reduce((sum, { tasks }) => sum + tasks, 0)),
			number(figures.looksPerTask(id, scenario)),
			number(figures.requestsPerTask(id, scenario)),
			number(mean(lags), 2),
			number(Math.max(...lags), 2),
			`${number(figures.lagShare(id, scenario) * 100)} %`,
		];
	};
	const ran = (id: ContenderId, scenario: string) => figures.runs(id, scenario).length > 0;
	const rows = figures.contenders
		.filter((id) => ran(id, 'spread'))
		.map((id) => row(id, 'spread', figures.title(id)));
	if (ran('kirin', 'spreadSilent')) {
		const title = `${figures.title('kirin')}, no progress reported`;
		rows.splice(1, 0, row('kirin', 'spreadSilent', title));
	}
	return {
		title: 'Time to notice, for render times from 15.5 to 34.5 s',
		head: [
			'',
			'tasks',
			'polls per task',
			'requests per task',
			'mean (s)',
			'worst (s)',
			'mean, of the render',
		],
		rows,
		notes: [
			'From the end of a render to the start of its download. The render times are spread, so that no interval falls on the end of all of them.',
			'Resume on Callback goes on when the last task of a run is done: the others wait for that one, and their polls are what callbacks made the node ask for.',
		],
	};
}

export function usageTable(figures: Figures): Table {
	const rows = BATCH_SIZES.flatMap((tasks) =>
		figures.contenders
			.filter((id) => figures.runs(id, `batch${tasks}`).length > 0)
			.map((id) => {
				const middle = (read: (run: RunResult) => number | undefined) =>
					figures.median(id, `batch${tasks}`, read);
				return [
					tasksOf(tasks),
					figures.title(id),
					number(
						middle(({ cpuSeconds }) => cpuSeconds),
						2,
					),
					number(
						middle(({ waitingMiB }) => waitingMiB),
						0,
					),
					number(
						middle(({ peakMiB }) => peakMiB),
						0,
					),
					figures.runs(id, `batch${tasks}`)[0]?.held ?? MISSING,
				];
			}),
	);
	return {
		title: `What n8n spends on tasks of ${RENDER_SECONDS} s`,
		head: ['', 'by', 'CPU (s)', 'memory mid-wait (MiB)', 'memory at most (MiB)', 'meanwhile'],
		rows,
		notes: [
			'CPU holds n8n’s own housekeeping, so it grows with the time. Memory is what n8n has above the moment before the run; some tens of MiB of it are up to the garbage collector. In the middle of the wait an execution is running, and holds a place in n8n, or is stored.',
		],
	};
}

export function largeTable(figures: Figures): Table {
	const ran = figures.contenders.filter((id) => figures.runs(id, 'large').length > 0);
	return {
		title: `One video of ${LARGE_VIDEO.videoMiB} MiB`,
		head: ['', 'memory at most (MiB)', 'CPU (s)', 'from found to stored (s)'],
		rows: ran.map((id) => [
			figures.title(id),
			number(
				figures.median(id, 'large', ({ peakMiB }) => peakMiB),
				0,
			),
			number(figures.median(id, 'large', ({ cpuSeconds }) => cpuSeconds)),
			number(
				figures.median(id, 'large', ({ seconds, lanes }) => seconds - (lanes[0]?.inHand ?? NaN)),
			),
		]),
		notes: ['Memory is above what n8n had before the run.'],
	};
}

export function oursTable(figures: Figures): Table {
	const { many, loadMs, packedBytes } = figures.measurements;
	const { unlimited, byDefault } = many;
	const { tasks } = unlimited;
	const rows = [
		[
			`${tasks} tasks of ${RENDER_SECONDS} s at once`,
			`${number(unlimited.seconds)} s (limit ${number(figures.limit())} s)`,
		],
		[
			'– n8n’s CPU for each of them',
			`${number(((unlimited.cpuSeconds ?? NaN) / tasks) * 1000)} ms`,
		],
		['– memory at most', `${number(unlimited.peakMiB, 0)} MiB`],
		['– polls for each', number(unlimited.polls / tasks)],
		[
			`memory for a video of ${LARGE_VIDEO_MIB} MiB above one of ${SMALL_VIDEO_MIB} MiB, in a new n8n`,
			`${number(figures.growth('fresh'), 0)} MiB`,
		],
		[`– above one of ${MEDIUM_VIDEO_MIB} MiB`, `${number(figures.growth('aboveMedium'), 0)} MiB`],
		[
			`– above one of ${SMALL_VIDEO_MIB} MiB, in an n8n that has seen a large one`,
			`${number(figures.growth('later'), 0)} MiB`,
		],
		['added to n8n’s start', `${number(median(loadMs))} ms`],
		['packed', `${number(packedBytes / 1000)} kB`],
	];
	if (byDefault) {
		const { concurrency, result } = byDefault;
		const render = mean(result.lanes.map(({ created, doneAt }) => doneAt - created));
		const rounds = Math.ceil(tasks / concurrency);
		rows.splice(4, 0, [
			`${tasks} tasks of ${number(render, 0)} s, ${concurrency} under way at a time`,
			`${number(result.seconds)} s (limit ${number(rounds * render)} s)`,
		]);
	}
	const most = figures.cost('kirinMost');
	if (most) {
		const usual = figures.cost('kirin')?.cpuMs ?? NaN;
		rows.splice(
			4,
			0,
			[
				`${most.tasks} tasks in one run, n8n’s CPU for each of them`,
				`${number(most.cpuMs)} ms, ${number(most.cpuMs / usual, 2)} of a thousand’s`,
			],
			[
				'– memory at most',
				`${number(most.peakMiB, 0)} MiB; plain HTTP on kept connections ${number(figures.cost('rawMost')?.peakMiB, 0)} MiB`,
			],
		);
	}
	return { title: 'Our node by itself', head: ['', ''], rows, notes: [] };
}
