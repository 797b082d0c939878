import type { Answer, Delivery, Lie } from './lying-server';
import { judge } from './judge';
import { spread } from './spread';
import { CALLS, type WayName } from './ways';
import { patienceMs, wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

const SLOW: Delivery = { drip: 1, dripMs: 1_000 };

/** How an answer can fail to end. Each makes a hostile answer out of the true one. */
const ENDLESS: Record<string, (truth: Answer) => Answer> = {
	'never begins': (truth) => ({ ...truth, delivery: { from: 'head', stallAt: 0 } }),
	'stalls in its status line': (truth) => ({ ...truth, delivery: { from: 'head', stallAt: 7 } }),
	'stalls in its headers': (truth) => ({ ...truth, delivery: { from: 'head', stallAt: 30 } }),
	'stalls before its body': (truth) => ({ ...truth, delivery: { stallAt: 0 } }),
	'stalls in its body': (truth) => ({ ...truth, delivery: { stallAt: 40 } }),
	'stalls in a body without a length': (truth) => ({
		...truth,
		length: 'none',
		delivery: { stallAt: 40 },
	}),
	'stalls in a chunked body': (truth) => ({
		...truth,
		length: 'chunked',
		delivery: { stallAt: 40 },
	}),
	'drips a header without end': (truth) => ({
		...truth,
		headers: { ...truth.headers, 'x-filler': 'a'.repeat(12_000) },
		delivery: { from: 'head', dripFrom: 40, ...SLOW },
	}),
	'drips its body without end': (truth) => ({
		...truth,
		length: 50_000_000,
		delivery: { dripFrom: 0, endless: 1, ...SLOW },
	}),
	'drips a body without a length, without end': (truth) => ({
		...truth,
		length: 'none',
		delivery: { dripFrom: 0, endless: 1, ...SLOW },
	}),
	'says Continue for ever': () => ({
		bytes: Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000)),
		delivery: { from: 'head', dripFrom: 0, drip: 25, dripMs: 1_000 },
	}),
	'redirects for ever': () => ({ status: 307, headers: { location: '?again' } }),
};

/** Each call with some of the ways not to end. */
const callsWith = (hows: string[], perCall: number) =>
	spread(CALLS, hows, perCall).map(({ row, column }) => ({ ...row, how: column }));

/** Stops at one MiB, so that what never ends is too large at some time. */
const SMALL = { output: { maximumFileSizeMiB: 1 } };

const withSmallFiles = (way: WayName) =>
	way === 'wait' || way === 'poll' || way === 'trigger' ? { parameters: SMALL } : {};

describe('An answer that does not end', () => {
	it.each(callsWith(Object.keys(ENDLESS), 5))(
		'does not hang $name: $call $how',
		async ({ way, call, how }) => {
			const lie: Lie = (_, truth) => ENDLESS[how]?.(truth);
			const { current } = wire;
			const lived = await current.live(
				way,
				{ [call]: lie },
				{ ...withSmallFiles(way), limitMs: patienceMs(way, { downloads: call === 'download' }) },
			);

			expect(judge(current, way, lived)).toEqual([]);
		},
	);
});

/** What a way ends with when only the first answer of a call does not end. */
function endOf(way: WayName, call: string): object | undefined {
	if (way === 'credential' || way === 'search') return undefined;
	if (way === 'trigger' && call === 'get') return undefined;
	if (way === 'estimate') return { cost: '0.35' };
	if (way === 'submit') return { taskId: expect.any(String) as string };
	return { status: 'completed' };
}

/** One of each kind is enough here. */
const ONCE = [
	'never begins',
	'stalls in its headers',
	'stalls in its body',
	'drips its body without end',
	'says Continue for ever',
];

describe('One answer that does not end, and then the truth', () => {
	it.each(callsWith(ONCE, 2))(
		'costs $name nothing but time: $call $how',
		async ({ way, call, how }) => {
			const lie: Lie = (_, truth, index) => (index === 0 ? ENDLESS[how]?.(truth) : undefined);
			const { current } = wire;
			const lived = await current.live(
				way,
				{ [call]: lie },
				{ limitMs: patienceMs(way, { downloads: call === 'download' }) },
			);

			const end = endOf(way, call);
			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.items.map(({ json }) => json)).toEqual(
				end ? [expect.objectContaining(end)] : [],
			);
		},
	);
});
