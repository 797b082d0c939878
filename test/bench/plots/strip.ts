/** Time to notice: a dot for each task, and the mean of each contender. */
import { scaleLinear } from 'd3-scale';
import type { Figures } from '../figures';
import { mean } from '../statistics';
import { Drawing, MARGIN, TOP, WIDTH } from './drawing';

const ROW_STEP = 46;
const LABEL_WIDTH = 230;
const AXIS = 40;
const DOT = 4;
/** Tasks that were found equally late are drawn above and below one another, so far apart. */
const SUBROW_STEP = 7;
/** Further ones lie on top of these, and make them darker: they must not reach into the next row. */
const MOST_SUBROWS = 2;
const MEAN_HALF_HEIGHT = 16;

export function noticeStrip(figures: Figures): Drawing {
	const rows = figures.contenders
		.map((id) => ({ id, lags: figures.lags(id, 'spread') }))
		.filter(({ lags }) => lags.length > 0);
	const bottom = TOP + rows.length * ROW_STEP;
	const drawing = new Drawing(
		'How late a finished video is found',
		'Seconds from the end of a render to the start of its download, a dot for each task; the stroke is the mean',
		bottom + AXIS,
	);
	const left = MARGIN + LABEL_WIDTH;
	const most = Math.max(1, ...rows.flatMap(({ lags }) => lags));
	const x = scaleLinear([0, most], [left, WIDTH - MARGIN - 100]);
	for (const tick of x.ticks(6)) {
		drawing.line(
			[
				[x(tick), TOP - 8],
				[x(tick), bottom],
			],
			'grid',
		);
		drawing.text(x(tick), bottom + 20, `${tick} s`, {
			paint: 'soft',
			size: 12,
			anchor: 'middle',
		});
	}
	rows.forEach(({ id, lags }, index) => {
		const y = TOP + index * ROW_STEP + ROW_STEP / 2 - 6;
		drawing.text(left - 14, y + 4, figures.title(id), { anchor: 'end' });
		const placed: number[] = [];
		for (const lag of lags) {
			const beside = placed.filter((other) => Math.abs(other - x(lag)) < 2 * DOT).length;
			placed.push(x(lag));
			// 0, then one above, one below, two above …
			const away = Math.min(Math.ceil(beside / 2), MOST_SUBROWS);
			const row = away * (beside % 2 === 0 ? 1 : -1);
			drawing.dot(x(lag), y + row * SUBROW_STEP, DOT, id, { opacity: 0.55 });
		}
		const average = mean(lags);
		drawing.line(
			[
				[x(average), y - MEAN_HALF_HEIGHT],
				[x(average), y + MEAN_HALF_HEIGHT],
			],
			id,
			{ width: 3 },
		);
		drawing.text(WIDTH - MARGIN, y + 4, `${average.toFixed(1)} s`, { bold: true, anchor: 'end' });
	});
	return drawing;
}
