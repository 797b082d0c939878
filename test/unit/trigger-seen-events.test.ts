import { type Task, SeenEvents, triggerOf } from '../../nodes/KirinVideoTrigger/seenEvents';

const triggerIn = (workflow: string, node: string) =>
	triggerOf({
		getWorkflow: () => ({ id: workflow }),
		getNode: () => ({ id: node }),
	} as Parameters<typeof triggerOf>[0]);

const here = triggerIn('w', 'n');

function task(taskId: string, status: Task['status']): Task {
	return { taskId, status };
}

function seenEvents(most?: number) {
	const seen = new SeenEvents(most);
	return {
		seen,
		add: (event: Task, externalTaskId?: string) =>
			seen.add(here, event, { taskId: event.taskId, externalTaskId }),
	};
}

describe('Seen events', () => {
	it('are new once, each status by itself', () => {
		const { seen, add } = seenEvents();
		for (const status of ['queued', 'in_progress', 'completed'] as const) {
			expect(seen.isNew(here, task('a', status))).toBe(true);
			add(task('a', status));
			expect(seen.isNew(here, task('a', status))).toBe(false);
		}
	});

	it('let nothing be new of a task that is done', () => {
		const { seen, add } = seenEvents();
		add(task('a', 'failed'));

		expect(seen.isNew(here, task('a', 'in_progress'))).toBe(false);
		expect(seen.isNew(here, task('b', 'in_progress'))).toBe(true);
	});

	it('tell a done task by either of its IDs', () => {
		const { seen, add } = seenEvents();
		add(task('a', 'completed'), 'order-7');

		expect(seen.hasEnded(here, { taskId: 'a' })).toBe(true);
		expect(seen.hasEnded(here, { taskId: 'order-7' })).toBe(true);
		expect(seen.hasEnded(here, { taskId: 'other', externalTaskId: 'order-7' })).toBe(true);
		expect(seen.hasEnded(here, { taskId: 'b' })).toBe(false);
	});

	it('are those of one trigger', () => {
		const { seen, add } = seenEvents();
		add(task('a', 'completed'));

		expect(seen.isNew(triggerIn('w', 'm'), task('a', 'completed'))).toBe(true);
		expect(seen.isNew(triggerIn('v', 'n'), task('a', 'completed'))).toBe(true);
	});

	it('are new again when they were taken back', () => {
		const { seen, add } = seenEvents();
		add(task('a', 'completed'), 'order-7');
		seen.forget(here, task('a', 'completed'), { taskId: 'a', externalTaskId: 'order-7' });

		expect(seen.hasEnded(here, { taskId: 'a', externalTaskId: 'order-7' })).toBe(false);
		expect(seen.isNew(here, task('a', 'completed'))).toBe(true);
	});

	it('take no more room than they are given: the oldest are forgotten', () => {
		const { seen, add } = seenEvents(4);
		for (const id of ['a', 'b', 'c']) add(task(id, 'completed'));

		const ended = ['a', 'b', 'c'].map((taskId) => seen.hasEnded(here, { taskId }));
		expect(ended).toEqual([false, true, true]);
	});
});
