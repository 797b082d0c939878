/** Runs the simulation, prints what came out and, if asked, writes the plot and the data. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { goals, product } from './goals';
import { BATCHES, type Result, type Tally, measure, measureCurves } from './measure';
import { plot } from './plot';

const USAGE = `node --import tsx test/bench/simulation/simulate.ts
  --out plot.svg       write looks against lag as a picture
  --json results.json  write all numbers
  --batches ${BATCHES}        batches per shape; more are slower and steadier
  --seed 1             other renders`;

function cell({ looks, lagMs, lagShare }: Tally): string {
	return `${looks.toFixed(1)} / ${(lagMs / 1_000).toFixed(1)} s / ${(lagShare * 100).toFixed(1)} %`;
}

function row({ name, adaptive, bestFixed, sameLooksFixed }: Result): Record<string, string> {
	return {
		shape: name,
		progress: cell(adaptive.progress),
		'lag : goal': adaptive.progress.lagToGoal.toFixed(2),
		'three earlier': cell(adaptive.earlier),
		': best fixed': (product(adaptive.earlier) / product(bestFixed)).toFixed(2),
		both: cell(adaptive.progressAndEarlier),
		nothing: cell(adaptive.nothing),
		': fixed, same looks': (product(adaptive.nothing) / product(sameLooksFixed)).toFixed(2),
	};
}

function main(): void {
	const { values } = parseArgs({
		options: {
			out: { type: 'string' },
			json: { type: 'string' },
			batches: { type: 'string', default: String(BATCHES) },
			seed: { type: 'string', default: '1' },
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const batches = Number(values.batches);
	const seed = Number(values.seed);
	const results = measure(batches, seed);
	const curves = measureCurves(batches, seed);
	const { overall, shapes } = results;

	console.log('Adaptive: looks per task / mean lag / mean lag as a share of the render time');
	console.table([...shapes, overall].map(row));
	console.log('The others, over all shapes');
	console.table(
		overall.others.map((other) => ({
			strategy: other.name,
			'looks / lag': cell(other),
			'looks × lag': `${Math.round(product(other) / 1_000)} s`,
		})),
	);
	console.log('Goals: at most 10, 1, 0.5, 0.5 and 1');
	console.table(goals(results));
	if (values.out) writeFileSync(values.out, plot(results, curves));
	if (values.json)
		writeFileSync(values.json, JSON.stringify({ ...results, curves }, undefined, '\t'));
}

main();
