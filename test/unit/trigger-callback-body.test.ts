import fc from 'fast-check';
import type { IWebhookFunctions } from 'n8n-workflow';
import { readCall } from '../../nodes/KirinVideoTrigger/webhook/callbackBody';

/** A call as n8n hands it over: a body of another content type is not parsed. */
function read(parsed: unknown, raw: string | Buffer = JSON.stringify(parsed) ?? '') {
	const functions: unknown = {
		getBodyData: () => parsed,
		getRequestObject: () => ({ rawBody: Buffer.from(raw as string) }),
	};
	return readCall(functions as IWebhookFunctions);
}

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
