/** A table in Markdown, laid out as Prettier does it. */
export function markdownTable(head: string[], rows: string[][]): string {
	const all = [head, ...rows];
	const widths = head.map((_, column) =>
		Math.max(3, ...all.map((row) => Array.from(row[column] ?? '').length)),
	);
	const line = (row: string[]) =>
		`| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - Array.from(cell).length)).join(' | ')} |`;
	const rule = widths.map((width) => '-'.repeat(width));
	return [line(head), line(rule), ...rows.map(line)].join('\n');
}
