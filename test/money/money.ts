/**
 * Pay once, whatever happens to the execution: a real n8n with the packed node, whose executions fail,
 * crash, are stopped and tried again, judged by the sandbox's ledger. The last line is one JSON object
 * with what was counted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../demo/install-n8n';
import { createHome } from '../../demo/n8n-home';
import { buildPackage, packPackage } from '../../demo/package';
import { pinnedN8n } from '../../demo/pinned-n8n';
import { step, type Report } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { Case, COUNTED, type Verdict } from './case';
import { Gathering } from './gathering';
import type { Scenario } from './scenario';
import { callers } from './scenarios/callers';
import { crashes } from './scenarios/crash';
import { freshDatabases } from './scenarios/fresh-database';
import { mcp } from './scenarios/mcp';
import { retries } from './scenarios/retry';
import { triggers } from './scenarios/trigger';
import { waits } from './scenarios/waiting';
import { wire } from './scenarios/wire';
import { Stage } from './stage';

const USAGE = `npm run test:money                       all scenarios, with the newest n8n that is pinned; about 6 minutes
npm run test:money -- oldest             those that exist there, with the oldest one
npm run test:money -- --only retry       those with the word in their name; may be repeated
npm run test:money -- --list             only their names`;

/** Those that wait longest come first. */
const ALL: Scenario[] = [
	...waits,
	...freshDatabases,
	...mcp,
	...callers,
	...retries,
	...wire,
	...triggers,
	...crashes,
];

/** How many scenarios run in one n8n at once. */
const AT_ONCE = 10;

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			only: { type: 'string', multiple: true },
			list: { type: 'boolean' },
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) return console.log(USAGE);
	const words = values.only ?? [''];
	const named = ALL.filter(({ name }) => words.some((word) => name.includes(word)));
	if (values.list) return console.log(named.map(({ name }) => name).join('\n'));
	if (named.length === 0) throw new Error(`No scenario has "${words.join('", "')}" in its name.`);

	const pinned = pinnedN8n(positionals[0] ?? 'newest');
	const install = await step(`Install n8n ${pinned.version}`, (report) =>
		installN8n(report, pinned),
	);
	const folder = await mkdtemp(join(tmpdir(), 'kirin-video-money-'));
	atEnd(() => rm(folder, { recursive: true, force: true }));
	const home = join(folder, 'n8n');
	await step('Build and pack the node', async () => {
		await buildPackage();
		await createHome(install, home, (await packPackage(folder)).folder);
	});
	const stage = await step('Start n8n', async () => await Stage.open(install, home, folder));

	const scenarios = named.filter(({ needsToken }) => stage.hasResumeToken || !needsToken);
	const of = (phase: Scenario['phase']) => scenarios.filter((one) => one.phase === phase);
	const verdicts: Verdict[] = [];
	const phases: Array<[string, Scenario[], (report: Report) => Promise<Verdict[]>]> = [
		['Alone', of('alone'), (report) => runAll(stage, of('alone'), { atOnce: 1, report })],
		[
			'Together',
			of('together'),
			(report) => runAll(stage, of('together'), { atOnce: AT_ONCE, report }),
		],
		['With a kill', of('kill'), (report) => runWithKill(stage, of('kill'), report)],
	];
	for (const [title, own, run] of phases) {
		if (own.length > 0) verdicts.push(...(await step(`${title}: ${own.length} scenarios`, run)));
	}
	tell(verdicts, stage);
}

async function runAll(
	stage: Stage,
	scenarios: Scenario[],
	{ atOnce, report }: { atOnce: number; report: Report },
): Promise<Verdict[]> {
	const waiting = [...scenarios];
	const verdicts: Verdict[] = [];
	const runner = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			verdicts.push(await runOne(stage, next));
			report(`${verdicts.length} of ${scenarios.length}`);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, runner));
	return verdicts;
}

/** All at once, since they share the one kill. */
async function runWithKill(
	stage: Stage,
	scenarios: Scenario[],
	report: Report,
): Promise<Verdict[]> {
	stage.gathering = new Gathering(scenarios.length, async () => {
		report('killing n8n');
		await stage.killAndRename();
		report('n8n is there again');
	});
	return await Promise.all(
		scenarios.map(async (scenario) => {
			const verdict = await runOne(stage, scenario);
			stage.gathering.leave();
			return verdict;
		}),
	);
}

async function runOne(stage: Stage, scenario: Scenario): Promise<Verdict> {
	const own = await Case.open(stage, scenario.name, scenario.options);
	try {
		const failure = await scenario.act(own).then(
			() => undefined,
			(error: unknown) => error,
		);
		const verdict = await own.verdict(failure);
		const { name, wrong } = verdict;
		// At once, so that a run that is broken off has told what it found.
		if (wrong.length > 0) console.log(`\n✗ ${name}\n${wrong.map(indented).join('\n')}`);
		return verdict;
	} finally {
		await own.close();
	}
}

function indented(line: string): string {
	return `    ${line}`;
}

function tell(verdicts: Verdict[], stage: Stage): void {
	const failed = verdicts.filter(({ wrong }) => wrong.length > 0);
	const passed = verdicts.filter(({ wrong }) => wrong.length === 0).map(({ name }) => name);
	console.log(`\n✓ ${passed.length} hold: ${passed.join(', ')}`);
	if (failed.length > 0) {
		console.log(`\nn8n said last:\n${stage.n8n.tail()}\n`);
		console.log(`${failed.length} do not hold: ${failed.map(({ name }) => name).join(', ')}\n`);
		process.exitCode = 1;
	}
	const sum = (countOf: (verdict: Verdict) => number) =>
		verdicts.reduce((total, verdict) => total + countOf(verdict), 0);
	const counts = COUNTED.map((name) => [name, sum(({ counts: own }) => own[name])] as const);
	const totals = {
		scenarios: verdicts.length,
		tasks: sum(({ tasks }) => tasks),
		...inOrder(Object.fromEntries(counts)),
	};
	console.log(JSON.stringify(totals));
}

/** As the last line is read by others. */
function inOrder({
	billedTwice,
	lost,
	wrongVideo,
	unfindable,
	eventsLost,
	hung,
}: Record<string, number>) {
	return { billedTwice, lost, wrongVideo, unfindable, eventsLost, hung };
}

wholeRun('The suite', main);
