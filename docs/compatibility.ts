/** What `npm run test:compat -- --write` has found out, and the page's table of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST, OLDEST, type PinnedN8n } from '../demo/pinned-n8n';
import { markdownTable } from './markdown-table';

/** One version of n8n, and what came of the suites with it. */
export interface CompatibilityRecord {
	n8n: string;
	n8nCore: string;
	node: string;
	engine: { passed: number; failed: number; skipped: number };
	durable: {
		passed: boolean;
		executions: number;
		items: number;
		billedTwice: number;
		lost: number;
	};
}

/** What `npm run test:engine-2` has found out: the outcome of each way of waiting, in words. */
export interface Engine2Record {
	n8n: string;
	node: string;
	ways: Array<{ way: string; outcome: string }>;
}

const FILE = join(__dirname, 'compatibility.json');
const ENGINE_2_FILE = join(__dirname, 'engine-2.json');

/** The record of each pinned n8n, the newest first. */
export function readRecords(): CompatibilityRecord[] {
	return JSON.parse(readFileSync(FILE, 'utf8')) as CompatibilityRecord[];
}

/** Puts records in the place of those of the same version, and drops those of versions not pinned now. */
export function saveRecords(fresh: CompatibilityRecord[]): void {
	const all = [...fresh, ...readRecords()];
	const recordOf = ({ version }: PinnedN8n) => all.find(({ n8n }) => n8n === version) ?? [];
	const kept = [NEWEST, OLDEST].flatMap(recordOf);
	writeFileSync(FILE, `${JSON.stringify(kept, null, '\t')}\n`);
}

export function readEngine2(): Engine2Record {
	return JSON.parse(readFileSync(ENGINE_2_FILE, 'utf8')) as Engine2Record;
}

export function saveEngine2(record: Engine2Record): void {
	writeFileSync(ENGINE_2_FILE, `${JSON.stringify(record, null, '\t')}\n`);
}

/** Every version that something was run with, what it was, and what came of it. */
export function compatibilityTable(records = readRecords(), engine2 = readEngine2()): string {
	return markdownTable(
		['n8n', 'Node', 'command', 'what it runs', 'outcome'],
		[
			...records.flatMap(rowsOf),
			...engine2.ways.map(({ way, outcome }) => [
				engine2.n8n,
				engine2.node,
				'`npm run test:engine-2`',
				`Engine 2.0 with PostgreSQL: ${way}`,
				outcome,
			]),
			[
				NEWEST.version,
				String(NEWEST.nodeMajors[0]),
				'`npm run demo`',
				'a real n8n with the packed node, installed under its real name',
				'part of every check (`.ci/run`)',
			],
			[
				NEWEST.version,
				String(NEWEST.nodeMajors[0]),
				'`npm run test:e2e`',
				"the editor in a browser; n8n's own Google Sheets, Google Drive, Slack, loop, merge, sub-workflow and error nodes around ours; AI Agent 3 and 2.2 with our node as a tool",
				'part of every check (`.ci/run`)',
			],
			[
				NEWEST.version,
				String(NEWEST.nodeMajors[0]),
				'`npm run test:queue`',
				'queue mode with PostgreSQL, Redis, two workers and a process for webhooks',
				'part of every check (`.ci/run`)',
			],
			[
				NEWEST.version,
				'20, 22, 24',
				'`npm test`',
				"n8n's engine and everything beside it, without a server",
				'part of every check (GitHub Actions)',
			],
		],
	);
}

function rowsOf({ n8n, n8nCore, node, engine, durable }: CompatibilityRecord): string[][] {
	const run = [n8n, node, '`npm run test:compat`'];
	const counts = [
		`${engine.passed} passed`,
		engine.failed > 0 && `${engine.failed} failed`,
		engine.skipped > 0 && `${engine.skipped} skipped: this n8n lacks what they are about`,
	];
	const { passed, executions, items, billedTwice, lost } = durable;
	return [
		[
			...run,
			`engine suite: every operation in n8n's engine (n8n-core ${n8nCore}), against the sandbox`,
			counts.filter(Boolean).join(', '),
		],
		[
			...run,
			'durable suite: waits, callbacks and the trigger in a real n8n over a kill and a restart, SQLite',
			`${passed ? 'passed' : 'failed'}: ${executions} executions, ${items} items, ${billedTwice} billed twice, ${lost} lost`,
		],
	];
}
