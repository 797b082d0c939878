import * as fc from 'fast-check';
import { Stopped } from '../../nodes/KirinVideo/api/clock';
import { backoffMs } from '../../nodes/KirinVideo/api/retry';
import { type PollOptions, pollUntilDone } from '../../nodes/KirinVideo/task/poll';
import { type KnownIds, type Task, isDone, readTask } from '../../nodes/KirinVideo/task/task';
import type { Answer } from '../../nodes/KirinVideo/api/answer';
import { defined } from '../../nodes/KirinVideo/api/untrusted';
import {
	ScriptedApi,
	TASK_ID,
	answer,
	completed,
	failed,
	inOrder,
	notFound,
	running,
	silent,
	taskBody,
	unreachable,
} from './scripted-api';
import { taskErrorOf, wordsOf } from './task-error';
import { START, VirtualClock } from './virtual-clock';

const submitted = readTask(taskBody());
const ids = { taskId: TASK_ID, externalTaskId: 'n8n-1' };

interface Scene {
	reply: () => Answer;
	/** What submit had said; nothing for a task that existed before. */
	known?: Task;
	strategy?: 'adaptive' | 'fixed';
	intervalS?: number;
	maximumS?: number;
	chance?: () => number;
	/** Stop is pressed at this second. */
	stopAtS?: number;
	onPoll?: (task: Task) => void;
}

/** Polls a task from the start of the clock; `known` is what submit has told of it. */
async function poll(of: KnownIds, options: PollOptions, known?: Task) {
	const begun = { ids: of, task: known, since: START, isSubmitted: known !== undefined, polls: 0 };
	const { task, polls, lastAnswer } = await pollUntilDone(begun, options);
	return { task, done: task !== undefined && isDone(task), polls, ...defined({ lastAnswer }) };
}

/** A wait, from the start of the clock. */
function waiting(scene: Scene) {
	const {
		strategy = 'fixed',
		reply,
		known,
		intervalS = 5,
		maximumS = 1800,
		chance,
		stopAtS,
		onPoll,
	} = scene;
	const clock = new VirtualClock(chance);
	const stop = new AbortController();
	if (stopAtS !== undefined) clock.at(stopAtS * 1000, () => stop.abort());
	const api = new ScriptedApi(clock, reply, stop.signal);
	const options: PollOptions = {
		api,
		clock,
		schedule: { strategy, intervalMs: intervalS * 1000, maximumWaitMs: maximumS * 1000 },
		signal: stop.signal,
		onPoll,
	};
	return { api, clock, stop, end: poll(ids, options, known) };
}

describe('Polls', () => {
	it('at a task just submitted come once per interval, the first after one', async () => {
		const { api, end } = waiting({
			reply: inOrder(running, running, completed),
			known: submitted,
			intervalS: 7,
		});
		await expect(end).resolves.toMatchObject({ done: true, polls: 3 });
		expect(api.times()).toEqual([7, 14, 21]);
	});

	it('at a task that existed before begin at once', async () => {
		const { api, end } = waiting({ reply: inOrder(running, running, completed) });
		await expect(end).resolves.toMatchObject({ done: true, polls: 3 });
		expect(api.times()).toEqual([0, 5, 10]);
	});

	it.each([0, 10, 60])(
		'count a render from its create, which a busy n8n sends up to %i s after the wait began',
		async (lateS) => {
			const clock = new VirtualClock();
			const render = () => {
				const progress = clock.elapsed() / 20_000;
				return progress < 1 ? answer(200, taskBody({ progress })) : completed;
			};
			const api = new ScriptedApi(clock, render);
			const since = START - lateS * 1000;
			const schedule = {
				strategy: 'adaptive',
				intervalMs: 1000,
				maximumWaitMs: 1_800_000,
			} as const;
			const state = { ids, task: submitted, since, isSubmitted: true, polls: 0 };

			const { finishedAt } = await pollUntilDone(state, { api, clock, schedule });

			expect(api.times()).toEqual([4, 8, 20]);
			expect(finishedAt).toBe(START + 20_000);
		},
	);

	it('end with the deadline, at which there is a last one', async () => {
		const { api, end } = waiting({
			reply: inOrder(running),
			known: submitted,
			intervalS: 40,
			maximumS: 60,
		});
		await expect(end).resolves.toMatchObject({
			done: false,
			polls: 2,
			task: { taskId: TASK_ID },
		});
		expect(api.times()).toEqual([40, 60]);
	});

	it('find at the deadline what was finished by then', async () => {
		const { end } = waiting({
			reply: inOrder(running, completed),
			known: submitted,
			intervalS: 40,
			maximumS: 60,
		});
		await expect(end).resolves.toMatchObject({ done: true, polls: 2 });
	});

	it('come at least once, even when the interval is longer than the wait', async () => {
		const { api, end } = waiting({
			reply: inOrder(completed),
			known: submitted,
			intervalS: 3600,
			maximumS: 6,
		});
		await expect(end).resolves.toMatchObject({ done: true });
		expect(api.times()).toEqual([6]);
	});

	it('come once for a task whose deadline has passed before the wait began', async () => {
		const clock = new VirtualClock();
		clock.advance(3_600_000);
		const api = new ScriptedApi(clock, inOrder(completed));
		const schedule = { strategy: 'fixed' as const, intervalMs: 5000, maximumWaitMs: 60_000 };
		const end = poll(ids, { api, clock, schedule }, submitted);
		await expect(end).resolves.toMatchObject({ done: true, polls: 1 });
	});

	it('are made by the task ID, in a form that fits into an address', async () => {
		const clock = new VirtualClock();
		const api = new ScriptedApi(clock, inOrder(completed));
		const schedule = { strategy: 'fixed' as const, intervalMs: 5000, maximumWaitMs: 60_000 };
		const odd = { taskId: 'a/b?c d' };
		await poll(odd, { api, clock, schedule });
		expect(api.calls[0]).toMatchObject({
			method: 'GET',
			path: '/model/v1/generation/task/a%2Fb%3Fc%20d',
		});
		expect(api.calls[0]).not.toHaveProperty('body');
	});

	it('may not take longer than what is left of the wait, but have a chance at its end', async () => {
		const { api, end } = waiting({
			reply: inOrder(running),
			known: submitted,
			intervalS: 20,
			maximumS: 60,
		});
		await end;
		expect(api.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([40_000, 20_000, 5_000]);
	});

	it('are told of, each that found the task', async () => {
		const seen: string[] = [];
		const { end } = waiting({
			reply: inOrder(running, answer(503), completed),
			known: submitted,
			onPoll: ({ status }) => seen.push(status),
		});
		await end;
		expect(seen).toEqual(['in_progress', 'completed']);
	});

	it('are not needed for a task that was done when submit saw it', async () => {
		const finished = readTask(taskBody({ status: 'completed' }));
		const { api, end } = waiting({ reply: inOrder(running), known: finished });
		await expect(end).resolves.toEqual({ task: finished, done: true, polls: 0 });
		expect(api.calls).toEqual([]);
	});

	it('that find a failed task end the wait', async () => {
		const { end } = waiting({ reply: inOrder(running, failed), known: submitted });
		await expect(end).resolves.toMatchObject({ done: true, task: { status: 'failed' } });
	});

	it('that find a status nobody knows go on to the deadline and not beyond', async () => {
		const { api, end } = waiting({
			reply: inOrder(answer(200, taskBody({ status: 'meditating' }))),
			known: submitted,
			maximumS: 60,
		});
		await expect(end).resolves.toMatchObject({ done: false, polls: 12 });
		expect(api.times().at(-1)).toBe(60);
	});
});

describe('A hint of the service when to poll next', () => {
	const hinted = answer(200, taskBody({ progress: 0.1 }), { 'retry-after': '30' });

	it('wins over the adaptive schedule, between the interval and two minutes', async () => {
		const { api, end } = waiting({
			reply: inOrder(hinted, answer(200, taskBody(), { 'retry-after': '500' }), completed),
			strategy: 'adaptive',
			chance: () => 0,
		});
		await end;
		expect(api.times()).toEqual([0, 30, 150]);
	});

	it('does not change an interval that the user has fixed', async () => {
		const { api, end } = waiting({ reply: inOrder(hinted, completed) });
		await end;
		expect(api.times()).toEqual([0, 5]);
	});
});

const passing: Array<[string, Answer]> = [
	['HTTP 500', answer(500)],
	['HTTP 502 with a page', answer(502, undefined)],
	['HTTP 503', answer(503, { message: 'maintenance' })],
	['HTTP 408', answer(408)],
	['HTTP 429', answer(429)],
	['an unreadable answer', answer(200, undefined)],
	['an empty object', answer(200, {})],
	['no answer', silent()],
	['a refused connection', unreachable],
];

describe('A transient error', () => {
	it.each(passing)('does not end the wait: %s', async (_, fault) => {
		const { api, end } = waiting({
			reply: inOrder(running, fault, fault, fault, fault, fault, completed),
			known: submitted,
		});
		await expect(end).resolves.toMatchObject({ done: true, polls: 7 });
		expect(api.calls).toHaveLength(7);
	});

	it.each(passing)('that never ends keeps the wait going to the deadline: %s', async (_, fault) => {
		const { api, clock, end } = waiting({ reply: inOrder(fault), known: submitted });
		await expect(end).resolves.toMatchObject({ done: false, task: submitted });
		expect(clock.elapsed()).toBe(1_800_000);
		expect(api.times().at(-1)).toBe(1800);
		// Once a minute at most when it goes on and on.
		expect(api.calls.length).toBeLessThan(75);
	});

	it('is followed by another poll sooner than by the interval, then by the interval again', async () => {
		const { api, end } = waiting({
			reply: inOrder(answer(503), running, completed),
			known: submitted,
			intervalS: 60,
		});
		await end;
		expect(api.times()).toEqual([60, 60.5, 120.5]);
	});

	it('in between does not make the next one count for more', async () => {
		const { api, end } = waiting({
			reply: inOrder(answer(503), answer(503), running, answer(503), completed),
			known: submitted,
			intervalS: 60,
		});
		await end;
		expect(api.times()).toEqual([60, 60.5, 61.5, 121.5, 122]);
	});

	it('that asks for patience gets it', async () => {
		const busy = answer(429, undefined, { 'retry-after': '90' });
		const { api, end } = waiting({ reply: inOrder(busy, completed), known: submitted });
		await end;
		expect(api.times()).toEqual([5, 95]);
	});

	it('may name the time as a date', async () => {
		const at = new Date(START + 65_000).toUTCString();
		const busy = answer(503, undefined, { 'retry-after': at });
		const { api, end } = waiting({ reply: inOrder(busy, completed), known: submitted });
		await end;
		expect(api.times()).toEqual([5, 65]);
	});

	it('that asks for more patience than the user has is asked once more at the deadline', async () => {
		const busy = answer(429, undefined, { 'retry-after': '300' });
		const { api, end } = waiting({
			reply: inOrder(busy, completed),
			known: submitted,
			maximumS: 60,
		});
		await expect(end).resolves.toMatchObject({ done: true });
		expect(api.times()).toEqual([5, 60]);
	});

	it('of any kind and order never ends the wait before the deadline', async () => {
		const faults = fc.constantFrom(...passing.map(([, fault]) => fault), running);
		await fc.assert(
			fc.asyncProperty(
				fc.array(faults, { minLength: 1, maxLength: 40 }),
				fc.integer({ min: 1, max: 600 }),
				fc.integer({ min: 6, max: 7200 }),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				async (answers, intervalS, maximumS, chance) => {
					const [first, ...rest] = answers as [Answer, ...Answer[]];
					const { api, clock, end } = waiting({
						reply: inOrder(first, ...rest),
						known: submitted,
						intervalS,
						maximumS,
						chance: () => chance,
					});
					await expect(end).resolves.toMatchObject({ done: false });
					expect(clock.elapsed()).toBe(maximumS * 1000);
					expect(api.times().at(-1)).toBe(maximumS);
					const gaps = api.times().map((at, index, all) => at - (all[index - 1] ?? 0));
					// The last gap is cut short by the deadline.
					expect(Math.min(...gaps.slice(0, -1), 0.5)).toBeGreaterThanOrEqual(0.4999);
					expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.max(intervalS, 60) + 0.001);
				},
			),
		);
	});
});

describe('The pause after a fault', () => {
	it('doubles from about a second to a minute', () => {
		const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => backoffMs(failures, 0.5));
		expect(pauses).toEqual([750, 1500, 3000, 6000, 12000, 24000, 45000, 45000, 45000]);
	});

	it('is spread by chance over half of its length, so that items do not knock together', () => {
		expect(backoffMs(3, 0)).toBe(2000);
		expect(backoffMs(3, 0.999)).toBeGreaterThan(3900);
	});

	it('stays within half a second and a minute, and honours what the service asked for', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1 }),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				fc.integer({ min: 0, max: 600_000 }),
				(failures, random, asked) => {
					const pause = backoffMs(failures, random);
					expect(pause).toBeGreaterThanOrEqual(500);
					expect(pause).toBeLessThanOrEqual(60_000);
					expect(backoffMs(failures, random, asked)).toBe(Math.max(asked, pause));
					expect(backoffMs(failures + 1, random)).toBeGreaterThanOrEqual(pause);
				},
			),
		);
	});
});

describe('A refusal for good', () => {
	it.each([
		[400, /refused a parameter \(HTTP 400\)/],
		[401, /API key \(HTTP 401\)/],
		[402, /lack of credit \(HTTP 402\)/],
		[403, /refused access \(HTTP 403\)/],
		[302, /redirected to another address/],
		[405, /refused the request \(HTTP 405\)/],
	])('ends the wait at once: HTTP %d', async (status, message) => {
		const { api, end } = waiting({
			reply: inOrder(running, answer(status), completed),
			known: submitted,
		});
		const error = await taskErrorOf(end);
		expect(error.message).toMatch(message);
		expect(wordsOf(error)).toContain(TASK_ID);
		expect(error.details).toMatchObject({ ...ids, httpStatus: status, status: 'unknown' });
		expect(api.times()).toEqual([5, 10]);
	});

	it('by n8n itself ends it too', async () => {
		const lasting = silent({
			reason: 'n8n did not send the request (no)',
			maybeSent: false,
			permanent: true,
		});
		const { api, end } = waiting({ reply: inOrder(lasting), known: submitted });
		expect((await taskErrorOf(end)).message).toMatch(/n8n could not send the request/);
		expect(api.calls).toHaveLength(1);
	});

	it('of the first poll does not claim that a task exists which nobody has seen', async () => {
		const { end } = waiting({ reply: inOrder(answer(401)) });
		expect((await taskErrorOf(end)).description).not.toMatch(/exists, goes on and is billed/);
	});

	it.each([400, 401, 402, 403, 405])(
		'does not send the user to pay a second time: HTTP %d',
		async (status) => {
			const { end } = waiting({ reply: inOrder(answer(status)), known: submitted });
			const { description } = await taskErrorOf(end);
			expect(description).toContain('Task → Wait');
			expect(description).not.toMatch(/(?<!not )run (the item )?again/);
		},
	);
});

describe('A task that is not found', () => {
	it('right after its submit is given time to appear', async () => {
		const { end } = waiting({
			reply: inOrder(notFound, notFound, notFound, running, completed),
			known: submitted,
		});
		await expect(end).resolves.toMatchObject({ done: true });
	});

	it('for a quarter of a minute has vanished, and the error says that it may be billed', async () => {
		const { api, clock, end } = waiting({ reply: inOrder(running, notFound), known: submitted });
		const error = await taskErrorOf(end);
		expect(error.message).toContain('no longer knows');
		expect(error.description).toMatch(/may be billed/);
		expect(error.details).toMatchObject({ ...ids, httpStatus: 404 });
		// Not seen from second 10 on.
		expect(clock.elapsed()).toBeGreaterThanOrEqual(25_000);
		expect(clock.elapsed()).toBeLessThan(45_000);
		expect(api.calls.length).toBeGreaterThan(3);
	});

	it('and that nobody has ever seen does not exist: nothing is billed', async () => {
		const { clock, end } = waiting({ reply: inOrder(notFound) });
		const error = await taskErrorOf(end);
		expect(error.message).toBe(`The service knows no task ${TASK_ID}`);
		expect(error.description).toMatch(/Nothing was created or billed/);
		expect(clock.elapsed()).toBeGreaterThanOrEqual(15_000);
		expect(clock.elapsed()).toBeLessThan(45_000);
	});

	it('is asked for again within the time that it has to appear, whatever a proxy asks for', async () => {
		const patient = answer(404, undefined, { 'retry-after': '600' });
		const { api, end } = waiting({ reply: inOrder(patient, completed), known: submitted });
		await expect(end).resolves.toMatchObject({ done: true });
		expect(api.times()).toEqual([5, 20]);
	});

	it('now and then is still there', async () => {
		const { end } = waiting({
			reply: inOrder(
				...([running, notFound, notFound, notFound, running] as const),
				...Array.from({ length: 4 }, () => [notFound, notFound, running]).flat(),
				completed,
			),
			known: submitted,
			intervalS: 30,
		});
		await expect(end).resolves.toMatchObject({ done: true });
	});

	it('by one poll alone has not vanished, however bad the service is between such polls', async () => {
		const { end } = waiting({
			reply: inOrder(
				running,
				...Array.from({ length: 12 }, () => [notFound, answer(503)]).flat(),
				completed,
			),
			known: submitted,
		});
		await expect(end).resolves.toMatchObject({ done: true });
	});
});

describe('Stop', () => {
	it('ends the wait at once, with no further poll', async () => {
		const { api, clock, end } = waiting({
			reply: inOrder(running),
			known: submitted,
			stopAtS: 12.3,
		});
		await expect(end).rejects.toBeInstanceOf(Stopped);
		expect(clock.elapsed()).toBe(12_300);
		expect(api.times()).toEqual([5, 10]);
	});

	it('ends the pause after a fault too', async () => {
		const { api, clock, end } = waiting({
			reply: inOrder(answer(429, undefined, { 'retry-after': '600' })),
			known: submitted,
			stopAtS: 100,
		});
		await expect(end).rejects.toBeInstanceOf(Stopped);
		expect(clock.elapsed()).toBe(100_000);
		expect(api.calls).toHaveLength(1);
	});

	it('during a poll leaves it the last', async () => {
		const stop = new AbortController();
		const clock = new VirtualClock();
		const api = new ScriptedApi(clock, () => {
			stop.abort();
			return running;
		});
		const schedule = { strategy: 'fixed' as const, intervalMs: 5000, maximumWaitMs: 60_000 };
		const options = { api, clock, schedule, signal: stop.signal };
		await expect(poll(ids, options)).rejects.toBeInstanceOf(Stopped);
		expect(api.calls).toHaveLength(1);
	});
});
