import type { KnownIds } from '../../nodes/KirinVideo/task/task';
import type { Answer } from '../../nodes/KirinVideo/api/client';
import { LOOK_TIMEOUT_MS, verify } from '../../nodes/KirinVideoTrigger/verify';
import { ScriptedApi, answer, inOrder, unreachable } from './scripted-api';
import { VirtualClock } from './virtual-clock';

const found = answer(200, { id: 'a', status: 'completed' });

async function verified(named: KnownIds, ...answers: [Answer, ...Answer[]]) {
	const api = new ScriptedApi(new VirtualClock(), inOrder(...answers));
	return { verdict: await verify(named, api), calls: api.calls };
}

describe('What a caller is told', () => {
	it.each<[number, string, Answer]>([
		[404, 'the service knows no such task', answer(404, {})],
		[404, 'the service refuses the ID', answer(422, { message: 'malformed' })],
		[503, 'the service is away', unreachable],
		[503, 'the service has trouble', answer(500, {})],
		[503, 'the service is busy', answer(429, {})],
		[503, 'a proxy answers with a page', answer(200, undefined)],
		[500, 'the key is bad', answer(401, {})],
		[500, 'the key is not allowed', answer(403, {})],
		[500, 'there is no credit', answer(402, {})],
		[500, 'the service has moved', answer(302, {})],
	])('%i when %s', async (status, _, reply) => {
		const { verdict } = await verified({ taskId: 'a' }, reply);

		expect(verdict).toMatchObject({ status });
		// Whoever runs n8n can do something about all but an unknown task.
		expect('problem' in verdict).toBe(status !== 404);
	});

	it('400 when the call names no task, and nobody is asked', async () => {
		const { verdict, calls } = await verified({}, found);

		expect(verdict).toEqual({ status: 400, message: 'The body names no task' });
		expect(calls).toEqual([]);
	});
});

describe('A look', () => {
	it('is quick, and is not repeated', async () => {
		const { calls } = await verified({ taskId: 'a' }, answer(503, {}));

		expect(calls.map(({ timeoutMs }) => timeoutMs)).toEqual([LOOK_TIMEOUT_MS]);
	});

	it('goes by the external task ID when the first ID is unknown', async () => {
		const { verdict, calls } = await verified(
			{ taskId: 'event-1', externalTaskId: 'order-7' },
			answer(404, {}),
			found,
		);

		expect(calls.map(({ path }) => path.split('/').at(-1))).toEqual(['event-1', 'order-7']);
		expect(verdict).toMatchObject({ ids: { taskId: 'a', externalTaskId: 'order-7' } });
	});

	it('believes no ID that it did not go by', async () => {
		const { verdict } = await verified({ taskId: 'a', externalTaskId: 'forged' }, found);

		expect(verdict).toMatchObject({ ids: { taskId: 'a' } });
		expect(JSON.stringify(verdict)).not.toContain('forged');
	});
});
