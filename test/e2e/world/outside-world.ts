/**
 * The outside world of an n8n server, on this machine: a proxy that n8n is pointed to and that never
 * forwards anything. Behind it are stand-ins, which n8n takes for the real hosts, so its own nodes run
 * unchanged. Whatever is asked of anybody else is refused and remembered. Made by hand, because mockttp
 * saves 46 lines for 130 packages, some of which Jest cannot load on Node 20 and 22.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { closeAtOnce, listen } from '../../../sandbox/server';
import { certificatesFor } from './certificates';

/** n8n itself asks there for lists of its own, and does without when it is refused. */
const HOST_OF_N8N = 'api.n8n.io';

export interface WorldRequest {
	method: string;
	host: string;
	/** Without the query. */
	path: string;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

export interface WorldAnswer {
	/** 200 unless told. */
	status?: number;
	headers?: Record<string, string>;
	/** A text and bytes are sent as they are, anything else as JSON. */
	body?: unknown;
}

/** Answers for a host; `undefined` where the real one has an answer that this one does not know. */
export type StandIn = (
	request: WorldRequest,
) => WorldAnswer | undefined | Promise<WorldAnswer | undefined>;

export interface OutsideWorld {
	/** What points an n8n process to it. */
	env: NodeJS.ProcessEnv;
	/** All that has reached a stand-in. */
	requests: WorldRequest[];
	/** All that nobody has stood in for, as `GET https://host/path`; a good run leaves it empty. */
	unanswered: string[];
	close(): Promise<void>;
}

/**
 * Opens a world of these hosts, all of them with TLS on port 443.
 * @param temporary where the authority's certificate may lie
 */
export async function openOutsideWorld(
	standIns: Record<string, StandIn>,
	temporary: string,
): Promise<OutsideWorld> {
	const requests: WorldRequest[] = [];
	const unanswered: string[] = [];
	const { authority, cert, key } = await certificatesFor(Object.keys(standIns));

	const answer = async (incoming: IncomingMessage): Promise<WorldAnswer> => {
		const request = await read(incoming);
		requests.push(request);
		const given = await standIns[request.host]?.(request);
		if (given) return given;
		unanswered.push(`${request.method} https://${request.host}${request.path}`);
		return { status: 501, body: { error: 'The stand-in does not know this.' } };
	};
	const hosts = createTlsServer({ cert, key }, (incoming, response) => {
		void answer(incoming)
			.catch((error: Error): WorldAnswer => {
				unanswered.push(`${incoming.method} ${incoming.url}: ${error.message}`);
				return { status: 500, body: { error: error.message } };
			})
			.then(({ status = 200, headers, body = '' }) => {
				const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
				const type = isPlain ? 'text/plain' : 'application/json';
				response.writeHead(status, { 'content-type': type, ...headers });
				response.end(isPlain ? body : JSON.stringify(body));
			});
	});

	const proxy = createServer((incoming, response) => {
		unanswered.push(`${incoming.method} ${incoming.url}`); // without TLS: nobody here speaks that
		response.writeHead(502).end();
	});
	proxy.on('connect', ({ url = '' }, socket, head) => {
		socket.on('error', () => socket.destroy());
		const [host = '', port] = url.split(':');
		if (!Object.hasOwn(standIns, host) || port !== '443') {
			if (host !== HOST_OF_N8N) unanswered.push(`CONNECT ${url}`);
			socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
			return;
		}
		socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		if (head.length > 0) socket.unshift(head);
		hosts.emit('connection', socket);
	});

	const folder = await mkdtemp(join(temporary, 'world-'));
	const authorityFile = join(folder, 'authority.pem');
	await writeFile(authorityFile, authority);
	const url = `http://127.0.0.1:${await listen(proxy, 0, '127.0.0.1')}`;
	return {
		// npm may have been told of another authority.
		env: {
			...proxyVariables(url),
			NODE_EXTRA_CA_CERTS: authorityFile,
			npm_config_cafile: authorityFile,
		},
		requests,
		unanswered,
		async close() {
			hosts.closeAllConnections();
			await closeAtOnce(proxy);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function read(incoming: IncomingMessage): Promise<WorldRequest> {
	const { method = '', headers } = incoming;
	const { host, pathname, searchParams } = new URL(`https://${headers.host}${incoming.url}`);
	const body = await buffer(incoming);
	return { method, host, path: pathname, query: searchParams, headers, body };
}

/** In both spellings: of the two, the clients in n8n do not all prefer the same. */
function proxyVariables(url: string): NodeJS.ProcessEnv {
	const variables = {
		HTTP_PROXY: url,
		HTTPS_PROXY: url,
		ALL_PROXY: url,
		// Only what stands on this machine is reached without it, whatever the developer's own settings.
		NO_PROXY: '127.0.0.1,localhost',
	};
	const lower = Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value]);
	return { ...variables, ...(Object.fromEntries(lower) as NodeJS.ProcessEnv) };
}

/** The requests that carry a text anywhere: in the address, a header or the body. */
export function carriersOf(text: string, requests: readonly WorldRequest[]): string[] {
	return requests
		.filter(({ path, query, headers, body }) => {
			const told = JSON.stringify([decodeURIComponent(path), [...query], headers]);
			return told.includes(text) || body.includes(text);
		})
		.map(({ method, host, path }) => `${method} ${host}${path}`);
}
