/** Runs the simulation and prints polls per task / mean lag. `--out plot.svg` writes the plot. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BATCHES, type Tally, measure, product } from './measure';
import { plot } from './plot';

const { values } = parseArgs({
	options: {
		out: { type: 'string' },
		batches: { type: 'string', default: String(BATCHES) },
		seed: { type: 'string', default: '1' },
	},
});
const results = measure(Number(values.batches), Number(values.seed));
const cell = (tally: Tally) =>
	`${tally.polls.toFixed(1)} / ${(tally.lagMs / 1_000).toFixed(1)} s = ${(product(tally) / 1_000).toFixed(0)}`;
console.table(
	[...results.shapes, { ...results, name: 'all', adaptive: results.overall }].map(
		({ name, adaptive, bestFixed }) => ({
			shape: name,
			progress: cell(adaptive.progress),
			'like tasks': cell(adaptive.likeTasks),
			both: cell(adaptive.both),
			nothing: cell(adaptive.nothing),
			'best fixed': cell(bestFixed),
		}),
	),
);
console.table(results.others.map((other) => ({ strategy: other.name, all: cell(other) })));
if (values.out) writeFileSync(values.out, plot(results));
