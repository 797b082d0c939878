import { Told } from '../../nodes/KirinVideoTrigger/once';
import type { Task, TaskStatus } from '../../nodes/KirinVideo/task/task';

const here = { workflow: { id: 'w' }, node: { id: 'n' } };

function task(taskId: string, status: TaskStatus): Task {
	return { taskId, status, contents: [], raw: {} };
}

describe('The events that were told', () => {
	it('are news once, each status by itself', () => {
		const told = new Told();
		for (const status of ['queued', 'in_progress', 'completed'] as const) {
			expect(told.isNews(here, task('a', status))).toBe(true);
			told.add(here, task('a', status));
			expect(told.isNews(here, task('a', status))).toBe(false);
		}
	});

	it('have no news of a task under way once it has ended', () => {
		const told = new Told();
		told.add(here, task('a', 'failed'));

		expect(told.isNews(here, task('a', 'in_progress'))).toBe(false);
		expect(told.isNews(here, task('b', 'in_progress'))).toBe(true);
	});

	it('are news for every trigger that listens', () => {
		const told = new Told();
		told.add(here, task('a', 'completed'));

		expect(told.isNews({ ...here, node: { id: 'm' } }, task('a', 'completed'))).toBe(true);
		expect(told.isNews({ ...here, workflow: { id: 'v' } }, task('a', 'completed'))).toBe(true);
	});

	it('are news again when they were taken back', () => {
		const told = new Told();
		told.add(here, task('a', 'completed'));
		told.forget(here, task('a', 'completed'));

		expect(told.hasSettled(here, 'a')).toBe(false);
	});

	it('take no more room than they are given: the oldest are forgotten', () => {
		const told = new Told(2);
		for (const id of ['a', 'b', 'c']) told.add(here, task(id, 'completed'));

		expect(['a', 'b', 'c'].map((id) => told.hasSettled(here, id))).toEqual([false, true, true]);
	});
});
