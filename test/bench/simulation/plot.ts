import type { Results } from './measure';

/** Polls against lag as an SVG, both axes logarithmic, for light and dark pages. */

interface Point {
	polls: number;
	lagMs: number;
}

const WIDTH = 860;
const HEIGHT = 560;
const AREA = { left: 78, right: 30, top: 92, bottom: 70 };
const POLLS = { least: 2, most: 500 };
const LAG_SECONDS = { least: 0.4, most: 200 };
const POLLS_TICKS = [2, 5, 10, 20, 50, 100, 200, 500];
const LAG_TICKS = [0.5, 1, 2, 5, 10, 20, 50, 100, 200];
/** Intervals that get a dot on the curve, in seconds. */
const NAMED_INTERVALS = [1, 2, 5, 10, 15, 60];

const STYLE = `
	:root { --page: #ffffff; --ink: #1f2430; --soft: #5d6678; --line: #e4e7ee; --ours: #6d3bd8; --fixed: #b4560b; --backoff: #0b7285; }
	@media (prefers-color-scheme: dark) {
		:root { --page: #14171f; --ink: #eceff6; --soft: #a3acbf; --line: #2a303d; --ours: #b79bff; --fixed: #ffa94d; --backoff: #4fd1e0; }
	}
	text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: var(--soft); }
	.page { fill: var(--page); } .grid { stroke: var(--line); } .title { font-size: 19px; font-weight: 650; fill: var(--ink); }
	.region { fill: var(--ours); opacity: 0.07; }
	.curve { fill: none; stroke-width: 2.5; stroke-linejoin: round; } .name { font-weight: 600; }
	.fixed { stroke: var(--fixed); }
	.fixed-ink { fill: var(--fixed); } .backoff-ink { fill: var(--backoff); } .ours-ink { fill: var(--ours); }
	.halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
`;

function share(value: number, { least, most }: { least: number; most: number }): number {
	return Math.log(value / least) / Math.log(most / least);
}

function x(polls: number): number {
	return round(AREA.left + share(polls, POLLS) * (WIDTH - AREA.left - AREA.right));
}

function y(lagMs: number): number {
	return round(
		HEIGHT - AREA.bottom - share(lagMs / 1_000, LAG_SECONDS) * (HEIGHT - AREA.top - AREA.bottom),
	);
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}

function isInside({ polls, lagMs }: Point): boolean {
	const seconds = lagMs / 1_000;
	return (
		polls >= POLLS.least &&
		polls <= POLLS.most &&
		seconds >= LAG_SECONDS.least &&
		seconds <= LAG_SECONDS.most
	);
}

function curve(points: readonly Point[], kind: string): string {
	const path = points.filter(isInside).map(({ polls, lagMs }) => `${x(polls)},${y(lagMs)}`);
	return `<polyline class="curve ${kind}" points="${path.join(' ')}"/>`;
}

/** Where no fixed interval gets. */
function regionUnder(points: readonly Point[]): string {
	const path = points.filter(isInside).map(({ polls, lagMs }) => `${x(polls)},${y(lagMs)}`);
	const first = points.find(isInside);
	const last = points.filter(isInside).at(-1);
	if (!first || !last) return '';
	const bottom = HEIGHT - AREA.bottom;
	const ends = [
		`${AREA.left},${y(last.lagMs)}`,
		`${AREA.left},${bottom}`,
		`${x(first.polls)},${bottom}`,
	];
	return `<polygon class="region" points="${[...path, ...ends].join(' ')}"/>`;
}

type Side = 'right' | 'left' | 'above' | 'upper right' | 'lower left';

const PLACES: Record<Side, { dx: number; dy: number; anchor: string }> = {
	right: { dx: 15, dy: 4, anchor: 'start' },
	left: { dx: -15, dy: 4, anchor: 'end' },
	above: { dx: 0, dy: -16, anchor: 'middle' },
	'upper right': { dx: 8, dy: -8, anchor: 'start' },
	'lower left': { dx: -8, dy: 17, anchor: 'end' },
};

function label(at: Point, words: string, kind: string, side: Side): string {
	const { dx, dy, anchor } = PLACES[side];
	return `<text class="${kind} halo" x="${round(x(at.polls) + dx)}" y="${round(y(at.lagMs) + dy)}" text-anchor="${anchor}">${words}</text>`;
}

function dot(at: Point, words: string, kind: string, side: Side): string {
	if (!isInside(at)) return '';
	const circle = `<circle class="${kind}" cx="${x(at.polls)}" cy="${y(at.lagMs)}" r="4"/>`;
	return circle + label(at, words, kind, side);
}

function ourDot(at: Point, words: string, side: Side): string {
	const circle = `<circle class="ours-ink halo" cx="${x(at.polls)}" cy="${y(at.lagMs)}" r="8"/>`;
	return circle + label(at, words, 'ours-ink name', side);
}

function axes(): string {
	const bottom = HEIGHT - AREA.bottom;
	const right = WIDTH - AREA.right;
	const down = POLLS_TICKS.map(
		(polls) =>
			`<line class="grid" x1="${x(polls)}" x2="${x(polls)}" y1="${AREA.top}" y2="${bottom}"/>` +
			`<text x="${x(polls)}" y="${bottom + 22}" text-anchor="middle">${polls}</text>`,
	);
	const across = LAG_TICKS.map(
		(seconds) =>
			`<line class="grid" x1="${AREA.left}" x2="${right}" y1="${y(seconds * 1_000)}" y2="${y(seconds * 1_000)}"/>` +
			`<text x="${AREA.left - 10}" y="${y(seconds * 1_000) + 4}" text-anchor="end">${seconds} s</text>`,
	);
	const middle = (AREA.left + right) / 2;
	return [
		...down,
		...across,
		`<text x="${middle}" y="${HEIGHT - 20}" text-anchor="middle">polls per task (mean, logarithmic)</text>`,
		`<text transform="translate(22 ${(AREA.top + bottom) / 2}) rotate(-90)" text-anchor="middle">how late the end is noticed (mean, logarithmic)</text>`,
	].join('\n');
}

export function plot({ shapes, overall, curve: fixed, others }: Results): string {
	const named = NAMED_INTERVALS.flatMap((seconds) => {
		const nearest = fixed.reduce((best, result) =>
			Math.abs(result.intervalMs - seconds * 1_000) < Math.abs(best.intervalMs - seconds * 1_000)
				? result
				: best,
		);
		return dot(
			nearest,
			`every ${seconds} s`,
			'fixed-ink',
			seconds < 60 ? 'upper right' : 'lower left',
		);
	});
	const backoff = others
		.slice(-1)
		.map((result) => dot(result, result.name, 'backoff-ink', 'upper right'));
	const { nothing, likeTasks, progress, both } = overall;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Polls per task against the lag of noticing its end: adaptive polling beside fixed intervals and exponential backoff">
<style>${STYLE}</style>
<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="10"/>
<text class="title" x="${AREA.left}" y="38">Fewer polls, sooner noticed</text>
<text x="${AREA.left}" y="62">Means over ${shapes.length} shapes of renders from 5 s to 30 min. No fixed interval gets into the shaded part.</text>
${axes()}
${regionUnder(fixed)}
${curve(fixed, 'fixed')}
${named.join('\n')}
${backoff.join('\n')}
<text class="ours-ink name" x="${AREA.left + 16}" y="${HEIGHT - AREA.bottom - 18}">● adaptive, by what it has to go by</text>
${ourDot(nothing, 'nothing', 'left')}
${ourDot(likeTasks, 'three like tasks', 'left')}
${ourDot(progress, 'progress', 'above')}
${ourDot(both, 'both', 'left')}
</svg>
`;
}
