/** What befalls the service as a whole, whichever item's request it meets. */
import type { Duplicate, Fault, SandboxSettings } from '../../sandbox';
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

/** The last one is not sent at all. */
const CALLBACK_KINDS = [
	'repeat',
	'slow',
	'early',
	'no-id',
	'other-id',
	'other-task',
	'empty',
	'html',
	'truncate',
	'reset',
] as const;

/** Refusals of an ID that is in use, in words that nobody can know beforehand. */
const DUPLICATES: Duplicate[] = [
	{ status: 409, code: 'E17', message: 'Der Bezeichner {id} ist vergeben' },
	{ status: 422, code: '10431', message: '编号已被占用' },
	{ status: 400, code: 'BAD_REQUEST', message: 'Такой номер уже есть' },
	{ status: 403, code: 'REFUSED', message: 'refusé' },
	{ status: 409, body: {} },
];

/** How the service behaves by itself, with no fault in it. */
export function drawHabits(draw: Draw, hasOwnIds: boolean): Partial<SandboxSettings> {
	// Under an own ID the task that exists may have failed long ago, and says so as if it were new.
	const duplicates = hasOwnIds ? DUPLICATES : [...DUPLICATES, { existing: true }];
	return {
		progress: draw.pick(['linear', 'eased', 'none']),
		...(draw.chance(0.3) && { duplicate: draw.pick(duplicates) }),
		...(draw.chance(0.15) && { lagMs: draw.whole(500, 15_000) }),
		...(draw.chance(0.1) && {
			late: { ms: draw.whole(500, 8_000), status: draw.pick([404, 202] as const) },
		}),
		...(draw.chance(0.05) && {
			expires: { ms: draw.whole(1_000, 60_000), status: draw.pick([403, 404, 410] as const) },
		}),
		...(draw.chance(0.3) && {
			variant: {
				envelope: draw.chance(0.5),
				idField: draw.pick(['id', 'task_id', 'request_id']),
				errorBody: draw.pick(['error-object', 'error-string', 'status', 'message', 'detail']),
				...(draw.chance(0.5) && {
					emptyError: draw.pick(['object', 'fields', 'text', 'null'] as const),
				}),
			},
		}),
	};
}

/** Rules that strike any request by chance, so that look-ups for a task that is not there meet them too. */
export function drawBackground(
	draw: Draw,
	timeoutMs: number | undefined,
): Pick<SandboxSettings, 'faults'> {
	if (draw.chance(0.5)) return { faults: [] };
	const kinds = timeoutMs === undefined ? KINDS : [...KINDS, 'hang' as const];
	const rules = Array.from({ length: draw.whole(1, 4) }, (): Fault => {
		const on = draw.pick(['create', 'get', 'get', 'download', 'precharge'] as const);
		const point = draw.pick(['before', 'after'] as const);
		const kind = draw.pick(on === 'download' ? KINDS : kinds);
		// A 429 on create comes before the task is recorded (reference, "HTTP errors").
		const isLie = isBusy(kind) && point === 'after';
		const probability = draw.whole(1, 30) / 100;
		return { on, kind: isLie ? 'reset' : kind, probability, ...(on === 'create' && { point }) };
	});
	const callbacks = CALLBACK_KINDS.map((kind): Fault => {
		return { on: 'callback', kind, probability: 0.1, delayMs: 20 };
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
