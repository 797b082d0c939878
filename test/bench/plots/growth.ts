/** How the time of a batch grows with its size, for each contender; both axes logarithmic. */
import { scaleLog } from 'd3-scale';
import type { Figures } from '../figures';
import { BATCH_SIZES } from '../figures';
import { RENDER_SECONDS } from '../scenario';
import { Drawing, MARGIN, TOP, WIDTH, type Paint } from './drawing';

const HEIGHT = 420;
const BOTTOM = HEIGHT - 56;
const LEFT = MARGIN + 46;
/** Room for the names at the ends of the lines. */
const RIGHT = WIDTH - MARGIN - 210;
const SECONDS = [10, 30, 100, 300, 1000, 3000];
/** Names closer than this are moved apart. */
const NAME_STEP = 18;
/** Widths of the lines in px. */
const THINNEST = 2;
const THICKER = 1;
const DOT = 3;

export function growth(figures: Figures): Drawing {
	const [least = 1, , most = 50] = BATCH_SIZES;
	const drawing = new Drawing(
		'From one video to fifty',
		`Seconds for a batch of tasks that render for ${RENDER_SECONDS} s each; both axes are logarithmic`,
		HEIGHT,
	);
	const x = scaleLog([least, most], [LEFT, RIGHT]);
	const y = scaleLog([SECONDS[0] ?? 1, SECONDS.at(-1) ?? 1], [BOTTOM, TOP + 8]);
	for (const seconds of SECONDS) {
		drawing.line(
			[
				[LEFT, y(seconds)],
				[RIGHT, y(seconds)],
			],
			'grid',
		);
		const label = `${seconds} s`;
		drawing.text(LEFT - 10, y(seconds) + 4, label, { paint: 'soft', size: 12, anchor: 'end' });
	}
	for (const tasks of BATCH_SIZES) {
		const label = tasks === 1 ? '1 task' : `${tasks} tasks`;
		drawing.text(x(tasks), BOTTOM + 24, label, { paint: 'soft', size: 12, anchor: 'middle' });
	}

	const limit = y(figures.limit());
	drawing.line(
		[
			[LEFT, limit],
			[RIGHT, limit],
		],
		'limit',
		{ dashed: true, width: 1.5 },
	);
	const names: Array<{ at: number; text: string; paint: Paint }> = [
		{ at: limit, text: 'limit', paint: 'limit' },
	];
	// From the last to the first, each thinner than the one before: lines that coincide all show.
	[...figures.contenders].reverse().forEach((id, order, { length }) => {
		const width = THINNEST + (length - 1 - order) * THICKER;
		const points = BATCH_SIZES.map((tasks) => ({ tasks, ...figures.batchTime(id, tasks) })).filter(
			({ seconds }) => Number.isFinite(seconds),
		);
		points.slice(1).forEach((point, index) => {
			const from = points[index];
			if (!from) return;
			drawing.line(
				[
					[x(from.tasks), y(from.seconds)],
					[x(point.tasks), y(point.seconds)],
				],
				id,
				{ width, dashed: point.runs === 0 },
			);
		});
		for (const { tasks, seconds, runs } of points) {
			const hint = `${figures.title(id)}, ${tasks}: ${seconds.toFixed(1)} s`;
			drawing.dot(x(tasks), y(seconds), DOT + width / 2, id, { hollow: runs === 0, hint });
		}
		const last = points.at(-1);
		if (last) names.push({ at: y(last.seconds), text: figures.title(id), paint: id });
	});
	let lowest = Infinity;
	for (const { at, text, paint } of names.sort((a, b) => b.at - a.at)) {
		lowest = Math.min(at, lowest - NAME_STEP);
		drawing.text(RIGHT + 14, lowest + 4, text, { paint, size: 12 });
	}
	drawing.text(MARGIN, HEIGHT - 14, 'Hollow: not run, continued in a straight line.', {
		paint: 'soft',
		size: 12,
	});
	return drawing;
}
