/** What befalls the service as a whole, whichever item's request it meets. */
import type { Fault, SandboxSettings } from '../../sandbox';
import type { Draw } from './draw';

const KINDS: Array<Fault['kind']> = [
	'reset',
	'html',
	'empty',
	'truncate',
	{ status: 429, retryAfter: 1 },
	{ status: 429, retryAfter: 'date' },
	{ status: 500 },
	{ status: 502 },
	{ status: 503 },
];

/** Rules that strike any request by chance, so that look-ups for a task that is not there meet them too. */
export function drawBackground(
	draw: Draw,
	timeoutMs: number | undefined,
): Pick<SandboxSettings, 'faults'> {
	if (draw.chance(0.5)) return { faults: [] };
	const kinds = timeoutMs === undefined ? KINDS : [...KINDS, 'hang' as const];
	const rules = Array.from({ length: draw.whole(1, 4) }, (): Fault => {
		const on = draw.pick(['create', 'get', 'get', 'download'] as const);
		const point = draw.pick(['before', 'after'] as const);
		const kind = draw.pick(on === 'download' ? KINDS : kinds);
		// A 429 on create comes before the task is recorded (reference, "HTTP errors").
		const isLie = isBusy(kind) && point === 'after';
		const probability = draw.whole(1, 30) / 100;
		return { on, kind: isLie ? 'reset' : kind, probability, ...(on === 'create' && { point }) };
	});
	const callbacks = (['repeat', 'slow', 'early'] as const).map((kind): Fault => {
		return { on: 'callback', kind, probability: 0.3, delayMs: 20 };
	});
	return { faults: [...rules, ...callbacks] };
}

function isBusy(kind: Fault['kind']): boolean {
	return typeof kind === 'object' && 'status' in kind && kind.status === 429;
}

/** A time in which every request meets the same fault; in ms of the node's clock from the start. */
export interface Outage {
	fromMs: number;
	untilMs: number;
	kind: Fault['kind'];
	/** Whether a create is recorded and only its answer lost. */
	point: 'before' | 'after';
}

export function drawOutage(draw: Draw, mayHang: boolean): Outage {
	const fromMs = draw.whole(0, 40_000);
	const kinds: Array<Fault['kind']> = ['reset', 'html', { status: 502 }, { status: 503 }];
	return {
		fromMs,
		untilMs: fromMs + draw.whole(1_000, 120_000),
		kind: draw.pick(mayHang ? [...kinds, 'hang'] : kinds),
		point: draw.pick(['before', 'after']),
	};
}

export function outageFaults({ kind, point }: Outage): Fault[] {
	return [
		{ on: 'create', point, kind },
		{ on: 'get', kind },
		// Nothing but Stop ends a download that hangs within a run's deadline.
		{ on: 'download', kind: kind === 'hang' ? 'reset' : kind },
	];
}
