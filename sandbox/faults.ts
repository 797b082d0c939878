/** Faults: rules for what goes wrong on the way, and the choice of the rule for one occasion. */

export type FaultTarget =
	'create' | 'get' | 'precharge' | 'search' | 'skill' | 'download' | 'callback';

export const FAULT_TARGETS: FaultTarget[] = [
	'create',
	'get',
	'precharge',
	'search',
	'skill',
	'download',
	'callback',
];

/** The kinds that need no further word; README.md says what each does. */
export const NAMED_KINDS = [
	'reset',
	'hang',
	'html',
	'empty',
	'truncate',
	'no-id',
	'other-id',
	'other-task',
	'not-found',
	'slow',
	'wrong-type',
	'repeat',
	'early',
] as const;

export type FaultKind =
	| (typeof NAMED_KINDS)[number]
	/** An HTTP error; `retryAfter` in seconds, or `'date'` for an HTTP date soon ahead. */
	| { status: number; body?: unknown; retryAfter?: number | 'date' }
	/** A redirect, 302 unless told. */
	| { location: string; status?: number };

export interface Fault {
	on: FaultTarget;
	/** For create: before the task is recorded (default), or after it. No difference elsewhere. */
	point?: 'before' | 'after';
	kind: FaultKind;
	/** 0 to 1, drawn from the seeded generator; 1 unless told. */
	probability?: number;
	/** How often the rule strikes at most. */
	times?: number;
	/** How many matching occasions it lets pass first. */
	skip?: number;
	/** How late `slow` is, in ms; 1000 unless told. */
	delayMs?: number;
	taskId?: string;
	externalTaskId?: string;
	promptIncludes?: string;
}

/** One moment at which a fault may strike. */
export interface Occasion {
	on: FaultTarget;
	/** Left out where before and after are the same. */
	point?: 'before' | 'after';
	taskId?: string;
	externalTaskId?: string;
	prompt?: string;
}

interface Count {
	matched: number;
	struck: number;
}

/** Chooses faults and remembers how often each rule has matched and struck. */
export class FaultChooser {
	private counts = new WeakMap<Fault, Count>();
	private random: () => number;

	constructor(private readonly seed: number) {
		this.random = randomFrom(seed);
	}

	/** The first rule that strikes, or nothing. Every rule that matches is counted until then. */
	choose(rules: Fault[], occasion: Occasion): Fault | undefined {
		return rules.find((rule) => matches(rule, occasion) && this.strikes(rule));
	}

	reset(): void {
		this.counts = new WeakMap();
		this.random = randomFrom(this.seed);
	}

	private strikes(rule: Fault): boolean {
		const count = this.counts.get(rule) ?? { matched: 0, struck: 0 };
		this.counts.set(rule, count);
		count.matched += 1;
		if (count.matched <= (rule.skip ?? 0)) return false;
		if (count.struck >= (rule.times ?? Infinity)) return false;
		if (rule.probability !== undefined && this.random() >= rule.probability) return false;
		count.struck += 1;
		return true;
	}
}

function matches(rule: Fault, occasion: Occasion): boolean {
	return (
		rule.on === occasion.on &&
		(occasion.point === undefined || (rule.point ?? 'before') === occasion.point) &&
		(rule.taskId === undefined || rule.taskId === occasion.taskId) &&
		(rule.externalTaskId === undefined || rule.externalTaskId === occasion.externalTaskId) &&
		(rule.promptIncludes === undefined || !!occasion.prompt?.includes(rule.promptIncludes))
	);
}

/** The fault in words, for the ledger: `create-after reset`, `get 503`, `download redirect`. */
export function describeFault(fault: Fault): string {
	const on = fault.on === 'create' ? `create-${fault.point ?? 'before'}` : fault.on;
	const { kind } = fault;
	if (typeof kind === 'string') return `${on} ${kind}`;
	return `${on} ${'location' in kind ? 'redirect' : kind.status}`;
}

/** Mulberry32: small, and the same numbers for the same seed everywhere. */
export function randomFrom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
