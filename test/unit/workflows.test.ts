import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { scripts } from '../../package.json';

const FOLDER = join(__dirname, '../../.github/workflows');

const workflows = readdirSync(FOLDER).map(
	(file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const,
);

function scriptsIn(workflow: string): string[] {
	return [...workflow.matchAll(/run: npm (?:run )?(test|(?<=run )[\w:]+)$/gm)].map(
		([, name = '']) => name,
	);
}

describe.each(workflows)('The workflow %s', (_, workflow) => {
	it('runs scripts that are there', () => {
		expect(scriptsIn(workflow).filter((name) => !(name in scripts))).toEqual([]);
	});
});

it('CI runs all checks that need nothing but Node, and the suites in n8n', () => {
	const [, ci = ''] = workflows.find(([file]) => file === 'ci.yml') ?? [];
	expect(scriptsIn(ci)).toEqual([
		'lint',
		'format:check',
		'typecheck',
		'check:structure',
		'test',
		'test:package',
		'test:wire',
		'test:e2e',
		'test:money',
	]);
});
