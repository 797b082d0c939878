/** What a case of the fuzzer is, how one is drawn, and how it becomes a script of the service. */
import fc from 'fast-check';
import { KEY_FORMS, type KeyForm } from './key-forms';
import type { Answer, CallKind, Delivery, Lie, LyingServer, Script } from './lying-server';
import { WAYS, type WayName } from './ways';

/** The body of one hostile answer. */
type Body =
	| { of: 'truth' }
	| { of: 'json'; value: unknown }
	/** The truth with some of its fields, by their paths, replaced. */
	| { of: 'patched'; patches: Array<{ path: string; value: unknown }> }
	/** The truth with bytes damaged; places are shares of its length. */
	| { of: 'damaged'; damage: Array<{ at: number; byte: number }> }
	| { of: 'bytes'; hex: string }
	| { of: 'text'; text: string }
	/** So many copies of a text: long ones. */
	| { of: 'long'; text: string; kib: number };

/** One hostile answer. */
export interface Twist {
	status?: number;
	headers: Array<[name: string, value: string]>;
	body: Body;
	length: 'true' | 'none' | 'chunked' | number;
	delivery: Delivery;
}

export interface FuzzCase {
	way: WayName;
	/** Whether errors become items. */
	continues: boolean;
	raw: boolean;
	/** For the first calls of a kind; null is the truth. */
	first: Partial<Record<CallKind, Array<Twist | null>>>;
	/** For all calls of these kinds after that. */
	then: Partial<Record<CallKind, Twist>>;
}

const keyText = fc
	.constantFrom(...(Object.keys(KEY_FORMS) as KeyForm[]))
	.map((form) => KEY_FORMS[form]);

/** Halves of characters among them. */
const anyCharacters = fc
	.array(fc.nat(0xffff), { maxLength: 40 })
	.map((codes) => String.fromCharCode(...codes));

const someText = fc.oneof(
	{ weight: 3, arbitrary: fc.string({ maxLength: 40 }) },
	{ weight: 2, arbitrary: keyText },
	{ weight: 1, arbitrary: anyCharacters },
	{ weight: 1, arbitrary: keyText.map((text) => `${'x'.repeat(290)}${text}`) },
);

const statusWord = fc.constantFrom(
	'in_progress',
	'completed',
	'failed',
	'succeed',
	'queued',
	'SUCCESS',
	'cancelled',
	'unheard-of',
	'',
);

const address = fc.oneof(
	fc.constantFrom(
		'/videos/relative.mp4',
		' http://127.0.0.2:9/v.mp4 ',
		'ftp://files.example/v.mp4',
		'not an address',
		'//127.0.0.2:9/v.mp4',
		'http://[',
	),
	keyText.map((text) => `http://127.0.0.2:9/v.mp4?k=${text}`),
);

const output = fc.oneof(
	address,
	address.map((url) => [{ content: [{ type: 'video', url }] }]),
	address.map((url) => ({ video_url: url })),
	fc.array(fc.record({ type: someText, url: address }), { maxLength: 3 }),
	fc.jsonValue({ maxDepth: 2 }),
);

const anyValue = fc.oneof(
	{ weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
	{ weight: 2, arbitrary: someText },
	{ weight: 1, arbitrary: statusWord },
	{ weight: 1, arbitrary: output },
	{ weight: 1, arbitrary: fc.double() },
);

const PATHS = [
	'id',
	'external_task_id',
	'status',
	'progress',
	'model',
	'created_at',
	'output',
	'outputs',
	'error',
	'error.code',
	'error.message',
	'error.error_message',
	'usage',
	'usage.cost',
	'usage.discount',
	'metadata',
	'data',
	'data.cost',
	'data.reason',
	'data.currency',
	'data.status',
	'data.task_status',
	'data.task_result',
	'message',
	'detail',
	'request_id',
];

const body: fc.Arbitrary<Body> = fc.oneof(
	{ weight: 4, arbitrary: fc.constant<Body>({ of: 'truth' }) },
	{
		weight: 5,
		arbitrary: fc.record({
			of: fc.constant('patched' as const),
			patches: fc.array(fc.record({ path: fc.constantFrom(...PATHS), value: anyValue }), {
				minLength: 1,
				maxLength: 4,
			}),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ of: fc.constant('json' as const), value: fc.jsonValue() }),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			of: fc.constant('damaged' as const),
			damage: fc.array(
				fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }),
				{ minLength: 1, maxLength: 4 },
			),
		}),
	},
	{
		weight: 1,
		arbitrary: fc
			.uint8Array({ maxLength: 80 })
			.map((bytes): Body => ({ of: 'bytes', hex: Buffer.from(bytes).toString('hex') })),
	},
	{ weight: 2, arbitrary: someText.map((text): Body => ({ of: 'text', text })) },
	{
		weight: 1,
		arbitrary: fc.record({
			of: fc.constant('long' as const),
			text: fc.oneof(keyText, fc.constant('{"id":'), fc.constant('['), fc.constant('\0')),
			kib: fc.constantFrom(64, 300, 2_000, 8_000),
		}),
	},
);

const header: fc.Arbitrary<[string, string]> = fc.oneof(
	fc.tuple(
		fc.constant('content-type'),
		fc.constantFrom('video/mp4', 'text/html', 'application/json', 'nonsense', '', 'image/png'),
	),
	fc.tuple(fc.constant('content-encoding'), fc.constantFrom('gzip', 'br', 'deflate', 'x-new')),
	fc.tuple(
		fc.constant('retry-after'),
		fc.constantFrom('0', '3', '-5', 'soon', '99999999', 'Thu, 01 Jan 1970 00:00:00 GMT'),
	),
	fc.tuple(
		fc.constant('location'),
		fc.oneof(
			fc.constantFrom('?again', '/elsewhere', 'http://127.0.0.2:9/', 'ftp://x/', ':', '//'),
			keyText.map((text) => `http://127.0.0.2:9/?k=${encodeURIComponent(text)}`),
		),
	),
	fc.tuple(
		fc.constant('content-disposition'),
		keyText.map((text) => `attachment; filename="${text}.mp4"`),
	),
	fc.tuple(fc.constantFrom('connection', 'transfer-encoding', 'trailer'), fc.constant('close')),
);

const offset = fc.oneof(fc.nat(60), fc.nat(3_000));

const delivery: fc.Arbitrary<Delivery> = fc.oneof(
	{ weight: 4, arbitrary: fc.constant<Delivery>({}) },
	{
		weight: 3,
		arbitrary: fc.record(
			{
				delayMs: fc.constantFrom(500, 5_000, 59_000, 70_000, 1_000_000),
				dripFrom: offset,
				drip: fc.constantFrom(1, 7, 100),
				dripMs: fc.constantFrom(1, 1_000, 20_000),
				stallAt: offset,
				cutAt: offset,
				cut: fc.constantFrom<'end' | 'reset'>('end', 'reset'),
				from: fc.constantFrom<'head' | 'body'>('head', 'body'),
				endless: fc.constantFrom(1, 1_000),
			},
			{ requiredKeys: [] },
		),
	},
);

const STATUSES = [
	200, 201, 202, 204, 206, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 408, 409, 410, 422,
	425, 429, 500, 502, 503, 504, 599, 999,
];

const twist: fc.Arbitrary<Twist> = fc.record({
	status: fc.option(fc.constantFrom(...STATUSES), { nil: undefined, freq: 2 }),
	headers: fc.array(header, { maxLength: 2 }),
	body,
	length: fc.oneof(
		{ weight: 4, arbitrary: fc.constant('true' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('none' as const, 'chunked' as const) },
		{ weight: 1, arbitrary: fc.constantFrom(0, 1, 100, 5_000, 10_000_000_000) },
	),
	delivery,
});

const NAMES = Object.keys(WAYS) as WayName[];

export const fuzzCase: fc.Arbitrary<FuzzCase> = fc
	.constantFrom(...NAMES)
	.chain((way): fc.Arbitrary<FuzzCase> => {
		const calls: readonly CallKind[] = WAYS[way].calls;
		const firsts = fc.array(fc.option(twist, { freq: 4 }), { maxLength: 3 });
		const each = <T>(arbitrary: fc.Arbitrary<T>) =>
			fc.record(Object.fromEntries(calls.map((call) => [call, arbitrary])), { requiredKeys: [] });
		return fc.record({
			way: fc.constant(way),
			continues: fc.boolean(),
			raw: fc.boolean(),
			first: each(firsts),
			// A lie for ever is the smaller part: most lives should go on to their end.
			then: fc.oneof(
				{ weight: 3, arbitrary: fc.constant({}) },
				{ weight: 2, arbitrary: each(twist) },
			),
		});
	});

/** Most bytes of an answer that go out one by one: a case is to end soon. */
const MOST_DRIPS = 400;

export function scriptOf(drawn: FuzzCase, server: LyingServer): Script {
	const lieFor =
		(call: CallKind): Lie =>
		(_, truth, index) => {
			const first = drawn.first[call]?.[index];
			const chosen = index < (drawn.first[call]?.length ?? 0) ? first : drawn.then[call];
			return chosen ? twisted(chosen, truth, server) : undefined;
		};
	return Object.fromEntries(WAYS[drawn.way].calls.map((call) => [call, lieFor(call)]));
}

function twisted(twist: Twist, truth: Answer, server: LyingServer): Answer {
	const { status = truth.status ?? 200, length, delivery } = twist;
	const headers = { ...truth.headers, ...Object.fromEntries(twist.headers) };
	const body = bodyOf(twist.body, truth, server);
	const { drip = 1, dripMs = 1_000 } = delivery;
	// A drip of a second goes on and on; one of a millisecond would only take turns of the loop.
	const steps = Math.ceil((typeof body === 'string' ? body.length : body.byteLength) / drip);
	const quick = dripMs < 1_000 && steps > MOST_DRIPS;
	return {
		status,
		headers: Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[\r\n\0]/g, '')]),
		),
		body,
		length,
		delivery: quick ? { ...delivery, dripFrom: undefined, endless: undefined } : delivery,
	};
}

function bodyOf(body: Body, truth: Answer, server: LyingServer): Buffer | string {
	const true_ = truth.body ?? '';
	const bytes = () =>
		Buffer.isBuffer(true_)
			? Buffer.from(true_)
			: Buffer.from(typeof true_ === 'string' ? true_ : JSON.stringify(true_));
	switch (body.of) {
		case 'truth':
			return bytes();
		case 'json':
			return JSON.stringify(body.value);
		case 'text':
			return body.text;
		case 'bytes':
			return Buffer.from(body.hex, 'hex');
		case 'long':
			return body.text.repeat(Math.ceil((body.kib * 1024) / body.text.length));
		case 'damaged': {
			const damaged = bytes();
			for (const { at, byte } of body.damage) {
				if (damaged.length > 0) damaged[Math.floor(at * (damaged.length - 1))] = byte;
			}
			return damaged;
		}
		case 'patched': {
			const [task] = server.tasks;
			const base =
				typeof true_ === 'object' && !Buffer.isBuffer(true_)
					? true_
					: task
						? server.taskJson(task)
						: {};
			const patched = JSON.parse(JSON.stringify(base)) as Record<string, unknown>;
			for (const { path, value } of body.patches) patch(patched, path.split('.'), value);
			return JSON.stringify(patched);
		}
	}
}

function patch(object: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown) {
	if (rest.length === 0) {
		object[name] = value;
		return;
	}
	const inner = object[name];
	const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
	const next = isObject ? (inner as Record<string, unknown>) : {};
	object[name] = next;
	patch(next, rest, value);
}
