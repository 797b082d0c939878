/**
 * The benchmark: our node and its alternatives turn prompts into videos, in real n8n processes, against
 * stand-ins for the services. Its last line is one JSON object.
 */
import { parseArgs } from 'node:util';
import { secondsSince } from '../../demo/steps';
import { wholeRun } from '../../demo/whole-run';
import { Figures, summary } from './figures';
import { measure, measurePackageAnew } from './measure';
import type { Measurements } from './measurements';
import { fullPlan, shortPlan } from './plan';
import { readMeasurements, saveMeasurements } from './saved';
import { writePage } from './page';
import { allTables } from './tables';
import { asText } from './text-table';

const USAGE = `npm run bench                 all of it, about 25 minutes
npm run bench -- --short      single runs of what is quick, about 8 minutes
npm run bench -- --write      all of it, and docs/performance.md with its plots
npm run bench -- --redraw     only the page and its plots, from the last --write
npm run bench -- --package    as --redraw, with the package's size and loading measured anew
npm run bench -- --help       show this`;

async function main(): Promise<void> {
	const start = performance.now();
	const flag = { type: 'boolean' } as const;
	const { values } = parseArgs({
		options: {
			short: flag,
			write: flag,
			redraw: flag,
			package: flag,
			help: { ...flag, short: 'h' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	if (values.short && values.write) {
		throw new Error('The page is written from a full run: leave out --short.');
	}
	const measurements = await take(values);
	if (values.write || values.package) await saveMeasurements(measurements);
	const figures = new Figures(measurements);
	for (const table of allTables(figures)) console.log(`\n${asText(table)}`);
	if (values.write || values.redraw || values.package) {
		const files = await writePage(figures);
		console.log(`\nWritten: ${files.join(', ')}`);
	}
	console.log(`\n${(secondsSince(start) / 60).toFixed(1)} minutes\n`);
	console.log(JSON.stringify(summary(figures)));
}

async function take(which: {
	short?: boolean;
	redraw?: boolean;
	package?: boolean;
}): Promise<Measurements> {
	if (which.redraw) return await readMeasurements();
	if (which.package) return await measurePackageAnew(await readMeasurements(), fullPlan);
	return await (which.short ? measure('short', shortPlan) : measure('full', fullPlan));
}

wholeRun('The benchmark', main);
