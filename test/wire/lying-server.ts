/**
 * A service on raw sockets that tells the truth unless a script says otherwise: it can drip, stall, cut
 * and lie at any byte of any answer. It keeps a plain model of the service, so that a script differs
 * from the truth only where it says so, and every request whole.
 */
import net from 'node:net';
import { mp4 } from './iso-video';

/** The time that the service lives in. */
export interface ServiceTime {
	now(): number;
	/** Does something in `ms` milliseconds; returns how to call it off. */
	after(ms: number, act: () => void): () => void;
}

/** What a request is about. */
export type CallKind = 'create' | 'get' | 'estimate' | 'search' | 'download' | 'other';

/** How the bytes of an answer go out. Offsets count bytes of the body, or of the whole answer. */
export interface Delivery {
	/** Milliseconds before the first byte. */
	delayMs?: number;
	/** From this byte on, `drip` bytes at a time … */
	dripFrom?: number;
	drip?: number;
	/** … so many milliseconds apart. */
	dripMs?: number;
	/** No byte from this one on, and the connection stays open. */
	stallAt?: number;
	/** The connection ends before this byte. */
	cutAt?: number;
	/** How it ends: in order, or by a reset. */
	cut?: 'end' | 'reset';
	/** What offsets count from: the first byte of the body, unless `head`. */
	from?: 'body' | 'head';
	/** More of the same body after its end, for ever, a chunk of this many bytes each `dripMs`. */
	endless?: number;
}

export interface Answer {
	/** 200 unless given. */
	status?: number;
	headers?: Record<string, string>;
	/** Objects go out as JSON; bytes and text as they are. */
	body?: Buffer | string | object;
	/** What is said of the length: the truth, nothing, chunks, or any number. */
	length?: 'true' | 'none' | 'chunked' | number;
	delivery?: Delivery;
	/** The whole answer, in place of all of the above but `delivery`. */
	bytes?: Buffer;
}

export interface Request {
	kind: CallKind;
	method: string;
	/** With its query. */
	path: string;
	/** As they came, names in lower case. */
	headers: Record<string, string>;
	/** Head and body, as text. */
	whole: string;
	body: unknown;
	/** The host that it was sent to. */
	host: 'api' | 'files';
	/** The task that it is about, if the model has it. */
	task?: ModelTask;
	/** Virtual milliseconds. */
	at: number;
	/** Whether its answer may be read as: there is no such task, or it has failed. */
	denies?: boolean;
	/** Whether its answer refuses it for good, by its status. */
	refused?: boolean;
}

/** Gets a request, the truthful answer, and how many of the kind came before. */
export type Lie = (request: Request, truth: Answer, index: number) => Answer | undefined;

/** What differs from the truth: for all calls of a kind, or for the first, second … of them. */
export type Script = Partial<Record<CallKind, Lie | Answer | Array<Lie | Answer | undefined>>>;

export interface ModelTask {
	id: string;
	externalTaskId?: string;
	model: string;
	createdAt: number;
	callbackUrl?: string;
	isDone: () => boolean;
}

export interface LyingServer {
	apiUrl: string;
	/** Of the host that results lie on: another one. */
	filesUrl: string;
	script: Script;
	requests: Request[];
	tasks: ModelTask[];
	/** How long a task takes, in virtual milliseconds. */
	renderMs: number;
	/** The file behind the address of every video. */
	video: Buffer;
	/** Makes a task as if somebody had created it before. */
	addTask(externalTaskId?: string): ModelTask;
	/** The task as the service would tell it. */
	taskJson(task: ModelTask): Record<string, unknown>;
	/** Called for each answer to this life's requests, once its last byte is out, or it has been cut. */
	onAnswered?: (request: Request, answer: Answer, whole: boolean) => void;
	/** Lets every task end now. */
	finishTasks(): void;
	reset(): void;
	close(): Promise<void>;
}

const API_HOST = '127.0.0.1';
/** Another host for n8n and the node, and still this machine. */
const FILES_HOST = '127.0.0.2';

/** Written at once, so that a large body does not lie in memory twice. */
const WRITE_BYTES = 256 * 1024;

const MODEL = 'kirin_v2_5_turbo_t2v';
const COST = '0.35';
const RENDER_MS = 20_000;

export async function startLyingServer(time: ServiceTime): Promise<LyingServer> {
	const sockets = new Set<net.Socket>();
	const counts = new Map<CallKind, number>();
	let made = 0;
	/** All tasks have ended. */
	let isFinished = false;

	const listen = async (host: string, role: Request['host']) => {
		const listener = net.createServer((socket) => {
			sockets.add(socket);
			socket.on('close', () => sockets.delete(socket));
			socket.on('error', () => undefined);
			readRequests(socket, role, (request, next) => respond(socket, request, next));
		});
		await new Promise<void>((resolve) => listener.listen(0, host, resolve));
		const { port } = listener.address() as net.AddressInfo;
		return { listener, url: `http://${host}:${port}` };
	};
	const api = await listen(API_HOST, 'api');
	const files = await listen(FILES_HOST, 'files');

	function respond(socket: net.Socket, raw: RawRequest, next: () => void): void {
		const request: Request = { ...raw, kind: kindOf(raw), at: time.now() };
		request.task = taskOf(request);
		const truth = truthfully(request);
		const index = counts.get(request.kind) ?? 0;
		counts.set(request.kind, index + 1);
		server.requests.push(request);
		// Its last byte may go out in the next life, which is not to be told of it.
		const { onAnswered } = server;
		const told = server.script[request.kind];
		const lie = Array.isArray(told) ? told[index] : told;
		const answer = (typeof lie === 'function' ? lie(request, truth, index) : lie) ?? truth;
		request.denies = mayDeny(answer);
		request.refused = isRefusal(answer);
		deliver(socket, answer, time, (whole) => {
			onAnswered?.(request, answer, whole);
			if (whole && answer.length !== 'none' && !answer.bytes) next();
		});
	}

	function taskOf({ kind, path, body }: Request): ModelTask | undefined {
		const name = kind === 'get' ? decodeURIComponent(path.split('/').at(-1) ?? '') : undefined;
		const own = kind === 'create' ? externalIdIn(body) : undefined;
		return server.tasks.find(
			({ id, externalTaskId }) =>
				(name !== undefined && (id === name || externalTaskId === name)) ||
				(own !== undefined && own === externalTaskId),
		);
	}

	function truthfully(request: Request): Answer {
		switch (request.kind) {
			case 'create': {
				if (request.task) {
					return refusal(409, 'DUPLICATE', 'external_task_id already exists');
				}
				const task = addTask(externalIdIn(request.body), callbackIn(request.body));
				request.task = task;
				return { body: server.taskJson(task) };
			}
			case 'get':
				if (!request.task) return refusal(404, 'NOT_FOUND', 'task not found');
				return { body: server.taskJson(request.task) };
			case 'estimate':
				return {
					body: { status: 'success', data: { cost: COST, currency: 'USD', discount: 0.7 } },
				};
			case 'search':
				return { body: { hits: [{ id: 'kirin_v9_t2v', title: 'V9', output: 'video' }] } };
			case 'download':
				return { headers: { 'content-type': 'video/mp4' }, body: server.video };
			case 'other':
				return refusal(404, 'NOT_FOUND', 'no such path');
		}
	}

	function addTask(externalTaskId?: string, callbackUrl?: string): ModelTask {
		const createdAt = time.now();
		const { renderMs } = server;
		const task: ModelTask = {
			id: `task${++made}d5u5obte8783`,
			externalTaskId,
			callbackUrl,
			model: MODEL,
			createdAt,
			isDone: () => isFinished || time.now() >= createdAt + renderMs,
		};
		server.tasks.push(task);
		return task;
	}

	const server: LyingServer = {
		apiUrl: api.url,
		filesUrl: files.url,
		script: {},
		requests: [],
		tasks: [],
		renderMs: RENDER_MS,
		video: mp4(),
		addTask,
		taskJson(task) {
			const { id, externalTaskId, model, createdAt } = task;
			const common = { id, external_task_id: externalTaskId, created_at: createdAt, model };
			if (!task.isDone()) return { ...common, status: 'in_progress' };
			const url = `${server.filesUrl}/videos/${id}.mp4`;
			return {
				...common,
				status: 'completed',
				output: [{ content: [{ type: 'video', url, jobId: id }] }],
				usage: { cost: COST, discount: 0.7 },
			};
		},
		finishTasks: () => void (isFinished = true),
		reset() {
			isFinished = false;
			made = 0;
			for (const socket of sockets) socket.destroy();
			counts.clear();
			Object.assign(server, {
				script: {},
				requests: [],
				tasks: [],
				renderMs: RENDER_MS,
				video: mp4(),
				onAnswered: undefined,
			});
		},
		async close() {
			server.reset();
			await Promise.all(
				[api, files].map(
					async ({ listener }) => await new Promise((resolve) => listener.close(resolve)),
				),
			);
		},
	};
	return server;
}

/** An error in the shape that the provider's gateway documents. */
export function refusal(status: number, code: string, message: string): Answer {
	return { status, body: { error: { code, message }, request_id: 'req-1' } };
}

/** A body longer than this is not searched: it may say anything. */
const LONG_BYTES = 100_000;

/** The words by which an answer may tell that a task has failed, or has not been made. */
const DENIAL = /fail|error|cancel|not.?found/i;

function mayDeny({ status = 200, body, bytes }: Answer): boolean {
	if (status >= 300 && status < 500) return true;
	if (bytes) return true;
	if (Buffer.isBuffer(body) && body.length > LONG_BYTES) return true;
	const text = Buffer.isBuffer(body) ? body.toString() : JSON.stringify(body ?? '');
	return DENIAL.test(text);
}

/** These say that it may be sent again. */
const NOT_FINAL = [408, 409, 425, 429];

function isRefusal({ status = 200, bytes }: Answer): boolean {
	return !bytes && status >= 300 && status < 500 && !NOT_FINAL.includes(status);
}

type RawRequest = Omit<Request, 'kind' | 'at' | 'task'>;

/** Reads one request after the other; `next` lets the following one be read. */
function readRequests(
	socket: net.Socket,
	host: Request['host'],
	take: (request: RawRequest, next: () => void) => void,
): void {
	let held = Buffer.alloc(0);
	let isTaken = false;
	const read = () => {
		if (isTaken) return;
		const end = held.indexOf('\r\n\r\n');
		if (end < 0) return;
		const [first = '', ...lines] = held.subarray(0, end).toString('latin1').split('\r\n');
		const headers = Object.fromEntries(
			lines.map((line) => {
				const colon = line.indexOf(':');
				return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
			}),
		);
		const length = Number(headers['content-length'] ?? 0);
		const size = end + 4 + length;
		if (held.length < size) return;
		const whole = held.subarray(0, size).toString();
		const text = held.subarray(end + 4, size).toString();
		held = held.subarray(size);
		isTaken = true;
		const [method = '', path = ''] = first.split(' ');
		take({ method, path, headers, whole, body: parsed(text), host }, () => {
			isTaken = false;
			read();
		});
	};
	socket.on('data', (chunk) => {
		held = Buffer.concat([held, chunk]);
		read();
	});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function kindOf({ method, path, host }: RawRequest): CallKind {
	if (host === 'files') return 'download';
	if (method === 'POST' && path.endsWith('/generation')) return 'create';
	if (method === 'POST' && path.endsWith('/precharge')) return 'estimate';
	if (path.includes('/generation/task/')) return 'get';
	if (path.includes('/models/skill/search')) return 'search';
	return path.includes('/videos/') ? 'download' : 'other';
}

interface CreateBody {
	input?: Array<{ params?: { external_task_id?: string; callback_url?: string } }>;
}

function externalIdIn(body: unknown): string | undefined {
	return (body as CreateBody | undefined)?.input?.[0]?.params?.external_task_id;
}

function callbackIn(body: unknown): string | undefined {
	return (body as CreateBody | undefined)?.input?.[0]?.params?.callback_url;
}

interface Wire {
	bytes: Buffer;
	/** Where the body begins. */
	bodyAt: number;
}

function onTheWire({
	status = 200,
	headers = {},
	body = '',
	length = 'true',
	bytes,
}: Answer): Wire {
	if (bytes) {
		const end = bytes.indexOf('\r\n\r\n');
		return { bytes, bodyAt: end < 0 ? bytes.length : end + 4 };
	}
	const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
	const plain = Buffer.isBuffer(body)
		? body
		: Buffer.from(isJson ? JSON.stringify(body) : (body as string));
	const all: Record<string, string> = { ...(isJson && { 'content-type': 'application/json' }) };
	Object.assign(all, headers);
	let content = plain;
	if (length === 'true') all['content-length'] = String(plain.length);
	else if (typeof length === 'number') all['content-length'] = String(length);
	else if (length === 'chunked') {
		all['transfer-encoding'] = 'chunked';
		content = Buffer.concat([
			Buffer.from(`${plain.length.toString(16)}\r\n`),
			plain,
			Buffer.from('\r\n0\r\n\r\n'),
		]);
		if (plain.length === 0) content = Buffer.from('0\r\n\r\n');
	}
	const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	const head = Buffer.from(`HTTP/1.1 ${status} Said So\r\n${lines.join('')}\r\n`, 'latin1');
	return { bytes: Buffer.concat([head, content]), bodyAt: head.length };
}

function deliver(
	socket: net.Socket,
	answer: Answer,
	time: ServiceTime,
	done: (whole: boolean) => void,
): void {
	const { bytes, bodyAt } = onTheWire(answer);
	const plan = answer.delivery ?? {};
	const origin = plan.from === 'head' ? 0 : bodyAt;
	const place = (offset: number | undefined) =>
		offset === undefined ? Infinity : Math.max(0, origin + offset);
	const dripFrom = place(plan.dripFrom);
	const stallAt = place(plan.stallAt);
	const cutAt = place(plan.cutAt);
	const end = Math.min(bytes.length, stallAt, cutAt);
	const { drip = 1, dripMs = 1_000 } = plan;

	const finish = () => {
		if (stallAt < bytes.length) return;
		if (cutAt < bytes.length) {
			if (plan.cut === 'reset') socket.resetAndDestroy();
			else socket.end();
			return done(false);
		}
		if (plan.endless !== undefined) return goOn(Buffer.alloc(plan.endless, 'more '));
		if (answer.length === 'none' || answer.bytes) socket.end();
		done(true);
	};
	const goOn = (chunk: Buffer): void => {
		if (socket.destroyed) return;
		const again = () => time.after(dripMs, () => goOn(chunk));
		if (socket.write(chunk)) again();
		else socket.once('drain', again);
	};
	const send = (at: number): void => {
		// Whoever has all that was announced may be gone already.
		if (at >= end) return finish();
		if (socket.destroyed) return;
		if (at < dripFrom) {
			const next = Math.min(end, dripFrom, at + WRITE_BYTES);
			const more = () => send(next);
			if (socket.write(bytes.subarray(at, next))) setImmediate(more);
			else socket.once('drain', more);
			return;
		}
		const next = Math.min(end, at + drip);
		time.after(dripMs, () => {
			if (socket.destroyed) return;
			socket.write(bytes.subarray(at, next));
			send(next);
		});
	};
	if (plan.delayMs) time.after(plan.delayMs, () => send(0));
	else send(0);
}
