import { findModel } from '../../nodes/KirinVideo/request/models';
import {
	credentialError,
	downloadFailed,
	explainTaskErrorCode,
	externalIdInUse,
	getFailed,
	pollRefused,
	submitFailed,
	submitRefused,
	submitUnknown,
	taskFailed,
	taskNotFound,
	taskVanished,
	unexpected,
	waitTimedOut,
} from '../../nodes/KirinVideo/task/errors';
import { TaskError, inputError } from '../../nodes/KirinVideo/api/taskError';
import type { RefusalKind } from '../../nodes/KirinVideo/api/answer';
import { type Task, readTask } from '../../nodes/KirinVideo/task/task';
import { noAnswerFrom } from '../../nodes/KirinVideo/api/noAnswer';
import { MASTER, TASK_ID, TURBO, answer, silent, taskBody, unreachable } from './scripted-api';
import { wordsOf } from './task-error';

const ids = { taskId: TASK_ID, externalTaskId: 'order-7' };

function taskOf(rest: Parameters<typeof taskBody>[0] = {}): Task {
	const task = readTask(taskBody(rest));
	if (!task) throw new Error('That is no task');
	return task;
}

function modelOf(id: string) {
	const model = findModel(id);
	if (!model) throw new Error('That is no model');
	return model;
}

const video = { type: 'video', url: 'https://files.example/x.mp4' };
const failedWith = (code: unknown, rest = {}) =>
	taskFailed(
		taskOf({ status: 'failed', error: { code, message: 'It broke' } as never, ...rest }),
		ids,
	);
const finished = taskOf({ status: 'completed', output: [video] });
const down = answer(503, { message: 'maintenance', request_id: 'r-1' });
const turbo = modelOf(TURBO);

const every: Array<[string, TaskError]> = [
	['bad input', inputError('Prompt', 'must not be empty')],
	['a bad base URL', credentialError('"cloud"')],
	['a failed task', failedWith('002011095')],
	['a failed task without a reason', taskFailed(taskOf({ status: 'failed' }), ids)],
	['a refused submit', submitRefused(answer(400), 'parameter', turbo, ids)],
	['a failed submit', submitFailed(down, ids)],
	['a host out of reach', submitFailed(unreachable, ids)],
	['a submit of unknown outcome', submitUnknown(silent(), ids)],
	['an ID that is taken', externalIdInUse(taskOf(), 'order-7')],
	['a refused look', pollRefused(answer(401), 'key', undefined, ids)],
	['a task that is not there', taskNotFound(answer(404), TASK_ID)],
	['a task that has vanished', taskVanished(answer(404), ids)],
	['a look that failed', getFailed(down, undefined, TASK_ID)],
	['the end of the wait', waitTimedOut(taskOf({ progress: 0.45 }), ids, 30)],
	['a failed download', downloadFailed(finished, ids, 'the connection broke')],
	['something unforeseen', unexpected('no room left', ids)],
];

describe.each(every)('The error of %s', (_, error) => {
	it('says in one sentence what happened', () => {
		expect(error.message).toMatch(/^\S.*[^.\s]$/);
		expect(error.message).not.toMatch(/\n|undefined|null|\[object|NaN|\. [A-Z]/);
	});

	it('says what that means for the money', () => {
		expect(error.description).toMatch(/\b(bills|billed|cost)\b/);
		expect(error.description).not.toMatch(/\n|undefined|null|\[object|NaN| {2}/);
	});

	it('says what to do next', () => {
		expect(error.description).toMatch(
			/\b(run|check|use|look for|correct|give|try|get|change|raise|look at)\b/i,
		);
	});
});

const TASK_CODES = [
	['002011095', 'Kirin V2.5 Turbo', 'internal generation error'],
	['002011096', 'Kirin V2.5 Turbo', 'result parsing error'],
	['002011097', 'Kirin V2.5 Turbo', 'HTTP error response'],
	['002011098', 'Kirin V2.5 Turbo', 'status check error'],
	['002011099', 'Kirin V2.5 Turbo', 'task creation error'],
	['002016095', 'Kirin V2 Master', 'internal generation error'],
	['002016096', 'Kirin V2 Master', 'result parsing error'],
	['002016097', 'Kirin V2 Master', 'HTTP error response'],
	['002016098', 'Kirin V2 Master', 'status check error'],
	['002016099', 'Kirin V2 Master', 'task creation error'],
] as const;

describe('The cost of a failed task', () => {
	it.each([
		[undefined, 'the service reports no cost for failed tasks'],
		['0', 'the service reports no cost for failed tasks'],
		['0.21', 'the service reports a cost of 0.21 USD for it'],
	])('%j is told as the service reports it', (cost, words) => {
		const { description } = failedWith('002011095', { usage: { cost } });
		expect(description).toContain(words);
	});
});

describe('A failed task', () => {
	it.each(TASK_CODES)('of code %s is explained: %s, %s', (code, name, meaning) => {
		// The model is told from the code where the task does not name it.
		const error = failedWith(code, { model: null });
		expect(error.message).toContain(name);
		expect(error.message).toContain(meaning);
		expect(error.message).toContain(code);
		expect(error.description).toContain('"It broke"');
		expect(error.details).toMatchObject({ ...ids, status: 'failed', errorCode: code });
	});

	it('has a next step of its own for each kind of error', () => {
		const steps = TASK_CODES.map(([code]) => explainTaskErrorCode(code)?.next);
		expect(new Set(steps).size).toBe(5);
	});

	it('whose code came as a number, without its zeros, is explained too', () => {
		const error = failedWith(2016098, { model: null });
		expect(error.message).toContain('Kirin V2 Master');
		expect(error.message).toContain('status check error');
	});

	it.each(['002011094', '95', 'E002011095', '0020110950', 'TIMEOUT'])(
		'of code %s is told without an explanation',
		(code) => {
			expect(explainTaskErrorCode(code)).toBeUndefined();
			expect(failedWith(code).message).toContain(code);
		},
	);

	it('is the model that it names, even one that the node does not know', () => {
		expect(failedWith('002099095', { model: 'kirin_v9_t2v' }).message).toContain('kirin_v9_t2v');
	});

	it('is said to be followed by a new task when the item runs again', () => {
		expect(failedWith('002011095').description).toMatch(/creates a new task/);
	});

	it('names both of its IDs', () => {
		const words = wordsOf(failedWith('002011095'));
		expect(words).toContain(TASK_ID);
		expect(words).toContain('order-7');
	});
});

describe('A refused submit', () => {
	const refusals: Array<[number, RefusalKind, RegExp]> = [
		[400, 'parameter', /Correct the field/],
		[401, 'key', /Check the key/],
		[402, 'credit', /Top up/],
		[404, 'missing', /Check the base URL/],
		[302, 'redirect', /not sent to other hosts/],
		[405, 'other', /Correct what it complains about/],
	];

	it.each(refusals)('with HTTP %d (%s) has its own next step', (status, kind, next) => {
		const error = submitRefused(answer(status), kind, turbo, ids);
		expect(error.message).toContain(`HTTP ${status}`);
		expect(error.description).toMatch(next);
		expect(error.description).toMatch(/No task was created, so nothing is billed/);
	});

	it.each([TURBO, MASTER])('for a parameter names the page of %s', (id) => {
		const model = modelOf(id);
		const error = submitRefused(answer(400), 'parameter', model, ids);
		expect(error.description).toContain(model.documentationUrl);
		expect(error.details).toMatchObject({ model: id });
	});
});

describe('What the service said', () => {
	it('is quoted with its code and request ID', () => {
		const body = { error: { code: 'TOO_LOUD', message: 'Too loud' }, request_id: 'r-1' };
		const error = submitRefused(answer(422, body), 'parameter', turbo, ids);
		expect(error.description).toContain(
			'The service says: "Too loud" (code TOO_LOUD, request ID r-1).',
		);
		expect(error.details).toMatchObject({ httpStatus: 422, requestId: 'r-1' });
	});

	it('is not made up: a request ID alone is told alone', () => {
		const { description } = submitFailed(answer(500, { request_id: 'r-1' }), ids);
		expect(description).toContain('Request ID: r-1.');
		expect(description).not.toContain('says');
	});

	it('is not quoted where it said nothing', () => {
		expect(submitFailed(answer(500), ids).description).not.toMatch(/says|Request ID/);
	});
});

describe('The end of the wait', () => {
	it.each([
		[30, 'after 30 minutes'],
		[1, 'after 1 minute'],
		[0.1, 'after 0.1 minutes'],
	])('after %d minutes is told in minutes', (minutes, words) => {
		expect(waitTimedOut(taskOf(), ids, minutes).message).toMatch(new RegExp(`${words}$`));
	});

	it('tells how far the task had come', () => {
		expect(waitTimedOut(taskOf({ progress: 0.456 }), ids, 30).message).toMatch(/ at 46 %$/);
		expect(waitTimedOut(taskOf({ progress: 0 }), ids, 30).message).toMatch(/ at 0 %$/);
	});

	it('says that the task goes on, is billed, and how to pick it up', () => {
		const error = waitTimedOut(taskOf(), ids, 30);
		expect(error.description).toMatch(/goes on and is billed/);
		expect(error.description).toContain('Task → Wait');
		expect(error.details).toMatchObject({ ...ids, status: 'in_progress', model: TURBO });
	});

	it('does not claim that a task exists which nobody has seen', () => {
		expect(waitTimedOut(undefined, ids, 30).description).not.toMatch(
			/exists, goes on and is billed/,
		);
	});
});

describe('A failed download', () => {
	it('says not to pay again, and where the video is', () => {
		const error = downloadFailed(finished, ids, 'the connection broke');
		expect(error.description).toMatch(/completed and billed/);
		expect(error.description).toMatch(/Do not run the item again/);
		expect(error.description).toContain(video.url);
		expect(error.details).toMatchObject({ ...ids, status: 'completed', videoUrl: video.url });
	});
});

describe('Something unforeseen', () => {
	it('before anything was sent is not billed', () => {
		expect(unexpected('no room left', {}).description).toMatch(/nothing is billed/);
	});

	it('after a create was sent may be billed', () => {
		const { description } = unexpected('no room left', { externalTaskId: 'order-7' });
		expect(description).toMatch(/may be billed/);
		expect(description).toContain('order-7');
	});

	it('after a task was created is billed', () => {
		expect(unexpected('no room left', ids).description).toMatch(/is billed/);
	});
});

describe('Faults of the network', () => {
	const codes = [
		'ECONNREFUSED',
		'ECONNRESET',
		'ECONNABORTED',
		'ETIMEDOUT',
		'ENOTFOUND',
		'EAI_AGAIN',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EPIPE',
		'EPROTO',
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_INVALID_CHAR',
	];

	it.each(codes)('are told in words: %s', (code) => {
		const fault = noAnswerFrom(Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code }));
		for (const error of [
			submitFailed(fault, ids),
			submitUnknown(fault, ids),
			submitRefused(fault, 'other', turbo, ids),
			pollRefused(fault, 'other', undefined, ids),
			getFailed(fault, 'other', TASK_ID),
			downloadFailed(finished, ids, fault.reason),
		]) {
			expect(wordsOf(error)).not.toMatch(/\bE[A-Z_]{3,}\b|ERR_|CERT_|10\.0\.0\.1/);
		}
	});

	it('keep the name of n8n as it is spelled, wherever it stands', () => {
		const fault = silent({ reason: 'n8n did not send the request (no)', permanent: true });
		expect(wordsOf(submitRefused(fault, 'other', turbo, ids))).not.toContain('N8n');
	});
});
