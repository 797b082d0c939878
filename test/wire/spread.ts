/**
 * Pairs of two lists. All of them would take minutes, so each row is paired with some of the columns, in
 * turn, and every column comes as often as any other; `npm run fuzz` draws pairs by chance.
 */
export function spread<Row, Column>(
	rows: readonly Row[],
	columns: readonly Column[],
	perRow: number,
): Array<{ row: Row; column: Column }> {
	const columnAt = (index: number) => columns[index % columns.length] as Column;
	return rows.flatMap((row, index) =>
		Array.from({ length: Math.min(perRow, columns.length) }, (_, nth) => ({
			row,
			column: columnAt(index * perRow + nth),
		})),
	);
}
