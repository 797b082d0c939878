/** One HTTP server of the sandbox: records each request, and lets faults strike on the way. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send, spoil, type Answer } from './answer';
import { describeFault, type Fault } from './faults';
import type { RequestKind, RequestRecord } from './ledger';
import { Refusal } from './refusal';
import type { Service } from './service';
import type { Variant } from './variant';

/** Idle connections live long, so that no client meets one that is just being closed. */
const KEEP_ALIVE_MS = 60_000;
const USUAL_DELAY_MS = 1000;
/** Room for two images of 10 MB in Base64. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

export interface Exchange {
	request: IncomingMessage;
	record: RequestRecord;
	/** Without the query. */
	path: string;
	query: URLSearchParams;
	/** The request's body as text. */
	body: string;
	/** The form of errors, where a prompt's marker asks for another than the settings. */
	variant?: Variant;
}

export interface Reply {
	answer: Answer;
	fault?: Fault;
}

/** What one server does: `kindOf` names a request, `reply` answers it; both may throw Refusals. */
export interface Role {
	name: 'api' | 'files';
	kindOf(method: string, path: string): RequestKind;
	reply(exchange: Exchange): Promise<Reply> | Reply;
}

export function makeServer(service: Service, role: Role): Server {
	const sharedHeaders = new Map<string, Record<string, string>>();
	const server = createServer((request, response) => {
		const { method = 'GET', url = '/' } = request;
		const [path = '', query] = url.split('?', 2);
		const record = service.ledger.record({
			at: service.now(),
			kind: role.kindOf(method, path),
			server: role.name,
			method,
			path: url,
			headers: headersOf(request, sharedHeaders),
		});
		const exchange: Exchange = {
			request,
			record,
			path,
			query: new URLSearchParams(query),
			body: '',
		};
		serve(service, role, exchange, response).catch(() => response.socket?.destroy());
	});
	server.keepAliveTimeout = KEEP_ALIVE_MS;
	return server;
}

async function serve(
	service: Service,
	role: Role,
	exchange: Exchange,
	response: ServerResponse,
): Promise<void> {
	const { request, record } = exchange;
	const { epoch } = service;
	let reply: Reply;
	try {
		exchange.body = await readBody(request);
		reply = await role.reply(exchange);
	} catch (error) {
		reply = { answer: refusalAnswer(service, error, exchange.variant) };
	}
	const { answer, fault } = reply;
	if (fault !== undefined) record.fault = describeFault(fault);
	if (fault?.kind === 'slow' && !(fault.on === 'create' && fault.point !== 'after')) {
		await pause(fault);
	}
	const refuse = (refusal: Refusal) => service.refuse(refusal, exchange.variant);
	const spoilt = fault ? spoil(answer, fault, service.now(), refuse) : answer;
	if (spoilt === 'hang') return;
	if (spoilt === 'reset' || (service.epoch !== epoch && record.kind !== 'control')) {
		request.socket.resetAndDestroy();
		return;
	}
	record.status = spoilt.status;
	send(response, spoilt, request.method === 'HEAD', (whole) => (record.complete = whole));
}

/** Turns what a rule threw into its answer; anything but a Refusal is the sandbox's own mistake. */
export function refusalAnswer(service: Service, error: unknown, variant?: Variant): Answer {
	return service.refuse(
		error instanceof Refusal ? error : new Refusal(500, 'SANDBOX_MISTAKE', String(error)),
		variant,
	);
}

/** Waits as long as a `slow` fault says; a server that has closed is not kept alive by it. */
export function pause(fault: Fault): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, fault.delayMs ?? USUAL_DELAY_MS).unref();
	});
}

/** Listens, and gives the port; throws when the port is taken. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve();
		});
	});
	return (server.address() as AddressInfo).port;
}

export function closeAtOnce(server: Server): Promise<void> {
	return new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});
}

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > MOST_BODY_BYTES) throw new Refusal(413, 'BODY_TOO_LARGE', 'the body is too large');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Clients repeat their headers: one object for all equal ones keeps a long ledger small. */
function headersOf(
	request: IncomingMessage,
	shared: Map<string, Record<string, string>>,
): Record<string, string> {
	const key = request.rawHeaders.join('\n');
	const known = shared.get(key);
	if (known) return known;
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(request.headers)) {
		headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
	}
	shared.set(key, headers);
	return headers;
}
