import type { Answer } from '../../nodes/KirinVideo/api/answer';
import type { KnownIds } from '../../nodes/KirinVideo/task/task';
import { VERIFY_WITHIN_MS, verify } from '../../nodes/KirinVideoTrigger/webhook/verify';
import { answer, unreachable } from './scripted-api';

const found = answer(200, { id: 'a', status: 'completed' });
const rendering = answer(200, { id: 'a', status: 'in_progress' });
const unknown = answer(404, {});

interface Options {
	claimsEnd?: boolean;
	/** How long each answer takes, in milliseconds. */
	latencyMs?: number;
	/** Whether strangers have used up what is asked for again. */
	isFlooded?: boolean;
}

/** The last of the answers is repeated. */
async function verified(
	ids: KnownIds,
	answers: Array<Answer | undefined>,
	{ claimsEnd = false, latencyMs = 0, isFlooded = false }: Options = {},
) {
	let now = 0;
	const calls: Array<{ id: string; timeoutMs: number }> = [];
	const verdict = await verify(
		{ ids, claimsEnd },
		{
			getWithFreshKey: async (id, timeoutMs) => {
				now += Math.min(latencyMs, timeoutMs);
				return await Promise.resolve(
					answers[Math.min(calls.push({ id, timeoutMs }), answers.length) - 1],
				);
			},
			mayAskAgain: () => !isFlooded,
			sleep: async (ms) => await Promise.resolve(void (now += ms)),
			now: () => now,
		},
	);
	return { verdict, calls, tookMs: now };
}

describe('A caller is told', () => {
	it.each<[number, string, Answer]>([
		[404, 'the service knows no such task', unknown],
		[404, 'the service refuses the ID', answer(422, { message: 'malformed' })],
		[503, 'the service is away', unreachable],
		[503, 'the service has trouble', answer(500, {})],
		[503, 'the service is busy', answer(429, {})],
		[503, 'a proxy answers with a page', answer(200, undefined)],
		[500, 'the key is bad', answer(401, {})],
		[500, 'there is no credit', answer(402, {})],
		[500, 'the service has moved', answer(302, {})],
	])('%i when %s', async (status, _, reply) => {
		const { verdict } = await verified({ taskId: 'a' }, [reply]);

		expect(verdict).toMatchObject({ status });
		// Whoever runs n8n can do something about all but an unknown task.
		expect('problem' in verdict).toBe(status !== 404);
		expect('retryAfterS' in verdict).toBe(status === 503);
	});

	it('404 after one status request while strangers name tasks that nobody knows', async () => {
		const { verdict, calls } = await verified({ taskId: 'a' }, [unknown, found], {
			isFlooded: true,
		});

		expect(verdict).toMatchObject({ status: 404 });
		expect(calls).toHaveLength(1);
	});

	it('400 when the call names no task, and nobody is asked', async () => {
		const { verdict, calls } = await verified({}, [found]);

		expect(verdict).toEqual({ status: 400, message: 'The body names no task' });
		expect(calls).toEqual([]);
	});

	it('503 when so many calls come that this one cannot be verified', async () => {
		const { verdict } = await verified({ taskId: 'a' }, [undefined]);

		expect(verdict).toMatchObject({ status: 503, retryAfterS: expect.any(Number) as number });
	});
});

describe('A verification', () => {
	it('of a call that tells of progress is one status request', async () => {
		const { verdict, calls } = await verified({ taskId: 'a' }, [rendering]);

		expect(verdict).toMatchObject({ task: { status: 'in_progress' } });
		expect(calls).toHaveLength(1);
	});

	it('is repeated for a moment when the call claims an end that the API does not know yet', async () => {
		const { verdict, calls } = await verified({ taskId: 'a' }, [rendering, rendering, found], {
			claimsEnd: true,
		});

		expect(verdict).toMatchObject({ task: { status: 'completed' } });
		expect(calls).toHaveLength(3);
	});

	it('ends with 503 when the API does not confirm the end, so that the caller repeats it', async () => {
		const { verdict, tookMs } = await verified({ taskId: 'a' }, [rendering], { claimsEnd: true });

		expect(verdict).toMatchObject({ status: 503, retryAfterS: expect.any(Number) as number });
		expect(tookMs).toBeLessThanOrEqual(4_000);
	});

	it('is repeated for a task that the API does not know yet, as right after its creation', async () => {
		const { verdict, calls } = await verified({ taskId: 'a' }, [unknown, rendering]);

		expect(verdict).toMatchObject({ task: { status: 'in_progress' } });
		expect(calls).toHaveLength(2);
	});

	it.each([false, true])(
		'keeps the caller waiting for a bounded time when the service is slow (claims an end: %s)',
		async (claimsEnd) => {
			for (const latencyMs of [1_000, 2_500, 60_000]) {
				for (const answers of [[rendering], [unknown], [found]]) {
					const ids = { taskId: 'a', externalTaskId: 'b' };
					const { tookMs } = await verified(ids, answers, { claimsEnd, latencyMs });

					expect(tookMs).toBeLessThanOrEqual(VERIFY_WITHIN_MS + 1_000);
				}
			}
		},
	);

	it('goes by the external task ID when the first ID is unknown', async () => {
		const { verdict, calls } = await verified({ taskId: 'event-1', externalTaskId: 'order-7' }, [
			unknown,
			found,
		]);

		expect(calls.map(({ id }) => id)).toEqual(['event-1', 'order-7']);
		expect(verdict).toMatchObject({ ids: { taskId: 'a', externalTaskId: 'order-7' } });
	});

	it('believes no ID that it did not go by', async () => {
		const { verdict } = await verified({ taskId: 'a', externalTaskId: 'forged' }, [found]);

		expect(verdict).toMatchObject({ ids: { taskId: 'a' } });
		expect(JSON.stringify(verdict)).not.toContain('forged');
	});
});
