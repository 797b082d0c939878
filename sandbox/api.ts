/** The API's paths, and the control endpoint beside them. */
import { json, withId, type Answer } from './answer';
import type { Fault, FaultKind } from './faults';
import type { RequestKind } from './ledger';
import { Refusal } from './refusal';
import { refusalAnswer, pause, type Exchange, type Reply, type Role } from './server';
import type { Service } from './service';
import { changeSettings } from './settings';
import { modelDocument, searchModels } from './skill';
import { peek } from './submission';
import type { SandboxTask } from './task';

const TASK_PATH = /^\/model\/v1\/generation\/task\/([^/]+)$/;
const SKILL_PATH = /^\/model\/v1\/models\/skill\/([^/]+)$/;
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
					return catalogue(service, exchange, 'search', () =>
						searchModels(exchange.query, service.settings),
					);
				case 'skill': {
					const id = decode(SKILL_PATH.exec(path)?.[1] ?? '') ?? '';
					return catalogue(service, exchange, 'skill', () => modelDocument(id, service.settings));
				}
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
	if (method === 'GET' && SKILL_PATH.test(path)) return 'skill';
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
	return ['slow', 'wrong-type', 'other-id', 'other-task'].includes(kind as string);
}

async function create(service: Service, exchange: Exchange): Promise<Reply> {
	const { epoch } = service;
	const about = peek(parseLoosely(exchange.body));
	const before = service.fault('create', { ...about, point: 'before' });
	exchange.record.body = parseLoosely(exchange.body);
	exchange.variant = service.variantAsked(about);
	if (before?.kind === 'slow') await pause(before);
	if (service.epoch !== epoch) return { answer: json(200, {}) };

	let created: SandboxTask | undefined;
	const answer = attempt(service, exchange, () => {
		const key = service.authenticate(exchange.request.headers.authorization);
		const submission = service.read(parseJson(exchange), modelHeader(exchange));
		const task = service.create(submission, key, !before || leavesTask(before.kind));
		if (!before || leavesTask(before.kind)) created = task;
		return service.show(task);
	});
	if (created) service.ledger.assign(exchange.record, created.id);
	const fault =
		before ?? (created ? service.fault('create', { point: 'after' }, created) : undefined);
	return withFault(service, answer, fault, created);
}

function get(service: Service, exchange: Exchange, segment: string): Reply {
	const id = decode(segment);
	const { authorization } = exchange.request.headers;
	const asking = service.keyIn(authorization) ?? service.apiKey;
	const task = id === undefined ? undefined : service.find(id, asking);
	if (task) {
		service.ledger.assign(exchange.record, task.id);
		exchange.variant = service.variantFor(task);
	}
	const fault = service.fault(
		'get',
		id === undefined ? {} : { externalTaskId: id, taskId: id },
		task,
	);
	const answer = attempt(service, exchange, () => {
		const key = service.authenticate(authorization);
		if (id === undefined) throw new Refusal(400, 'INVALID_PATH', 'the ID is not URL-encoded');
		return service.get(id, key);
	});
	return withFault(service, answer, fault, task);
}

function precharge(service: Service, exchange: Exchange): Reply {
	exchange.record.body = parseLoosely(exchange.body);
	const about = peek(exchange.record.body);
	const fault = service.fault('precharge', about);
	exchange.variant = service.variantAsked(about);
	const answer = attempt(service, exchange, () => {
		service.authenticate(exchange.request.headers.authorization);
		return service.precharge(service.read(parseJson(exchange), modelHeader(exchange)));
	});
	return withFault(service, answer, fault);
}

function catalogue(
	service: Service,
	exchange: Exchange,
	on: 'search' | 'skill',
	read: () => Answer,
): Reply {
	const fault = service.fault(on, {});
	const answer = attempt(service, exchange, () => {
		service.authenticate(exchange.request.headers.authorization);
		return read();
	});
	return withFault(service, answer, fault);
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
				statement: ledger.statement(),
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

function attempt(service: Service, exchange: Exchange, act: () => Answer): Answer {
	try {
		return act();
	} catch (error) {
		return refusalAnswer(service, error, exchange.variant);
	}
}

/** The answer and the fault that strikes it; `task` is the one that the answer is about. */
function withFault(
	service: Service,
	answer: Answer,
	fault: Fault | undefined,
	task?: SandboxTask,
): Reply {
	if (fault === undefined) return { answer };
	const isOther = fault.kind === 'other-id' || fault.kind === 'other-task';
	if (!isOther || task === undefined || answer.status !== 200) return { answer, fault };
	const other = service.otherThan(task);
	if (fault.kind === 'other-task' && typeof other !== 'string') {
		return { answer: service.show(other), fault };
	}
	const otherId = typeof other === 'string' ? other : other.id;
	return { answer: { ...answer, body: withId(answer.body as object, task.id, otherId) }, fault };
}

/** As the Go SDK sends the model: in a header, with none in the body. */
function modelHeader(exchange: Exchange): string | undefined {
	const header = exchange.request.headers['x-model'];
	return Array.isArray(header) ? header[0] : header;
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
