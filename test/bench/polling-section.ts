/** The part of docs/performance.md about when to poll: the simulation of many kinds of renders. */
import { type Tally, measure, product } from './simulation/measure';
import { plot } from './simulation/plot';
import { number } from './table';

export interface PollingSection {
	text: string;
	/** As SVG. */
	plot: string;
}

/** @param image where the page will find the plot */
export function pollingSection(image: string): PollingSection {
	const results = measure();
	const { shapes, overall, bestFixed, others } = results;
	const cells = (tally: Tally) =>
		`${number(tally.polls)} | ${number(tally.lagMs / 1000)} s | ${number(product(tally) / 1000, 0)}`;
	const rows = [
		['Adaptive, with progress reports', cells(overall.progress)],
		['Adaptive, without, after three tasks of the same kind', cells(overall.likeTasks)],
		['Adaptive, knowing nothing', cells(overall.nothing)],
		[
			`Fixed, every ${number(bestFixed.intervalMs / 1000, 0)} s, the best for all of them`,
			cells(bestFixed),
		],
		...others.map((other) => [other.name, cells(other)]),
	];
	const stories = shapes.map(({ name, story }) => `${name} (${story})`).join('; ');
	return {
		plot: plot(results),
		text: [
			'## When to poll',
			'Each poll costs a request, and each second without one may be a second too late. The adaptive schedule is tried in a simulation on renders of 5 s to 30 min in several shapes:',
			`![Polls against time to notice, for each strategy](${image})`,
			[
				'| strategy | polls per task | mean time to notice | product |',
				'| --- | ---: | ---: | ---: |',
			]
				.concat(rows.map((row) => `| ${row.join(' | ')} |`))
				.join('\n'),
			`The shapes: ${stories}.`,
		].join('\n\n'),
	};
}
