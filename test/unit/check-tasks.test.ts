import type { Answer } from '../../nodes/KirinVideo/api/answer';
import { checkTasks } from '../../nodes/KirinVideo/suspend/checkTasks';
import type { Task } from '../../nodes/KirinVideo/task/task';
import { ScriptedApi, answer } from './scripted-api';
import { VirtualClock } from './virtual-clock';

/** A service in which tasks are as the test says, by their IDs. */
function checking(states: Record<string, Answer | Answer[]>, done = new Map<string, Task>()) {
	const clock = new VirtualClock();
	const asked: string[] = [];
	const api = new ScriptedApi(clock, ({ path }) => {
		const id = path.split('/').at(-1) ?? '';
		asked.push(id);
		const state = states[id];
		const next = Array.isArray(state) ? (state.length > 1 ? state.shift() : state[0]) : state;
		return next ?? answer(404);
	});
	const check = async (claimsEnd = false) =>
		await checkTasks(Object.keys(states), { api, clock, done, claimsEnd });
	return { asked, done, check, clock };
}

const is = (id: string, status: string) => answer(200, { id, status });

describe('A check of the tasks of a wait', () => {
	it('asks for the first one only while that is under way', async () => {
		const { asked, check } = checking({ a: is('a', 'running'), b: is('b', 'done') });
		await expect(check()).resolves.toBe('unfinished');
		expect(asked).toEqual(['a']);
	});

	it('asks for all at the end, and remembers them', async () => {
		const { asked, check, done } = checking({ a: is('a', 'done'), b: is('b', 'failed') });
		await expect(check()).resolves.toBe('done');
		await expect(check()).resolves.toBe('done');
		expect(asked).toEqual(['a', 'b']);
		expect(done.get('b')?.status).toBe('failed');
	});

	it('asks once more for a task of which a callback says that it is done', async () => {
		const lagging = () => checking({ a: [is('a', 'running'), is('a', 'done')] });
		await expect(lagging().check(false)).resolves.toBe('unfinished');
		const { check, clock } = lagging();
		await expect(check(true)).resolves.toBe('done');
		expect(clock.elapsed()).toBeLessThan(1_500);
	});

	it('does not know when the service is away, and says so before the caller has gone', async () => {
		const { check, clock } = checking({ a: answer(503), b: is('b', 'done') });
		await expect(check()).resolves.toBe('unknown');
		expect(clock.elapsed()).toBeLessThan(1_500);
	});

	it('ends the wait for a key that is refused, and not for a task that cannot be seen', async () => {
		await expect(checking({ a: answer(401) }).check()).resolves.toBe('done');
		await expect(checking({ a: answer(404) }).check()).resolves.toBe('unfinished');
	});
});
