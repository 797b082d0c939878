/** A table of the benchmark, as data: printed as text, and written into docs/performance.md. */

export interface Table {
	title: string;
	head: string[];
	rows: string[][];
	/** What has to be known to read it. */
	notes: string[];
}

export const MISSING = '–';

export function number(value: number | undefined, digits = 1): string {
	if (value === undefined || !Number.isFinite(value)) return MISSING;
	return value.toFixed(digits);
}

/** Numbers are easier to compare when they end below one another. */
export function isNumeric(rows: string[][], column: number): boolean {
	return column > 0 && rows.every((row) => /^(\d|-|≈|–)/.test(row[column] ?? ''));
}
