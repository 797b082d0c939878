/** Lying bars with a name on the left and a value at the end. */
import { scaleLinear } from 'd3-scale';
import { Drawing, MARGIN, TOP, WIDTH, type Paint } from './drawing';

export interface Bar {
	label: string;
	value: number;
	/** How the value is written. */
	text: string;
	paint: Paint;
	/** Drawn as an outline: not measured. */
	hollow?: boolean;
}

const BAR_HEIGHT = 26;
const BAR_STEP = 40;
const LABEL_WIDTH = 230;
const VALUE_WIDTH = 130;

/** @param mark a value to compare with, drawn across all bars */
export function bars(
	title: string,
	subtitle: string,
	rows: Bar[],
	mark?: { value: number; text: string },
): Drawing {
	const bottom = TOP + rows.length * BAR_STEP;
	const drawing = new Drawing(title, subtitle, bottom + (mark ? 38 : 16));
	const left = MARGIN + LABEL_WIDTH;
	const most = Math.max(...rows.map(({ value }) => value), mark?.value ?? 0);
	const x = scaleLinear([0, most], [left, WIDTH - MARGIN - VALUE_WIDTH]);
	rows.forEach(({ label, value, text, paint, hollow = false }, index) => {
		const y = TOP + index * BAR_STEP;
		const middle = y + BAR_HEIGHT / 2 + 5;
		drawing.text(left - 14, middle, label, { anchor: 'end' });
		drawing.bar(left, y, Math.max(2, x(value) - left), BAR_HEIGHT, paint, { hollow });
		drawing.text(x(value) + 10, middle, text, { bold: true });
	});
	if (mark) {
		const at = x(mark.value);
		drawing.line(
			[
				[at, TOP - 6],
				[at, bottom],
			],
			'limit',
			{ dashed: true, width: 1.5 },
		);
		drawing.text(at, bottom + 16, mark.text, { paint: 'limit', size: 12 });
	}
	return drawing;
}
