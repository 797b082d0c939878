/** A table as text for a terminal. */
import { isNumeric, type Table } from './table';

export function asText({ title, head, rows, notes }: Table): string {
	const all = [head, ...rows];
	const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
	const lines = all
		.map((row) =>
			row
				.map((cell, column) => {
					const width = widths[column] ?? 0;
					return isNumeric(rows, column) ? cell.padStart(width) : cell.padEnd(width);
				})
				.join('  ')
				.trimEnd(),
		)
		.filter((line) => line.trim() !== '');
	return [title, ...lines, ...notes].map((line) => `  ${line}`).join('\n');
}
