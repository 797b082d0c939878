/** A table in Markdown. Not padded, for the README is part of the package, and padding is a tenth of it. */
export function markdownTable(head: string[], rows: string[][]): string {
	const line = (row: string[]) => `| ${row.join(' | ')} |`;
	const all = [head, head.map(() => '---'), ...rows];
	return ['<!-- prettier-ignore -->', ...all.map(line)].join('\n');
}
