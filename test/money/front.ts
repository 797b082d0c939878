/**
 * What stands between n8n and the sandbox: a proxy that a scenario tells what to do with each call. It
 * holds calls, loses answers, answers itself, and breaks TLS after it has forwarded a request.
 */
import {
	createServer,
	request as send,
	type IncomingMessage,
	type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { Certificates } from '../e2e/world/certificates';

export interface Reply {
	status: number;
	type: string;
	body: string;
}

/** One more address of this machine; what connections to it become is told in preload.cjs. */
export const UNREACHABLE_HOST = '127.0.0.7';

/** How a call ends for n8n without an answer. `tls` is bytes that are no TLS, as a broken front sends. */
export type Break = 'reset' | 'close' | 'tls' | 'hold';

export interface Call {
	kind: 'create' | 'get' | 'other';
	method: string;
	path: string;
	/** The API key that came with it. */
	key: string;
	/** Of a create. */
	prompt: string;
	/** Of a get: the task ID or the external task ID. */
	id: string;
	body: unknown;
	/** Which create of this prompt it is, or which get of this ID; 1 is the first. */
	times: number;
	/**
	 * Hands it to the service.
	 * @param change another body, or another service
	 */
	forward(change?: { body?: object; apiUrl?: string }): Promise<Reply>;
}

/** What becomes of a call; undefined for one that the rule is not about. */
export type Rule = (call: Call) => Promise<Reply | Break> | undefined;

export function answer(status: number, body: object): Reply {
	return { status, type: 'application/json', body: JSON.stringify(body) };
}

export class Front {
	/** The first that is about a call decides. */
	readonly rules: Rule[] = [];
	private readonly counts = new Map<string, number>();
	private readonly sockets = new Set<Socket>();
	/** By the port from which a tunnel reaches the server behind it: the socket that n8n holds. */
	private readonly tunnels = new Map<number, { client: Socket; cut: () => void }>();
	private readonly closers: Array<() => void> = [];
	private url = '';

	private constructor(
		private readonly target: string,
		private readonly host: string,
	) {}

	/** @param certificates of `localhost`, for a front that speaks TLS */
	static async open(
		apiUrl: string,
		{ host = '127.0.0.1', certificates }: { host?: string; certificates?: Certificates },
	): Promise<Front> {
		const front = new Front(apiUrl, host);
		await front.listen(certificates);
		return front;
	}

	/** The base URL for n8n. */
	get apiUrl(): string {
		return this.url;
	}

	close(): void {
		for (const socket of this.sockets) socket.destroy();
		for (const close of this.closers) close();
	}

	private async listen(certificates: Certificates | undefined): Promise<void> {
		const take = (request: IncomingMessage, response: ServerResponse) => {
			void this.take(request, response);
		};
		const server = certificates
			? createTlsServer({ cert: certificates.cert, key: certificates.key }, take)
			: createServer(take);
		this.watch(server);
		const port = await portOf(server, this.host);
		this.url = `http://${this.host}:${port}`;
		if (!certificates) return;
		const tunnel = createTcpServer((client) => this.tunnel(client, port));
		this.watch(tunnel);
		this.url = `https://localhost:${await portOf(tunnel, this.host)}`;
	}

	private watch(server: ReturnType<typeof createTcpServer>): void {
		server.on('connection', (socket) => {
			this.sockets.add(socket);
			socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
		});
		this.closers.push(() => server.close());
	}

	/** Carries bytes to the TLS server, so that they can be spoiled below TLS. */
	private tunnel(client: Socket, port: number): void {
		const inner = connect(port, this.host, () => {
			const { localPort = 0 } = inner;
			const cut = () => {
				client.unpipe(inner);
				inner.unpipe(client);
			};
			this.tunnels.set(localPort, { client, cut });
			inner.on('close', () => this.tunnels.delete(localPort));
			client.pipe(inner).pipe(client);
		});
		inner.on('error', () => client.destroy());
		client.on('close', () => inner.destroy());
	}

	private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		const call = this.callOf(request, Buffer.concat(parts).toString());
		const rule = this.rules.map((one) => one(call)).find((outcome) => outcome !== undefined);
		const outcome = await (rule ?? call.forward()).catch((error: Error) =>
			answer(502, { message: error.message }),
		);
		if (typeof outcome === 'object') {
			response.writeHead(outcome.status, { 'content-type': outcome.type }).end(outcome.body);
		} else if (outcome !== 'hold') {
			this.breakOff(request.socket, outcome);
		}
	}

	private breakOff(socket: Socket, how: Exclude<Break, 'hold'>): void {
		const tunnel = this.tunnels.get(socket.remotePort ?? 0);
		tunnel?.cut();
		const client = tunnel?.client ?? socket;
		if (how === 'reset') client.resetAndDestroy();
		else if (how === 'close') client.end();
		else client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
	}

	private callOf(request: IncomingMessage, text: string): Call {
		const { method = 'GET', url: path = '/', headers } = request;
		const body = parse(text);
		const id = decodeURIComponent(/\/generation\/task\/([^/?]+)/.exec(path)?.[1] ?? '');
		const isCreate = method === 'POST' && path.endsWith('/generation');
		const kind = isCreate ? 'create' : id === '' ? 'other' : 'get';
		const prompt = promptOf(body);
		const counted = `${kind} ${prompt}${id}`;
		const times = (this.counts.get(counted) ?? 0) + 1;
		this.counts.set(counted, times);
		return {
			kind,
			method,
			path,
			key: (headers.authorization ?? '').replace(/^Bearer /, ''),
			prompt,
			id,
			body,
			times,
			forward: async (change) =>
				await forward(request, change?.body ? JSON.stringify(change.body) : text, {
					url: `${change?.apiUrl ?? this.target}${path}`,
				}),
		};
	}
}

/** The create with a prompt that the sandbox makes fail. */
export function failing(body: unknown): object {
	const changed = structuredClone(body) as { input: [{ params: { prompt: string } }] };
	changed.input[0].params.prompt += FAILING;
	return changed;
}

const FAILING = ' [sandbox: fail]';

/** The prompt as n8n has sent it, of a task that a front may have made fail. */
export function asSent(prompt: string): string {
	return prompt.endsWith(FAILING) ? prompt.slice(0, -FAILING.length) : prompt;
}

function promptOf(body: unknown): string {
	const { input } = (body ?? {}) as { input?: Array<{ params?: { prompt?: unknown } }> };
	const prompt = input?.[0]?.params?.prompt;
	return typeof prompt === 'string' ? prompt : '';
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

async function portOf(server: ReturnType<typeof createTcpServer>, host: string): Promise<number> {
	return await new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
	});
}

async function forward(
	{ method, headers }: IncomingMessage,
	body: string,
	{ url }: { url: string },
): Promise<Reply> {
	const rest = { ...headers };
	const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {};
	// These are of one connection.
	for (const name of ['host', 'connection', 'transfer-encoding']) delete rest[name];
	return await new Promise((resolve, reject) => {
		const request = send(url, { method, headers: { ...rest, ...length }, agent: false }, (from) => {
			const parts: Buffer[] = [];
			from.on('data', (part: Buffer) => parts.push(part));
			from.on('error', reject);
			from.on('end', () =>
				resolve({
					status: from.statusCode ?? 502,
					type: from.headers['content-type'] ?? '',
					body: Buffer.concat(parts).toString(),
				}),
			);
		});
		request.on('error', reject);
		request.end(method === 'POST' ? body : undefined);
	});
}
