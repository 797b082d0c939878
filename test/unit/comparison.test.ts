import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

type Table = string[][];

function tablesIn(file: string): Table[] {
	const text = readFileSync(join(ROOT, file), 'utf8');
	return [...text.matchAll(/(?:^\|.*\n)+/gm)].map(([table]) =>
		table
			.trim()
			.split('\n')
			.map((line) =>
				line
					.split('|')
					.slice(1, -1)
					.map((cell) => cell.trim()),
			),
	);
}

/** One cell of the first of a file's tables that has these. */
function cell(tables: Table[], row: string, column: string): string | undefined {
	for (const [head = [], ...rows] of tables) {
		const found = rows.find(([name]) => name === row)?.[head.indexOf(column)];
		if (found !== undefined) return found;
	}
	return undefined;
}

const readme = tablesIn('README.md');
const measured = tablesIn('docs/performance.md');

const contenders = [
	['Kirin Video', 'Kirin Video: Generate'],
	['HTTP Request + Wait + IF', 'HTTP Request + Wait (5 s) + IF'],
	['OpenAI node', "n8n's OpenAI node"],
	['MiniMax node', "n8n's MiniMax node"],
] as const;

describe.each([
	['10 videos that render for 20 s', '10 tasks', 's'],
	['A finished video is found after (mean)', 'mean (s)', 's'],
	['Memory for a video of 400 MiB', 'memory at most (MiB)', 'MiB'],
])('The comparison in the README, "%s"', (row, column, unit) => {
	it.each(contenders)('has the figure that was measured for %s', (name, contender) => {
		const figure = cell(measured, contender, column);
		expect(figure).toMatch(/^[\d.]+$/);
		expect(cell(readme, row, name)).toBe(`${figure} ${unit}`);
	});

	it('has none for the Gemini node', () => {
		expect(cell(readme, row, 'Gemini node')).toMatch(/^not measured/);
	});
});
