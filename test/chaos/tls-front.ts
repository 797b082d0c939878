/**
 * A TLS front of the service that breaks after it has passed a request on, as a proxy does that is
 * restarted: the task is there, and what comes back is no TLS.
 */
import { request as httpRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { generate } from 'selfsigned';

/** What comes in the place of an answer. */
export const NO_TLS = {
	'no TLS': Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
	'a record that cannot be read': Buffer.from([0x17, 3, 3, 0, 5, 1, 2, 3, 4, 5]),
	'an alert': Buffer.from([0x15, 3, 3, 0, 2, 2, 80]),
	nothing: Buffer.alloc(0),
};

export interface TlsFront {
	url: string;
	/** Answers that were lost. */
	broken: () => number;
	close: () => void;
}

let certificate: ReturnType<typeof generate> | undefined;

/** @param instead what comes in the place of the answer to a request; undefined lets it through */
export async function startTlsFront(
	apiUrl: string,
	instead: (path: string) => Buffer | undefined,
): Promise<TlsFront> {
	certificate ??= generate([{ name: 'commonName', value: '127.0.0.1' }]);
	const { private: key, cert } = await certificate;
	/** By the port at which the inner server sees the front. */
	const clients = new Map<number | undefined, Socket>();
	let broken = 0;

	const inner = createHttpsServer({ key, cert }, (incoming, outgoing) => {
		const { method, headers, url, socket } = incoming;
		const onwards = httpRequest(`${apiUrl}${url}`, { method, headers }, (response) => {
			const bytes = instead(url ?? '');
			if (bytes) {
				broken++;
				clients.get(socket.remotePort)?.end(bytes);
				response.resume();
				return;
			}
			outgoing.writeHead(response.statusCode ?? 500, response.headers);
			response.on('error', () => outgoing.destroy());
			response.pipe(outgoing);
		});
		onwards.on('error', () => socket.destroy());
		incoming.pipe(onwards);
	});
	const innerPort = await listening(inner);
	const sockets = new Set<Socket>();
	const front = createServer((client) => {
		const upstream = connect(innerPort, '127.0.0.1', () => {
			clients.set(upstream.localPort, client);
			client.pipe(upstream);
		});
		upstream.on('data', (data) => {
			if (!client.writableEnded) client.write(data);
		});
		upstream.on('end', () => client.end());
		for (const [one, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			sockets.add(one);
			one.on('error', () => other.destroy());
			one.on('close', () => {
				sockets.delete(one);
				other.destroy();
			});
		}
	});
	const port = await listening(front);
	return {
		url: `https://127.0.0.1:${port}`,
		broken: () => broken,
		close: () => {
			front.close();
			inner.close();
			inner.closeAllConnections();
			for (const socket of sockets) socket.destroy();
		},
	};
}

async function listening(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}
