import net from 'node:net';
import { NO_TLS, startTlsFront } from '../chaos/tls-front';
import { judge } from './judge';
import type { CallKind } from './lying-server';
import type { WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

/** The certificates here are nobody's. */
const parameters = { requestOptions: { allowUnauthorizedCerts: true } };

const KINDS = Object.keys(NO_TLS) as Array<keyof typeof NO_TLS>;

const PATHS: Partial<Record<CallKind, RegExp>> = {
	create: /\/generation$/,
	get: /\/task\//,
	estimate: /\/precharge$/,
};

const CALLS: Array<{ way: WayName; call: CallKind; end: object }> = [
	{ way: 'poll', call: 'create', end: { status: 'completed' } },
	{ way: 'poll', call: 'get', end: { status: 'completed' } },
	{ way: 'callback', call: 'create', end: { status: 'completed' } },
	{ way: 'callback', call: 'get', end: { status: 'completed' } },
	{ way: 'submit', call: 'create', end: { status: 'in_progress' } },
	{ way: 'limited', call: 'estimate', end: { status: 'completed' } },
	{ way: 'wait', call: 'get', end: { status: 'completed' } },
	{ way: 'get', call: 'get', end: { status: 'completed' } },
	{ way: 'estimate', call: 'estimate', end: { cost: '0.35' } },
];

describe('A TLS front that forwards a request and breaks', () => {
	it.each(CALLS.flatMap((row) => KINDS.map((kind) => ({ ...row, kind }))))(
		'with $kind in place of the answer to $call costs nothing but time ($way)',
		async ({ way, call, end, kind }) => {
			const { current } = wire;
			let isBroken = false;
			const front = await startTlsFront(current.server.apiUrl, (path) => {
				if (isBroken || !PATHS[call]?.test(path)) return undefined;
				isBroken = true;
				return NO_TLS[kind];
			});
			const lived = await current.live(way, {}, { parameters, baseUrl: front.url });
			front.close();

			expect(judge(current, way, lived)).toEqual([]);
			expect(front.broken()).toBe(1);
			expect(current.server.tasks.length).toBeLessThanOrEqual(1);
			expect(lived.items.map(({ json }) => json)).toEqual([expect.objectContaining(end)]);
		},
	);
});

/** What comes in place of the handshake; nothing at all where it stalls. */
const HANDSHAKES: Record<string, Buffer | undefined> = {
	'is refused by an alert': Buffer.from([0x15, 3, 1, 0, 2, 2, 40]),
	'is no TLS': NO_TLS['no TLS'],
	'is broken off': NO_TLS.nothing,
	stalls: undefined,
};

async function startWithoutTls(instead: Buffer | undefined) {
	const sockets = new Set<net.Socket>();
	const server = net.createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => undefined);
		socket.once('data', () => instead && socket.end(instead));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
		close() {
			server.close();
			sockets.forEach((socket) => socket.destroy());
		},
	};
}

describe('A TLS handshake that', () => {
	const ways: WayName[] = ['poll', 'callback', 'submit', 'limited', 'wait', 'get', 'estimate'];
	const all: WayName[] = [...ways, 'trigger', 'credential'];
	it.each(Object.keys(HANDSHAKES).flatMap((how) => all.map((way) => ({ how, way }))))(
		'$how ends with an error that says so ($way)',
		async ({ how, way }) => {
			const { current } = wire;
			const server = await startWithoutTls(HANDSHAKES[how]);
			const lived = await current.live(way, {}, { parameters, baseUrl: server.url });
			server.close();

			expect(judge(current, way, lived)).toEqual([]);
			expect(current.server.requests).toEqual([]);
			const told = [lived.error, lived.reply, ...lived.log].join('\n');
			expect(told).toMatch(/the TLS connection failed|the connection broke|no answer came in time/);
		},
	);
});
