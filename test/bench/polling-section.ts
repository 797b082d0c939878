/** The part of docs/performance.md about when to look: the simulation of many kinds of renders. */
import { measure, measureCurves } from './simulation/measure';
import { goals } from './simulation/goals';
import { plot } from './simulation/plot';
import { number } from './tables';

export interface PollingSection {
	text: string;
	/** As SVG. */
	plot: string;
}

/** @param image where the page will find the plot */
export function pollingSection(image: string): PollingSection {
	const results = measure();
	const { adaptive, bestFixed } = results.overall;
	const cells = ({ looks, lagMs }: { looks: number; lagMs: number }) =>
		`${number(looks)} | ${number(lagMs / 1000)} s`;
	const rows = [
		['Adaptive, with progress reports', cells(adaptive.progress)],
		['Adaptive, without, after three tasks of the same kind', cells(adaptive.earlier)],
		['Adaptive, knowing nothing', cells(adaptive.nothing)],
		[
			`Fixed, every ${number(bestFixed.intervalMs / 1000, 0)} s, the best for all of them`,
			cells(bestFixed),
		],
		...results.overall.others.map((other) => [other.name, cells(other)]),
	];
	const reached = goals(results);
	const shapes = results.shapes.map(({ name, story }) => `${name} (${story})`).join('; ');
	return {
		plot: plot(results, measureCurves()),
		text: [
			'## When to look',
			'Each look costs a request, and each second without one may be a second too late. The adaptive schedule is tried in a simulation on renders of 5 s to 30 min in many shapes:',
			`![Looks against time to notice, for each strategy](${image})`,
			['| strategy | looks per task | mean time to notice |', '| --- | ---: | ---: |']
				.concat(rows.map((row) => `| ${row.join(' | ')} |`))
				.join('\n'),
			`With progress reports the time to notice is ${number(reached.lagWithProgress, 2)} of what is aimed for: 3 % of the render or 1 s, whichever is more. After three earlier tasks, looks × time to notice is ${number(reached.taughtToBestFixedOverall, 2)} of the best fixed interval's, and knowing nothing it is at worst ${number(reached.untaughtToSameLooks, 2)} of what a fixed interval with as many looks gets.`,
			`The shapes: ${shapes}.`,
		].join('\n\n'),
	};
}
