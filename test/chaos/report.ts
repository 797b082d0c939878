/** What a campaign has found: sums, a table, and one line of JSON. */
import { CRIMES, type Crime } from './judge';
import { addTroubles, type Troubles } from './troubles';
import type { Verdict } from './verdict';

export interface Report extends Record<Crime, number> {
	submits: number;
	tasks: number;
	runs: number;
	finished: number;
	/** Runs by the status that n8n saves. */
	statuses: Record<string, number>;
	faults: Troubles;
}

export function emptyReport(): Report {
	const zeros = Object.fromEntries(CRIMES.map((crime) => [crime, 0])) as Record<Crime, number>;
	return { submits: 0, tasks: 0, runs: 0, finished: 0, statuses: {}, faults: {}, ...zeros };
}

export function add(report: Report, verdict: Verdict): void {
	report.submits += verdict.submits;
	report.tasks += verdict.tasks;
	report.runs += 1;
	report.finished += verdict.finished;
	addTroubles(report.statuses, { [verdict.status]: 1 });
	addTroubles(report.faults, verdict.troubles);
	for (const crime of CRIMES) report[crime] += verdict.findings[crime].length;
}

export function isWrong({ findings }: Verdict): boolean {
	return CRIMES.some((crime) => findings[crime].length > 0);
}

const number = new Intl.NumberFormat('en');

/** `label  count`, the counts flush right. */
export function table(report: Report): string {
	const faults = Object.entries(report.faults).sort(([a], [b]) => a.localeCompare(b));
	const statuses = Object.entries(report.statuses);
	return [
		...rows('Trouble', faults),
		'',
		...rows('Runs', [
			['submits', report.submits],
			['tasks', report.tasks],
			['videos in output items', report.finished],
			...statuses.map(([status, runs]): [string, number] => [`runs that ended: ${status}`, runs]),
		]),
		'',
		...rows(
			'Must be zero',
			CRIMES.map((crime) => [crime, report[crime]]),
		),
	].join('\n');
}

const LABEL_WIDTH = 36;
const COUNT_WIDTH = 9;

function rows(title: string, counts: Array<[label: string, count: number]>): string[] {
	return [
		title,
		...counts.map(
			([label, count]) =>
				`  ${label.padEnd(LABEL_WIDTH)}${number.format(count).padStart(COUNT_WIDTH)}`,
		),
	];
}

/** How it stands while it is under way. */
export function progressLine(report: Report, of: number, seconds: number): string {
	const wrong = CRIMES.filter((crime) => report[crime] > 0);
	const found = wrong.map((crime) => `${crime} ${report[crime]}`).join(', ') || 'all zeros';
	const submits = `${number.format(report.submits)} of ${number.format(of)} submits`;
	return `${submits}, ${report.runs} runs, ${Math.round(seconds)} s, ${found}`;
}

/** The machine-readable end. */
export function jsonLine(report: Report, seed: number): string {
	const { submits, tasks, faults } = report;
	const counts = Object.fromEntries(CRIMES.map((crime) => [crime, report[crime]]));
	return JSON.stringify({ submits, tasks, ...counts, faults, seed });
}
