/** The engine suite (`test/engine`, `test/upgrade`) on the n8n-core of an installed n8n, and on its Node. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startChild } from '../../demo/child';
import type { N8nInstall } from '../../demo/install-n8n';
import type { Report } from '../../demo/steps';

export interface EngineOutcome {
	passed: number;
	failed: number;
	/** The tests that cannot hold there; their names say why. */
	skipped: string[];
	/** What failed, and how. */
	failures: string[];
}

/** What Jest writes with `--json`. */
interface Totals {
	numPassedTests: number;
	numFailedTests: number;
	testResults: Array<{
		name: string;
		/** Why the file as a whole could not be run. */
		message: string;
		assertionResults: Array<{ fullName: string; status: string; failureMessages: string[] }>;
	}>;
}

const ROOT = join(__dirname, '..', '..');

/**
 * @param folder an empty one for Jest's totals
 * @throws when Jest does not come to totals
 */
export async function runEngineSuite(
	{ nodeBin, modules, env }: N8nInstall,
	folder: string,
	report: Report,
): Promise<EngineOutcome> {
	const jest = join(dirname(require.resolve('jest/package.json')), 'bin', 'jest.js');
	const config = join(__dirname, 'jest.config.js');
	const file = join(folder, 'totals.json');
	let files = 0;
	const child = startChild(nodeBin, [jest, '--config', config, '--json', `--outputFile=${file}`], {
		cwd: ROOT,
		env: { ...env, ENGINE_MODULES: modules },
		onLine: (line) => {
			if (/^(PASS|FAIL) /.test(line)) report(`${++files} test files`);
		},
	});
	const { code } = await child.ended;
	const text = await readFile(file, 'utf8').catch(() => {
		throw new Error(`Jest came to no totals:\n${child.tail()}`);
	});
	const outcome = outcomeOf(JSON.parse(text) as Totals);
	// An exit code without a failed test: a file that could not be run, for one.
	return code !== 0 && outcome.failed === 0
		? { ...outcome, failed: 1, failures: [...outcome.failures, child.tail()] }
		: outcome;
}

function outcomeOf({ numPassedTests, numFailedTests, testResults }: Totals): EngineOutcome {
	const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
	const named = (status: string) => tests.filter((test) => test.status === status);
	const broken = testResults.filter(({ assertionResults }) => assertionResults.length === 0);
	return {
		passed: numPassedTests,
		failed: numFailedTests + broken.length,
		skipped: ['pending', 'todo', 'disabled'].flatMap(named).map(({ fullName }) => fullName),
		failures: [
			...named('failed').map(({ fullName, failureMessages }) =>
				[fullName, ...failureMessages].join('\n'),
			),
			...broken.map(({ name, message }) => `${name}\n${message}`),
		],
	};
}
