import { Stopped } from '../../nodes/KirinVideo/api/clock';
import { getTask } from '../../nodes/KirinVideo/task/getTask';
import type { Answer } from '../../nodes/KirinVideo/api/answer';
import {
	ScriptedApi,
	answer,
	completed,
	inOrder,
	notFound,
	running,
	silent,
	unreachable,
} from './scripted-api';
import { taskErrorOf } from './task-error';
import { VirtualClock } from './virtual-clock';

function looking(reply: () => Answer, id = 'order-7') {
	const clock = new VirtualClock();
	const stop = new AbortController();
	const api = new ScriptedApi(clock, reply, stop.signal);
	return {
		api,
		clock,
		stop,
		look: async () => await getTask(id, { api, clock, signal: stop.signal }),
	};
}

describe('One look at a task', () => {
	it.each([running, completed])('is one call', async (seen) => {
		const { api, look } = looking(inOrder(seen), 'order/7');
		await expect(look()).resolves.toMatchObject({ model: 'kirin_v2_5_turbo_t2v' });
		expect(api.calls).toEqual([
			{ method: 'GET', path: '/model/v1/generation/task/order%2F7', at: 0 },
		]);
	});

	it.each([answer(500), answer(429), answer(200), silent(), unreachable])(
		'is repeated when the service stumbles: %j',
		async (fault) => {
			const { api, clock, look } = looking(inOrder(fault, fault, fault, completed));
			await expect(look()).resolves.toMatchObject({ status: 'completed' });
			expect(api.calls).toHaveLength(4);
			expect(clock.elapsed()).toBe(3_500);
		},
	);

	it('is given up after four tries, and the error says that nothing was billed by it', async () => {
		const { api, look } = looking(inOrder(answer(503, { message: 'maintenance' })));
		const error = await taskErrorOf(look());
		expect(api.calls).toHaveLength(4);
		expect(error.message).toBe(
			'Task order-7 could not be read: the service answered with HTTP 503',
		);
		expect(error.description).toContain('maintenance');
		expect(error.description).toMatch(/nothing was created or billed by asking for it/);
		expect(error.details).toMatchObject({ taskId: 'order-7', httpStatus: 503 });
	});

	it('waits as long as the service asks for, up to half a minute', async () => {
		const busy = (seconds: string) => answer(429, undefined, { 'retry-after': seconds });
		const { api, look } = looking(inOrder(busy('20'), busy('3600'), completed));
		await look();
		expect(api.times()).toEqual([0, 20, 50]);
	});

	it('that finds nothing says so at once', async () => {
		const { api, look } = looking(inOrder(notFound));
		const error = await taskErrorOf(look());
		expect(api.calls).toHaveLength(1);
		expect(error.message).toBe('The service knows no task order-7');
		expect(error.description).toMatch(/Check the ID/);
	});

	it.each([400, 401, 402, 403, 405])(
		'that is refused with HTTP %d is not repeated',
		async (status) => {
			const { api, look } = looking(inOrder(answer(status)));
			expect((await taskErrorOf(look())).details).toMatchObject({ httpStatus: status });
			expect(api.calls).toHaveLength(1);
		},
	);

	it.each([
		['a key that is not accepted', answer(401), /check the key/i],
		['an account without credit', answer(402), /top up/i],
		['a redirect', answer(302), /base URL/],
	])('that fails for %s says what to do about it', async (_, refusal, next) => {
		const { description } = await taskErrorOf(looking(inOrder(refusal)).look());
		expect(description).toMatch(next);
		expect(description).not.toMatch(/try again later/i);
	});

	it('does not go out after Stop', async () => {
		const { api, stop, look } = looking(() => {
			stop.abort();
			return answer(503);
		});
		await expect(look()).rejects.toBeInstanceOf(Stopped);
		expect(api.calls).toHaveLength(1);
	});
});
