/** The suite of what is paid for once, in a real server of a pinned n8n. */
import { join } from 'node:path';
import { startChild } from '../../demo/child';

/** What the suite counts, as its last line has it. */
export interface MoneyFigures {
	scenarios: number;
	tasks: number;
	billedTwice: number;
	lost: number;
	wrongVideo: number;
	unfindable: number;
	eventsLost: number;
	hung: number;
}

export interface MoneyOutcome {
	hasPassed: boolean;
	/** Missing when the suite did not come to its end. */
	figures?: MoneyFigures;
}

const ROOT = join(__dirname, '..', '..');

/** Runs the scenarios that exist there, and shows the suite's lines as they come. */
export async function runMoneySuite(name: string): Promise<MoneyOutcome> {
	const script = join(__dirname, '..', 'money', 'money.ts');
	const child = startChild(process.execPath, ['--import', 'tsx', script, name], {
		cwd: ROOT,
		onLine: (line) => console.log(`  ${line}`),
	});
	const { code } = await child.ended;
	const last = child.stdout().trimEnd().split('\n').at(-1) ?? '';
	const figures = last.startsWith('{') ? (JSON.parse(last) as MoneyFigures) : undefined;
	return { hasPassed: code === 0, figures };
}
