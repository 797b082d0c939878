import type { IWebhookFunctions } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import type { Task } from '../../nodes/KirinVideo/task/task';
import { KeptCredentials } from '../../nodes/KirinVideoTrigger/webhook/keptCredentials';
import { FairLimiter } from '../../nodes/KirinVideoTrigger/webhook/fairLimiter';
import { releaseIsolate } from '../../nodes/KirinVideoTrigger/webhook/isolate';
import { WarningLimit } from '../../nodes/KirinVideoTrigger/webhook/log';
import { SharedVerifications } from '../../nodes/KirinVideoTrigger/webhook/sharedVerifications';
import type { Verdict } from '../../nodes/KirinVideoTrigger/webhook/verify';

describe('A limiter of calls', () => {
	const limits = { atOnce: 2, waiting: 4, maxWaitMs: 3_000 };
	const never = async () => await new Promise<void>(() => undefined);

	/** Who was admitted (or sent away, with a minus), in this order. */
	function crowd(limiter: FairLimiter) {
		const said: string[] = [];
		return {
			said,
			call: (source: string, name: string) =>
				void limiter.acquire(source).then((ok) => said.push(ok ? name : `-${name}`)),
		};
	}

	const settle = async () => await new Promise((resolve) => setImmediate(resolve));

	it('admits so many at once, and the next when one has left', async () => {
		const limiter = new FairLimiter(limits, never);
		const { said, call } = crowd(limiter);
		for (const name of ['1', '2', '3']) call('a', name);
		await settle();
		expect(said).toEqual(['1', '2']);
		expect(limiter.tryAcquire()).toBe(false);

		limiter.release();
		await settle();
		expect(said).toEqual(['1', '2', '3']);
		limiter.release();
		limiter.release();
		expect(limiter.tryAcquire()).toBe(true);
	});

	it('serves sources in turn, so that a flood from one does not hold up another', async () => {
		const limiter = new FairLimiter({ ...limits, atOnce: 1 }, never);
		const { said, call } = crowd(limiter);
		for (const name of ['f1', 'f2', 'f3', 'f4']) call('flood', name);
		call('service', 's1');
		for (let n = 0; n < 3; n++) limiter.release();
		await settle();

		expect(said).toEqual(['f1', 'f2', 's1', 'f3']);
	});

	it('sends the last of the longest queue away when there is no more room', async () => {
		const limiter = new FairLimiter({ ...limits, atOnce: 1 }, never);
		const { said, call } = crowd(limiter);
		for (const name of ['f1', 'f2', 'f3', 'f4', 'f5', 'f6']) call('flood', name);
		for (const name of ['s1', 's2', 's3']) call('service', name);
		await settle();

		expect(said).toEqual(['f1', '-f6', '-f5', '-f4', '-s3']);
	});

	it('lets nobody wait for longer than the limit', async () => {
		const waits: number[] = [];
		const limiter = new FairLimiter(
			{ ...limits, atOnce: 1 },
			async (ms) => await Promise.resolve(void waits.push(ms)),
		);
		expect(await limiter.acquire('a')).toBe(true);
		expect(await limiter.acquire('a')).toBe(false);
		expect(waits).toEqual([limits.maxWaitMs]);
		limiter.release();
		expect(limiter.tryAcquire()).toBe(true);
	});
});

describe('Calls that name the same task', () => {
	const known = (status: Task['status']): Verdict => ({
		task: { taskId: 'a', status, contents: [], raw: {} },
		ids: { taskId: 'a' },
	});

	/** So many calls at once, and the verdicts of the verifications in their order. */
	async function together(calls: number, ...verdicts: Verdict[]) {
		const shared = new SharedVerifications();
		let asked = 0;
		const verify = async () => {
			const verdict = verdicts[Math.min(asked++, verdicts.length - 1)] as Verdict;
			await new Promise((resolve) => setImmediate(resolve));
			return verdict;
		};
		const join = async () => await shared.join('a', verify);
		const got = await Promise.all(Array.from({ length: calls }, join));
		return { asked, got, shared };
	}

	it('share a verification that finds it done', async () => {
		expect((await together(50, known('completed'))).asked).toBe(1);
	});

	it('share a second one when the first began before they came', async () => {
		const { asked, got } = await together(50, known('in_progress'), known('completed'));

		expect(asked).toBe(2);
		expect(got[0]).toMatchObject({ task: { status: 'in_progress' } });
		expect(new Set(got.slice(1))).toEqual(new Set([known('completed')]));
	});

	it('are verified anew when they come one after another', async () => {
		const { shared } = await together(1, known('in_progress'));
		expect(await shared.join('a', async () => await Promise.resolve(known('completed')))).toEqual(
			known('completed'),
		);
	});

	it('are refused for a moment without a verification when the service does not know it', async () => {
		const unknown: Verdict = { status: 404, message: 'unknown' };
		let now = 0;
		const shared = new SharedVerifications(() => now);
		await shared.join('a', async () => await Promise.resolve(unknown));

		expect(shared.recent('a')).toBe(unknown);
		expect(shared.recent('b')).toBeUndefined();
		now = 3_000;
		expect(shared.recent('a')).toBeUndefined();
	});

	it('are remembered as unknown in a bounded memory', async () => {
		const shared = new SharedVerifications(() => 0);
		const unknown: Verdict = { status: 404, message: 'unknown' };
		for (let n = 0; n <= 1_000; n++) {
			await shared.join(`${n}`, async () => await Promise.resolve(unknown));
		}

		expect(shared.recent('0')).toBeUndefined();
		expect(shared.recent('1')).toBe(unknown);
	});
});

describe('A credential', () => {
	/** A trigger whose user has this key in the credential. */
	function trigger(workflow = 'w') {
		const state = { apiKey: 'first', decryptions: 0 };
		const functions = {
			getWorkflow: () => ({ id: workflow }),
			getNode: () => ({ id: 'n', credentials: { kirinVideoApi: { id: 'c', name: 'c' } } }),
			getCredentials: async () => {
				state.decryptions++;
				return await Promise.resolve({ apiKey: state.apiKey });
			},
		} as unknown as IWebhookFunctions;
		return { state, functions };
	}

	it('is decrypted once for the calls of a few seconds', async () => {
		let now = 0;
		const kept = new KeptCredentials(() => now);
		const { state, functions } = trigger();
		await Promise.all(Array.from({ length: 50 }, async () => await kept.of(functions)));
		expect(state.decryptions).toBe(1);

		now = 5_000;
		await kept.of(functions);
		expect(state.decryptions).toBe(2);
	});

	it('is decrypted again when it is refused, unless that was a moment ago', async () => {
		let now = 0;
		const kept = new KeptCredentials(() => now);
		const { state, functions } = trigger();
		const refused = await kept.of(functions);
		state.apiKey = 'second';
		expect(await kept.replacement(functions, refused)).toBeUndefined();
		expect(state.decryptions).toBe(1);

		now = 2_000;
		expect(await kept.replacement(functions, refused)).toEqual({ apiKey: 'second' });
		expect(state.decryptions).toBe(2);
	});

	it('that cannot be decrypted is tried again by the next call', async () => {
		const kept = new KeptCredentials();
		const { state, functions } = trigger();
		const getCredentials = async () => await Promise.reject(new Error('no database'));
		const broken = { ...functions, getCredentials } as typeof functions;
		await expect(kept.of(broken)).rejects.toThrow('no database');
		await kept.of(functions);

		expect(state.decryptions).toBe(1);
	});

	it('is kept of few triggers', async () => {
		const kept = new KeptCredentials(() => 0);
		const first = trigger();
		await kept.of(first.functions);
		for (let n = 0; n < 50; n++) await kept.of(trigger(`w${n}`).functions);
		await kept.of(first.functions);

		expect(first.state.decryptions).toBe(2);
	});
});

describe('A call that waits', () => {
	it('does so without the isolate that n8n holds for it', async () => {
		let released = 0;
		const expression = { releaseIsolate: async () => await Promise.resolve(void released++) };
		await releaseIsolate({ workflow: { expression } });

		expect(released).toBe(1);
	});

	it.each([{}, { workflow: {} }, { workflow: { expression: {} } }])(
		'waits all the same where n8n has none: %j',
		async (functions) => {
			await expect(releaseIsolate(functions)).resolves.toBeUndefined();
		},
	);

	it('needs none for its status request, since the key is no expression', () => {
		expect(typeof new KirinVideoApi().authenticate).toBe('function');
	});
});

describe('A warning', () => {
	it('is left out where there have been many of the same trigger within a minute', () => {
		let now = 0;
		const limit = new WarningLimit(() => now);
		const taken = Array.from({ length: 12 }, () => limit.take('a'));
		expect(taken).toEqual([...Array.from({ length: 9 }, () => 'yes'), 'last', 'no', 'no']);
		expect(limit.take('b')).toBe('yes');

		now = 60_000;
		expect(limit.take('a')).toBe('yes');
	});

	it('is counted for so many triggers', () => {
		const limit = new WarningLimit(() => 0);
		for (let n = 0; n < 11; n++) limit.take('a');
		for (let n = 0; n < 100; n++) limit.take(`${n}`);

		expect(limit.take('a')).toBe('yes');
	});
});
