/**
 * A picture as SVG. It brings its own card and follows the reader's light or dark mode, so that it
 * can be read on any page. Made by hand, because the libraries that draw whole charts write fixed
 * colours, need a DOM, and have none of the four charts that the benchmark draws; scales are of d3.
 */
import type { ContenderId } from '../contender';

/** Classes of the style below: what is written, drawn behind, or belongs to a contender. */
export type Paint = 'ink' | 'soft' | 'grid' | 'limit' | ContenderId;

const LIGHT: Record<'card' | 'edge' | Paint, string> = {
	card: '#ffffff',
	edge: '#d1d9e0',
	ink: '#1f2328',
	soft: '#59636e',
	grid: '#e3e8ed',
	limit: '#c2255c',
	kirin: '#0b8f6f',
	callback: '#1c7ed6',
	loop: '#d9730d',
	openai: '#64748b',
	minimax: '#7c4dce',
};

const DARK: typeof LIGHT = {
	card: '#151b23',
	edge: '#3d444d',
	ink: '#f0f6fc',
	soft: '#9198a1',
	grid: '#2a313c',
	limit: '#ff8fab',
	kirin: '#3ddbb0',
	callback: '#6cb6ff',
	loop: '#ffa94d',
	openai: '#9fb0c7',
	minimax: '#b794f6',
};

const FONT =
	"system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Helvetica, Arial, sans-serif";
export const WIDTH = 760;
export const MARGIN = 24;
/** Room for the title and the line below it. */
export const TOP = 84;
const CORNER = 10;

interface TextStyle {
	paint?: Paint;
	/** Font size in px. */
	size?: number;
	bold?: boolean;
	anchor?: 'start' | 'middle' | 'end';
}

interface ShapeStyle {
	opacity?: number;
	/** Outlined and not filled. */
	hollow?: boolean;
	hint?: string;
}

interface LineStyle {
	width?: number;
	dashed?: boolean;
}

export class Drawing {
	private readonly parts: string[] = [];

	constructor(
		private readonly title: string,
		private readonly subtitle: string,
		private readonly height: number,
	) {
		this.text(MARGIN, 38, title, { size: 18, bold: true });
		this.text(MARGIN, 60, subtitle, { paint: 'soft', size: 13 });
	}

	text(x: number, y: number, text: string, style: TextStyle = {}): void {
		const { paint = 'ink', size = 13, bold = false, anchor = 'start' } = style;
		const weight = bold ? ' font-weight="600"' : '';
		this.parts.push(
			`<text class="fill-${paint}" x="${px(x)}" y="${px(y)}" font-size="${size}" text-anchor="${anchor}"${weight}>${escape(text)}</text>`,
		);
	}

	bar(x: number, y: number, width: number, height: number, paint: Paint, style: ShapeStyle = {}) {
		const radius = Math.min(3, width / 2, height / 2);
		this.parts.push(
			`<rect class="${classOf(paint, style)}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="${px(radius)}"${opacityOf(style)}>${hintOf(style)}</rect>`,
		);
	}

	dot(x: number, y: number, radius: number, paint: Paint, style: ShapeStyle = {}): void {
		this.parts.push(
			`<circle class="${classOf(paint, style)}" cx="${px(x)}" cy="${px(y)}" r="${radius}"${opacityOf(style)}>${hintOf(style)}</circle>`,
		);
	}

	line(points: Array<[number, number]>, paint: Paint, style: LineStyle = {}): void {
		const { width = 1, dashed = false } = style;
		const path = points.map(([x, y]) => `${px(x)},${px(y)}`).join(' ');
		const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
		this.parts.push(
			`<polyline class="stroke-${paint}" points="${path}" stroke-width="${width}"${dashes}/>`,
		);
	}

	toString(): string {
		const { title, subtitle, height } = this;
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(`${title}. ${subtitle}`)}" font-family="${FONT}">
<style>
${rules(LIGHT)}
@media (prefers-color-scheme: dark) {
${rules(DARK)}
}
</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="${CORNER}"/>
${this.parts.join('\n')}
</svg>
`;
	}
}

function rules(colours: typeof LIGHT): string {
	const { card, edge, ...paints } = colours;
	const ofPaint = Object.entries(paints).map(
		([paint, colour]) =>
			`.fill-${paint} { fill: ${colour}; } .stroke-${paint} { fill: none; stroke: ${colour}; } .hollow-${paint} { fill: ${card}; stroke: ${colour}; stroke-width: 2; }`,
	);
	return [`.card { fill: ${card}; stroke: ${edge}; }`, ...ofPaint].join('\n');
}

function classOf(paint: Paint, { hollow }: ShapeStyle): string {
	return `${hollow ? 'hollow' : 'fill'}-${paint}`;
}

function opacityOf({ opacity }: ShapeStyle): string {
	return opacity === undefined ? '' : ` opacity="${opacity}"`;
}

function hintOf({ hint }: ShapeStyle): string {
	return hint === undefined ? '' : `<title>${escape(hint)}</title>`;
}

function px(value: number): string {
	return String(Number(value.toFixed(1)));
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
