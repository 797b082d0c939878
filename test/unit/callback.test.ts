import { readCallback } from '../../nodes/KirinVideo/task/callback';

describe('A callback names a task', () => {
	it.each([
		['by id', { id: 'd5u5' }],
		['by task_id', { task_id: 'd5u5' }],
		['by request_id', { request_id: 'd5u5' }],
		['within data', { data: { id: 'd5u5' } }],
		['within data, whatever stands outside', { code: 0, data: { task_id: 'd5u5' } }],
	])('%s', (_, body) => {
		expect(readCallback(body)).toEqual({ taskId: 'd5u5' });
	});

	it('by our own ID', () => {
		expect(readCallback({ external_task_id: 'n8n-1' })).toEqual({ externalTaskId: 'n8n-1' });
		expect(readCallback({ data: { id: 'a', external_task_id: 'n8n-1' } })).toEqual({
			taskId: 'a',
			externalTaskId: 'n8n-1',
		});
	});
});

describe('A callback names no task', () => {
	it.each([
		['when it has no body', undefined],
		['when it is a list', [{ id: 'd5u5' }]],
		['when it is a text', 'd5u5'],
		['when the ID is an object', { id: { id: 'd5u5' } }],
		['when the ID is empty', { id: '' }],
		['when the ID has spaces', { id: 'a b' }],
		['when the ID would climb out of the path', { id: '..' }],
		['when the ID is longer than any', { id: 'x'.repeat(129) }],
	])('%s', (_, body) => {
		expect(readCallback(body)).toEqual({});
	});
});
