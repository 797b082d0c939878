/** The API's paths, and the control endpoint beside them. */
import { json, type Answer } from './answer';
import type { Fault, FaultKind } from './faults';
import type { RequestKind } from './ledger';
import { Refusal } from './refusal';
import { refusalAnswer, pause, type Exchange, type Reply, type Role } from './server';
import type { Service } from './service';
import { changeSettings } from './settings';
import { peek } from './submission';
import type { SandboxTask } from './task';

const TASK_PATH = /^\/model\/v1\/generation\/task\/([^/]+)$/;
const CONTROL_PATH = /^\/sandbox(\/|$)/;

/** The API under a path prefix; `reset` is what the control endpoint calls. */
export function apiRole(service: Service, prefix: string, reset: () => void): Role {
	const below = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : '');
	return {
		name: 'api',
		kindOf: (method, path) => kindOf(method, below(path)),
		async reply(exchange): Promise<Reply> {
			const path = below(exchange.path);
			switch (exchange.record.kind) {
				case 'create':
					return await create(service, exchange);
				case 'get':
					return get(service, exchange, TASK_PATH.exec(path)?.[1] ?? '');
				case 'precharge':
					return precharge(service, exchange);
				case 'search':
					return search(service, exchange);
				case 'control':
					return { answer: control(service, exchange, path, reset) };
				default:
					throw otherwise(path, exchange.path);
			}
		},
	};
}

function kindOf(method: string, path: string): RequestKind {
	if (CONTROL_PATH.test(path)) return 'control';
	if (method === 'POST' && path === '/model/v1/generation') return 'create';
	if (method === 'POST' && path === '/model/v1/generation/precharge') return 'precharge';
	if (method === 'GET' && path === '/model/v1/models/skill/search') return 'search';
	if (method === 'GET' && TASK_PATH.test(path)) return 'get';
	return 'other';
}

/** The refusal of a path that is unknown, or known with another method. */
function otherwise(path: string, asked: string): Refusal {
	const known = ['GET', 'POST'].some((method) => kindOf(method, path) !== 'other');
	return known
		? new Refusal(405, 'METHOD_NOT_ALLOWED', 'this path does not take that method')
		: new Refusal(404, 'NOT_FOUND', `no such path: ${asked}`);
}

/** A fault before the task is recorded leaves none behind, unless all it does is alter how it is told. */
function leavesTask(kind: FaultKind): boolean {
	return kind === 'slow' || kind === 'wrong-type';
}

async function create(service: Service, exchange: Exchange): Promise<Reply> {
	const { epoch } = service;
	const about = peek(parseLoosely(exchange.body));
	const before = service.fault('create', { ...about, point: 'before' });
	exchange.record.body = parseLoosely(exchange.body);
	if (before?.kind === 'slow') await pause(before);
	if (service.epoch !== epoch) return { answer: json(200, {}) };

	let created: SandboxTask | undefined;
	const answer = attempt(service, () => {
		service.authenticate(exchange.request.headers.authorization);
		const task = service.create(parseJson(exchange), !before || leavesTask(before.kind));
		if (!before || leavesTask(before.kind)) created = task;
		return json(200, service.show(task));
	});
	if (created) service.ledger.assign(exchange.record, created.id);
	const fault =
		before ?? (created ? service.fault('create', { point: 'after' }, created) : undefined);
	return withFault(answer, fault);
}

function get(service: Service, exchange: Exchange, segment: string): Reply {
	const id = decode(segment);
	const task = id === undefined ? undefined : service.find(id);
	if (task) service.ledger.assign(exchange.record, task.id);
	const fault = service.fault(
		'get',
		id === undefined ? {} : { externalTaskId: id, taskId: id },
		task,
	);
	const answer = attempt(service, () => {
		service.authenticate(exchange.request.headers.authorization);
		if (id === undefined) throw new Refusal(400, 'INVALID_PATH', 'the ID is not URL-encoded');
		return service.get(id);
	});
	return withFault(answer, fault);
}

function precharge(service: Service, exchange: Exchange): Reply {
	exchange.record.body = parseLoosely(exchange.body);
	const fault = service.fault('precharge', peek(exchange.record.body));
	const answer = attempt(service, () => {
		service.authenticate(exchange.request.headers.authorization);
		return service.precharge(parseJson(exchange));
	});
	return withFault(answer, fault);
}

function search(service: Service, exchange: Exchange): Reply {
	const fault = service.fault('search', {});
	const answer = attempt(service, () => {
		service.authenticate(exchange.request.headers.authorization);
		return service.search(exchange.query);
	});
	return withFault(answer, fault);
}

/** GET ledger, GET and POST settings, POST reset. Needs no key, and no fault strikes it. */
function control(service: Service, exchange: Exchange, path: string, reset: () => void): Answer {
	const { ledger, settings } = service;
	switch (`${exchange.request.method} ${path}`) {
		case 'GET /sandbox/ledger':
			return json(200, {
				tasks: ledger.tasks,
				requests: ledger.requests,
				billed: ledger.billed.map((task) => task.id),
			});
		case 'GET /sandbox/settings':
			return json(200, settings);
		case 'POST /sandbox/settings':
			changeSettings(settings, parseJson(exchange));
			return json(200, settings);
		case 'POST /sandbox/reset':
			reset();
			return json(200, settings);
		default:
			throw new Refusal(404, 'NOT_FOUND', 'no such control; README.md lists them');
	}
}

function attempt(service: Service, act: () => Answer): Answer {
	try {
		return act();
	} catch (error) {
		return refusalAnswer(service, error);
	}
}

function withFault(answer: Answer, fault: Fault | undefined): Reply {
	return fault ? { answer, fault } : { answer };
}

function parseJson(exchange: Exchange): unknown {
	const type = exchange.request.headers['content-type'] ?? '';
	if (!/^application\/json\b/i.test(type)) {
		throw new Refusal(400, 'INVALID_BODY', 'content-type must be application/json');
	}
	try {
		return JSON.parse(exchange.body);
	} catch {
		throw new Refusal(400, 'INVALID_JSON', 'the body is not valid JSON');
	}
}

/** For the ledger: the JSON, or the text as it came. */
function parseLoosely(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function decode(segment: string): string | undefined {
	try {
		return decodeURIComponent(segment);
	} catch {
		return undefined;
	}
}
