/**
 * The node with the oldest n8n that it is meant for and with the newest: the engine suite on the engine
 * of each, the durable suite and the one of what is paid for once in a server of each. The last line is "N passed, M failed".
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installN8n } from '../../demo/install-n8n';
import { pinnedN8n } from '../../demo/pinned-n8n';
import { step } from '../../demo/steps';
import { atEnd, wholeRun } from '../../demo/whole-run';
import { saveRecords, type CompatibilityRecord } from '../../docs/compatibility';
import { writePages } from '../../docs/pages';
import { runDurableSuite, type DurableOutcome } from './durable-suite';
import { runEngineSuite, type EngineOutcome } from './engine-suite';
import { runMoneySuite, type MoneyOutcome } from './money-suite';
import { type Versions, versionsOf } from './versions-of';

const USAGE = `npm run test:compat                 with the oldest and the newest n8n that are pinned
npm run test:compat -- oldest       with one of them (or newest)
npm run test:compat -- --write      and write docs/compatibility.json and the table of docs/compatibility.md
npm run test:compat -- --money      and run the suite of what is paid for once, a quarter of an hour each
npm run test:compat -- --help       show this`;

interface Outcome {
	versions: Versions;
	engine: EngineOutcome;
	durable: DurableOutcome;
	/** Only when asked for: it takes a quarter of an hour. */
	money?: MoneyOutcome;
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			write: { type: 'boolean' },
			money: { type: 'boolean' },
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const outcomes: Outcome[] = [];
	for (const name of positionals.length > 0 ? positionals : ['oldest', 'newest']) {
		outcomes.push(await runSuites(name, values.money === true));
	}
	for (const outcome of outcomes) console.log(`\n${asText(outcome)}`);
	if (values.write) {
		saveRecords(outcomes.map(recordOf));
		writePages();
		console.log('\nWritten: docs/compatibility.json, and the table of docs/compatibility.md');
	}
	const count = (countOf: (outcome: Outcome) => number) =>
		outcomes.reduce((sum, outcome) => sum + countOf(outcome), 0);
	const held = ({ durable, money }: Outcome, hasPassed: boolean) =>
		[durable, money].filter((suite) => suite?.hasPassed === hasPassed).length;
	const failed = count((outcome) => outcome.engine.failed + held(outcome, false));
	const passed = count((outcome) => outcome.engine.passed + held(outcome, true));
	if (failed > 0) process.exitCode = 1;
	console.log(`\n${passed} passed, ${failed} failed`);
}

async function runSuites(name: string, withMoney: boolean): Promise<Outcome> {
	const pinned = pinnedN8n(name);
	const install = await step(`Install n8n ${pinned.version}`, (report) =>
		installN8n(report, pinned),
	);
	const versions = await versionsOf(install);
	const folder = await mkdtemp(join(tmpdir(), 'kirin-video-compat-'));
	atEnd(() => rm(folder, { recursive: true, force: true }));
	const engine = await step(`Engine suite on n8n-core ${versions.n8nCore}`, (report) =>
		runEngineSuite(install, folder, report),
	);
	for (const failure of engine.failures) console.log(`\n${failure}\n`);
	console.log(`… Durable suite in n8n ${versions.n8n}`);
	const durable = await runDurableSuite(name);
	if (!withMoney) return { versions, engine, durable };
	console.log(`… Suite of what is paid for once in n8n ${versions.n8n}`);
	return { versions, engine, durable, money: await runMoneySuite(name) };
}

function asText({ versions, engine, durable, money }: Outcome): string {
	const { passed, failed, skipped } = engine;
	return [
		`n8n ${versions.n8n} (n8n-core ${versions.n8nCore}) on Node ${versions.node}`,
		`  engine: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
		...skipped.map((name) => `    skipped: ${name}`),
		`  durable: ${durable.hasPassed ? 'passed' : 'failed'} ${JSON.stringify(durable.figures ?? {})}`,
		...(money
			? [`  money: ${money.hasPassed ? 'passed' : 'failed'} ${JSON.stringify(money.figures ?? {})}`]
			: []),
	].join('\n');
}

/** @throws when the durable suite did not come to its end: there is nothing to write down */
function recordOf({ versions, engine, durable }: Outcome): CompatibilityRecord {
	const { figures, hasPassed } = durable;
	if (!figures) throw new Error(`The durable suite with n8n ${versions.n8n} came to no figures.`);
	const { executions, items, billedTwice, lost } = figures;
	const { passed, failed, skipped } = engine;
	return {
		...versions,
		engine: { passed, failed, skipped: skipped.length },
		durable: { passed: hasPassed, executions, items, billedTwice, lost },
	};
}

wholeRun('The suite', main);
