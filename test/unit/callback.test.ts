import fc from 'fast-check';
import { readCall } from '../../nodes/KirinVideo/task/callback';

/** A call as n8n hands it over: a body of another content type is not parsed. */
function read(parsed: unknown, raw: string | Buffer = JSON.stringify(parsed) ?? '') {
	return readCall(parsed, { rawBody: Buffer.from(raw as string) });
}

const idsIn = (body: unknown) => read(body).ids;

describe('The body of a call', () => {
	it.each<[string, object]>([
		['completed', { id: 'a', status: 'completed' }],
		['in any letter case', { id: 'a', status: 'COMPLETED' }],
		['failed', { id: 'a', status: 'failed' }],
		['canceled', { id: 'a', status: 'cancelled' }],
		['in an envelope', { data: { id: 'a', status: 'success' }, status: { code: 200 } }],
		['in the words of the vendor', { task_id: 'a', task_status: 'succeed' }],
		['as an event', { event: 'task.completed', data: { id: 'a' } }],
		['by an output', { id: 'a', output: [{ type: 'video', url: 'https://x.example/a.mp4' }] }],
		['by the output of the vendor', { task_id: 'a', task_result: { videos: [{ url: 'u' }] } }],
	])('claims an end: %s', (_, body) => {
		expect(read(body)).toEqual({ ids: { taskId: 'a' }, claimsEnd: true });
	});

	it.each<[string, object]>([
		['under way', { id: 'a', status: 'in_progress' }],
		['submitted', { id: 'a', task_status: 'submitted' }],
		['nothing', { id: 'a' }],
		['a word of its own', { id: 'a', status: 'dreaming' }],
		['an empty output', { id: 'a', status: 'processing', output: [] }],
		['an envelope that went well', { status: 'success', data: { id: 'a', status: 'processing' } }],
	])('claims none: %s', (_, body) => {
		expect(read(body)).toEqual({ ids: { taskId: 'a' }, claimsEnd: false });
	});

	it('may name our ID where the vendor has it', () => {
		const body = { task_id: 'vendor-1', task_info: { external_task_id: 'order-7' } };

		expect(read(body).ids).toEqual({ taskId: 'vendor-1', externalTaskId: 'order-7' });
	});

	it('is read as text where n8n has not parsed it', () => {
		expect(read(undefined, '{"id":"a"}').ids).toEqual({ taskId: 'a' });
	});

	it('is not parsed by us when it is far longer than a callback', () => {
		expect(read(undefined, `{"id":"a","text":"${'x'.repeat(300_000)}"}`).ids).toEqual({});
	});

	it('keeps what n8n has read of a long number where the text says no more', () => {
		expect(read({ id: '12345678901234567890' }, 'id=12345678901234567890').ids).toEqual({
			taskId: '12345678901234567890',
		});
	});

	it('may be anything', () => {
		fc.assert(
			fc.property(fc.anything(), fc.uint8Array({ maxLength: 200 }), (body, bytes) => {
				const { ids, claimsEnd } = read(body, Buffer.from(bytes));
				for (const id of [ids.taskId, ids.externalTaskId]) {
					if (id !== undefined) expect(id).toMatch(/^[^\s\p{C}]{1,128}$/u);
				}
				expect(typeof claimsEnd).toBe('boolean');
			}),
		);
	});
});

describe('A callback names a task', () => {
	it.each([
		['by id', { id: 'd5u5' }],
		['by task_id', { task_id: 'd5u5' }],
		['by request_id', { request_id: 'd5u5' }],
		['within data', { data: { id: 'd5u5' } }],
		['within data, whatever stands outside', { code: 0, data: { task_id: 'd5u5' } }],
	])('%s', (_, body) => {
		expect(idsIn(body)).toEqual({ taskId: 'd5u5' });
	});

	it('by our own ID', () => {
		expect(idsIn({ external_task_id: 'n8n-1' })).toEqual({ externalTaskId: 'n8n-1' });
		expect(idsIn({ data: { id: 'a', external_task_id: 'n8n-1' } })).toEqual({
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
		expect(idsIn(body)).toEqual({});
	});
});
