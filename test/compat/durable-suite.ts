/** The durable suite in a real server of a pinned n8n. */
import { join } from 'node:path';
import { startChild } from '../../demo/child';

/** What the suite counts, as its last line has it. */
export interface DurableFigures {
	executions: number;
	items: number;
	tasks: number;
	billedTwice: number;
	lost: number;
	pollsWhileWaiting: number;
	/** Checks that did not hold. */
	wrong: number;
}

export interface DurableOutcome {
	hasPassed: boolean;
	/** Missing when the suite did not come to its end. */
	figures?: DurableFigures;
}

const ROOT = join(__dirname, '..', '..');

/** Runs the suite, and shows its lines as they come. */
export async function runDurableSuite(name: string): Promise<DurableOutcome> {
	const script = join(__dirname, '..', 'durable', 'durable.ts');
	const child = startChild(process.execPath, ['--import', 'tsx', script, name], {
		cwd: ROOT,
		onLine: (line) => console.log(`  ${line}`),
	});
	const { code } = await child.ended;
	return { hasPassed: code === 0, figures: figuresIn(child.stdout()) };
}

function figuresIn(output: string): DurableFigures | undefined {
	const last = output.trimEnd().split('\n').at(-1) ?? '';
	return last.startsWith('{') ? (JSON.parse(last) as DurableFigures) : undefined;
}
