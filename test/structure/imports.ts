/** Imports that break a rule of .dependency-cruiser.cjs. */
import { join } from 'node:path';
import { run } from '../../demo/child';

export interface BrokenImport {
	rule: string;
	/** As `from → to`. */
	text: string;
}

interface Violation {
	from: string;
	to: string;
	rule: { name: string };
	cycle?: Array<{ name: string }>;
}

const FOLDERS = ['nodes', 'credentials', 'sandbox', 'demo', 'docs', 'release', 'test'];

export async function brokenImports(root: string): Promise<BrokenImport[]> {
	const output = await run(
		process.execPath,
		[
			join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
			'--config=.dependency-cruiser.cjs',
			'--output-type=json',
			...FOLDERS,
		],
		// The exit code is the number of broken rules; with this reporter it is 0.
		{ cwd: root, what: 'dependency-cruiser' },
	);
	const { summary } = JSON.parse(output) as { summary: { violations: Violation[] } };
	const broken = summary.violations.map(({ from, to, rule, cycle }) => ({
		rule: rule.name,
		text: cycle ? cycleText(cycle.map(({ name }) => name)) : `${from} → ${to}`,
	}));
	// A cycle is reported once for each file in it.
	return [...new Map(broken.map((one) => [`${one.rule} ${one.text}`, one])).values()];
}

/** @param files of the cycle, in their order, from whichever it was found at */
function cycleText(files: string[]): string {
	const first = files.indexOf([...files].sort()[0] ?? '');
	const turned = [...files.slice(first), ...files.slice(0, first)];
	return [...turned, turned[0]].join(' → ');
}
