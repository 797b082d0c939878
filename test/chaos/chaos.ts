/**
 * A campaign of faults against the node in the real engine. The sandbox's ledger is the judge.
 *
 *     npm run chaos -- --submits 10000 --seed 1
 *
 * The seed decides every plan: items, faults, settings, the moment of Stop. What is left to chance is
 * how the answers of requests that are under way at the same time interleave, so a run that shows a
 * fault may need a few tries to show it again: `--run 17` performs one run of the campaign alone, and
 * `--plan '{…}'` one that was printed as the smallest. `--first` ends with the first run that is wrong.
 *
 *     npm run chaos -- --mutants --submits 150
 *
 * breaks the node in one way after another, each in a copy of its own, and shows that the campaign and
 * the tests notice (mutants.ts).
 */
import { parseArgs } from 'node:util';
import { CRIMES } from './judge';
import { tryMutants } from './try-mutants';
import { drawCampaign, type RunPlan } from './plan';
import { add, emptyReport, isWrong, jsonLine, progressLine, table } from './report';
import { shrink } from './shrink';
import type { Verdict } from './verdict';
import { Workers } from './workers';

const PROGRESS_EVERY_MS = 10_000;

/** Findings shown of each run that is wrong. */
const MOST_SHOWN = 5;

interface Wrong {
	plan: RunPlan;
	verdict: Verdict;
}

async function campaign({ plans, seed, first }: Options, workers: Workers): Promise<boolean> {
	const report = emptyReport();
	const wrong: Wrong[] = [];
	const start = performance.now();
	const submits = plans.reduce((sum, { items }) => sum + items.length, 0);
	const tell = () => console.log(progressLine(report, submits, (performance.now() - start) / 1000));
	const ticker = setInterval(tell, PROGRESS_EVERY_MS);
	try {
		const found = new Promise<void>((resolve, reject) => {
			const all = plans.map(async (plan) => {
				const verdict = await workers.perform(plan);
				add(report, verdict);
				if (!isWrong(verdict)) return;
				wrong.push({ plan, verdict });
				console.log(describe({ plan, verdict }));
				if (first) resolve();
			});
			Promise.all(all).then(() => resolve(), reject);
		});
		await found;
	} finally {
		clearInterval(ticker);
	}
	tell();
	console.log(`\n${table(report)}`);
	const smallest = wrong.sort((a, b) => a.plan.items.length - b.plan.items.length)[0];
	if (smallest && !first) await explain(smallest, seed, workers);
	console.log(jsonLine(report, seed));
	return wrong.length === 0;
}

function describe({ plan, verdict: { findings } }: Wrong): string {
	return CRIMES.flatMap((crime) => {
		const shown = findings[crime].slice(0, MOST_SHOWN);
		const more = findings[crime].length - shown.length;
		return [
			...shown.map((finding) => `run ${plan.run}: ${crime}: ${finding}`),
			...(more > 0 ? [`run ${plan.run}: ${crime}: and ${more} more`] : []),
		];
	}).join('\n');
}

/** Prints the seed and the smallest run that is wrong in the same way. */
async function explain({ plan, verdict }: Wrong, seed: number, workers: Workers): Promise<void> {
	const crimes = CRIMES.filter((crime) => verdict.findings[crime].length > 0);
	console.log(`\nSeed ${seed}, run ${plan.run}. Looking for the smallest version of it…`);
	const found = await shrink(plan, async (smaller) => {
		const { findings } = await workers.perform(smaller);
		return crimes.some((crime) => findings[crime].length > 0);
	});
	console.log(`The smallest run that shows ${crimes.join(' and ')}:`);
	console.log(`npm run chaos -- --plan '${JSON.stringify(found)}'\n`);
}

interface Options {
	seed: number;
	submits: number;
	plans: RunPlan[];
	/** Whether to end with the first run that is wrong. */
	first: boolean;
	mutants: boolean;
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			submits: { type: 'string', default: '1000' },
			seed: { type: 'string', default: '1' },
			run: { type: 'string' },
			plan: { type: 'string' },
			first: { type: 'boolean', default: false },
			mutants: { type: 'boolean', default: false },
		},
	});
	const seed = wholeNumber('--seed', values.seed);
	const submits = wholeNumber('--submits', values.submits);
	const { first, mutants } = values;
	if (values.plan !== undefined) {
		const plan = JSON.parse(values.plan) as RunPlan;
		return { seed: plan.seed, submits, plans: [plan], first, mutants };
	}
	const all = [...drawCampaign(seed, submits)];
	const run = values.run === undefined ? undefined : wholeNumber('--run', values.run);
	const plans = all.filter((plan) => run === undefined || plan.run === run);
	return { seed, submits, plans, first, mutants };
}

function wholeNumber(name: string, text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} wants a whole number, not "${text}"`);
	return Number(text);
}

async function main(): Promise<void> {
	const options = readOptions();
	if (options.mutants) {
		process.exitCode = (await tryMutants(options.submits, options.seed)) ? 0 : 1;
		return;
	}
	const workers = new Workers();
	try {
		process.exitCode = (await campaign(options, workers)) ? 0 : 1;
	} finally {
		workers.close();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 2;
});
