/**
 * Pairs of two lists. All of them would take minutes, so each row is paired with some of the columns, in
 * turn, and every column comes as often as any other; `npm run fuzz` draws pairs by chance.
 *
 * @throws Error where always the same columns would meet the same rows
 */
export function spread<Row, Column>(
	rows: readonly Row[],
	columns: readonly Column[],
	perRow: number,
): Array<{ row: Row; column: Column }> {
	if (greatestCommonDivisor(perRow, columns.length) !== 1) {
		throw new Error(`${perRow} of ${columns.length} columns would always be the same ones`);
	}
	return rows.flatMap((row, index) =>
		Array.from({ length: perRow }, (_, nth) => ({
			row,
			column: columns[(index * perRow + nth) % columns.length] as Column,
		})),
	);
}

function greatestCommonDivisor(a: number, b: number): number {
	return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
