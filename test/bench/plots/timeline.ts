/** Where the time of a batch goes: a lane for each task, below one another for each contender. */
import { scaleLinear } from 'd3-scale';
import type { Figures } from '../figures';
import { Drawing, MARGIN, TOP, WIDTH } from './drawing';

const LANE_STEP = 9;
const LANE_HEIGHT = 7;
const HEADING = 26;
const GAP = 18;
const AXIS = 28;
/** How much fainter a video is drawn that is finished and not yet found. */
const UNNOTICED_OPACITY = 0.35;

export function timeline(figures: Figures, scenario: string, tasks: number): Drawing {
	const blocks = figures.contenders.flatMap((id) => {
		const [run] = figures.runs(id, scenario);
		return run ? [{ id, run }] : [];
	});
	const blockHeight = HEADING + tasks * LANE_STEP + GAP;
	const bottom = TOP + blocks.length * blockHeight;
	const drawing = new Drawing(
		`The life of a batch of ${tasks}`,
		'Seconds since the items were there. Full: rendering. Faint: finished, and not yet found.',
		bottom + AXIS,
	);
	const most = Math.max(...blocks.map(({ run }) => run.seconds));
	const x = scaleLinear([0, most], [MARGIN, WIDTH - MARGIN - 20]);
	for (const tick of x.ticks(8)) {
		drawing.line(
			[
				[x(tick), TOP - 4],
				[x(tick), bottom - GAP + 8],
			],
			'grid',
		);
		drawing.text(x(tick), bottom + 8, `${tick} s`, { paint: 'soft', size: 12, anchor: 'middle' });
	}
	blocks.forEach(({ id, run }, index) => {
		const top = TOP + index * blockHeight;
		const heading = `${figures.title(id)}: ${run.seconds.toFixed(1)} s`;
		drawing.text(MARGIN, top + 14, heading, { bold: true, paint: id });
		run.lanes.forEach(({ created, doneAt, inHand }, lane) => {
			const y = top + HEADING + lane * LANE_STEP;
			drawing.bar(x(created), y, x(doneAt) - x(created), LANE_HEIGHT, id);
			drawing.bar(x(doneAt), y, x(inHand) - x(doneAt), LANE_HEIGHT, id, {
				opacity: UNNOTICED_OPACITY,
			});
		});
	});
	return drawing;
}
