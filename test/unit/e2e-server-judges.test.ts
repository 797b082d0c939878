import { billedTwice } from '../e2e-server/billed-twice';
import { loggedTasks } from '../e2e-server/logged-tasks';
import { lostItems } from '../e2e-server/lost-items';
import { percentile } from '../e2e-server/percentile';
import { pollsWhileWaiting } from '../e2e-server/polls-while-waiting';

const itemOf = (prompt: string) => prompt.slice(0, 2);

describe('Billed twice', () => {
	it('is an item with two billed tasks', () => {
		const billed = [
			{ id: 't1', prompt: 'A1 fox' },
			{ id: 't2', prompt: 'A2 fox' },
			{ id: 't3', prompt: 'A1 fox' },
		];
		expect(billedTwice(billed, itemOf)).toEqual([{ item: 'A1', taskIds: ['t1', 't3'] }]);
		expect(billedTwice(billed.slice(0, 2), itemOf)).toEqual([]);
	});
});

describe('Lost', () => {
	const nothing = {
		items: ['A1'],
		billed: [{ id: 't1', prompt: 'A1 fox' }],
		itemOf,
		delivered: new Set<string>(),
		reported: new Set<string>(),
		findable: new Set<string>(),
	};

	it('is a paid task that n8n names nowhere, even when its execution is seen to have failed', () => {
		expect(lostItems({ ...nothing, reported: new Set(['A1']) })).toMatchObject([{ item: 'A1' }]);
	});

	it('is an item without a task that nothing tells of', () => {
		expect(lostItems({ ...nothing, billed: [] })).toMatchObject([{ item: 'A1' }]);
	});

	it.each([
		['delivered', { delivered: new Set(['A1']) }],
		['named in the log', { findable: new Set(['t1']) }],
		['never submitted by an execution that failed', { billed: [], reported: new Set(['A1']) }],
	])('is not an item that was %s', (_, fate) => {
		expect(lostItems({ ...nothing, ...fate })).toEqual([]);
	});
});

describe('A poll while waiting', () => {
	const callbackUrl = 'http://n8n/webhook-waiting/7?signature=x';
	const tasks = [{ id: 't1', callbackUrl, endsAt: 20_000 }];
	const get = (at: number) => ({ at, kind: 'get' as const, taskId: 't1', status: 200 });
	const callback = (at: number, status = 200) => ({
		at,
		kind: 'callback' as const,
		taskId: 't1',
		status,
	});
	const polls = (...requests: Array<ReturnType<typeof get> | ReturnType<typeof callback>>) =>
		pollsWhileWaiting(tasks, requests, 2_000).map(({ at }) => at);

	it('is a look that no callback has called for', () => {
		expect(polls(get(100), get(8_000))).toEqual([8_000]);
	});

	it('is not the one look before the wait, nor one that follows a callback', () => {
		expect(polls(get(100), callback(5_000), get(6_000))).toEqual([]);
	});

	it('is not a look of the execution that a callback has woken, however late', () => {
		expect(polls(get(100), callback(20_000), get(40_000))).toEqual([]);
	});

	it('is a look after a callback that n8n has refused', () => {
		expect(polls(get(100), callback(20_000, 409), get(40_000))).toEqual([40_000]);
	});

	it('is none of an execution that waits by polling', () => {
		const own = [{ id: 't1', endsAt: 20_000 }];
		expect(pollsWhileWaiting(own, [get(100), get(8_000)], 2_000)).toEqual([]);
	});
});

describe('The tasks in a log', () => {
	it('are those that the node has named', () => {
		const lines = [
			'12:00 | info | Kirin Video: Task in_progress, item 0, task abc1, external task ID n8n-2f',
			'12:00 | info | Kirin Video: Creating a task, item 1, external task ID n8n-3a',
			'12:00 | info | Started task zzz',
			'{"message":"Kirin Video: Task completed, item 11, task abc2, external task ID x"}',
		];
		expect([...loggedTasks(lines)]).toEqual(['abc1', 'abc2']);
	});
});

describe('A percentile', () => {
	it('is the nearest rank', () => {
		expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
		expect(percentile([4, 1, 3, 2], 0.99)).toBe(4);
		expect(percentile([], 0.5)).toBeNaN();
	});
});
