import type { Answer, CallKind } from './lying-server';
import { judge } from './judge';
import type { WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

const MIB = 1024 * 1024;

/** More than a person reads, and less than any of the texts below, in characters. */
const MOST_SHOWN = 30_000;

const long = (mib: number) => 'Alas! '.repeat((mib * MIB) / 6);

type Row = { what: string; way: WayName; call: CallKind; answer: () => Answer };

const task = (rest: object) => (): Answer => ({ body: { id: 'task1d5u5obte8783', ...rest } });
const failed = (error: unknown) => task({ status: 'failed', error });

const rows: Row[] = [
	{
		what: 'a task error of 5 MiB',
		way: 'wait',
		call: 'get',
		answer: failed({ code: 'X', error_message: long(5) }),
	},
	{ what: 'a task error of 5 MiB, as a text', way: 'poll', call: 'get', answer: failed(long(5)) },
	{
		what: 'a task error of 5 MiB after a callback',
		way: 'callback',
		call: 'get',
		answer: failed(long(5)),
	},
	{ what: 'an error code of 5 MiB', way: 'wait', call: 'get', answer: failed({ code: long(5) }) },
	{ what: 'a failed task of 5 MiB, by Get', way: 'get', call: 'get', answer: failed(long(5)) },
	{ what: 'a status of 5 MiB', way: 'wait', call: 'get', answer: task({ status: long(5) }) },
	{ what: 'a status of 5 MiB, by Get', way: 'get', call: 'get', answer: task({ status: long(5) }) },
	{
		what: 'a refusal of 5 MiB',
		way: 'poll',
		call: 'create',
		answer: () => ({ status: 400, body: { error: { code: 'X', message: long(5) } } }),
	},
	{
		what: 'a refusal with a code of 5 MiB',
		way: 'poll',
		call: 'create',
		answer: () => ({ status: 400, body: { error: { code: long(5), message: 'X' } } }),
	},
	{
		what: 'a request ID of 5 MiB',
		way: 'get',
		call: 'get',
		answer: () => ({ status: 400, body: { error: 'X', request_id: long(5) } }),
	},
	{
		what: 'a reason of 5 MiB',
		way: 'estimate',
		call: 'estimate',
		answer: () => ({ body: { status: 'failed', data: { cost: null, reason: long(5) } } }),
	},
	{
		what: 'a refusal of 5 MiB',
		way: 'credential',
		call: 'get',
		answer: () => ({ status: 401, body: { error: { message: long(5) } } }),
	},
	{
		what: 'the title of a model of 5 MiB',
		way: 'search',
		call: 'search',
		answer: () => ({
			body: { hits: [{ id: 'kirin_v9', title: long(3), description: long(3), input: long(1) }] },
		}),
	},
	{
		what: 'a list of 100,000 models',
		way: 'search',
		call: 'search',
		answer: () => ({
			body: { hits: Array.from({ length: 100_000 }, (_, n) => ({ id: `kirin_v${n}` })) },
		}),
	},
	{
		what: 'a refusal of 5 MiB',
		way: 'trigger',
		call: 'get',
		answer: () => ({ status: 400, body: { error: { message: long(5) } } }),
	},
	{
		what: 'a model of 5 MiB',
		way: 'wait',
		call: 'get',
		answer: task({ status: 'failed', model: long(5), error: 'X' }),
	},
	{
		what: 'a video URL of 5 MiB',
		way: 'wait',
		call: 'get',
		answer: task({ status: 'completed', output: `http://127.0.0.2:9/${long(5)}` }),
	},
	{
		what: 'a list of 200,000 contents',
		way: 'wait',
		call: 'get',
		answer: task({
			status: 'completed',
			output: Array.from({ length: 200_000 }, () => ({ type: 'image', url: 'x' })),
		}),
	},
];

describe('What is too long to read', () => {
	it.each(rows)('is cut: $what ($way)', async ({ way, call, answer }) => {
		const { current } = wire;
		const lived = await current.live(way, { [call]: answer() });
		const items = lived.items.map(({ json }) => json);
		const shown = way === 'search' ? lived.kept : JSON.stringify([lived.error ?? '', items]);
		const logged = Math.max(0, ...lived.log.map((line) => line.length));

		expect(judge(current, way, lived)).toEqual([]);
		expect(shown.length).toBeLessThan(MOST_SHOWN);
		expect(logged).toBeLessThan(MOST_SHOWN);
	});
});

describe('An answer of the API of 50 MiB', () => {
	it.each<{ way: WayName; call: CallKind }>([
		{ way: 'poll', call: 'create' },
		{ way: 'submit', call: 'create' },
		{ way: 'wait', call: 'get' },
		{ way: 'get', call: 'get' },
		{ way: 'callback', call: 'get' },
		{ way: 'trigger', call: 'get' },
		{ way: 'estimate', call: 'estimate' },
		{ way: 'limited', call: 'estimate' },
		{ way: 'credential', call: 'get' },
		{ way: 'search', call: 'search' },
	])('is not read to its end ($call, $way)', async ({ way, call }) => {
		const { current } = wire;
		const { server } = current;
		let readWhole = 0;
		server.onAnswered = ({ kind }, _, whole) => {
			if (kind === call && whole) readWhole++;
		};
		const body = Buffer.alloc(50 * MIB, ' ');
		body.write('{"id":"task1d5u5obte8783","status":"in_progress","error":"');
		body.write('"}', body.length - 2);
		const lived = await current.live(way, {
			[call]: { headers: { 'content-type': 'application/json' }, body },
		});

		expect(judge(current, way, lived)).toEqual([]);
		expect(readWhole).toBe(0);
	});
});

describe('Headers without end', () => {
	it.each<{ way: WayName; call: CallKind }>([
		{ way: 'poll', call: 'create' },
		{ way: 'wait', call: 'get' },
		{ way: 'wait', call: 'download' },
		{ way: 'trigger', call: 'download' },
	])('do no harm ($call, $way)', async ({ way, call }) => {
		const { current } = wire;
		const lines = Array.from({ length: 5_000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}\r\n`);
		const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`);
		const lived = await current.live(way, { [call]: { bytes } });

		expect(judge(current, way, lived)).toEqual([]);
	});
});
