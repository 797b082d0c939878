import type { IHttpRequestOptions } from 'n8n-workflow';
import type { Clock } from '../../nodes/KirinVideo/api/clock';
import { Watcher, type WatchedWait } from '../../nodes/KirinVideo/suspend/watcher';
import { START, VirtualClock } from './virtual-clock';

const MINUTE = 60;

interface World {
	/** What the service says of a task, at a second. */
	status?: (second: number) => number | string;
	/** What n8n answers on the resume URL, at a second. */
	resume?: (second: number) => number;
	/** When the wait ends, in seconds. */
	until?: number;
	signal?: AbortSignal;
	waits?: number;
}

/** Watches until all is over or a day has passed; times in seconds. */
function watching(world: World) {
	const clock = new VirtualClock();
	const gets: number[] = [];
	const calls: number[] = [];
	const sent: IHttpRequestOptions[] = [];
	const warnings: string[] = [];
	let open = 0;
	let most = 0;
	const httpRequest = async (options: IHttpRequestOptions) => {
		const second = Math.round(clock.elapsed() / 1000);
		sent.push(options);
		most = Math.max(most, ++open);
		await Promise.resolve();
		open--;
		if (options.method === 'POST') {
			calls.push(second);
			const statusCode = world.resume?.(second) ?? 200;
			if (statusCode === 0) throw new Error('refused');
			return { statusCode };
		}
		gets.push(second);
		const said = world.status?.(second) ?? 'in_progress';
		return typeof said === 'number'
			? { statusCode: said, headers: {}, body: '' }
			: { statusCode: 200, headers: {}, body: JSON.stringify({ id: 'a', status: said }) };
	};
	const functions = {
		helpers: { httpRequest },
		logger: { warn: (text: string) => warnings.push(text) },
	} as unknown as Parameters<Watcher['watch']>[1];
	// Time goes on only as far as the test lets it, and requests end meanwhile.
	let limitMs = 0;
	let goOn = () => {};
	const gated: Clock = {
		now: () => clock.now(),
		random: () => clock.random(),
		sleep: async (ms) => {
			for (let i = 0; i < 40; i++) await Promise.resolve();
			while (clock.elapsed() + ms > limitMs) await new Promise<void>((resolve) => (goOn = resolve));
			await clock.sleep(ms);
		},
	};
	const watcher = new Watcher(gated);
	const begin = (name: string, isTakenOver = false) => {
		const wait: WatchedWait = {
			name,
			resumeUrl: 'http://n8n.test/webhook-waiting/1?signature=s',
			ids: ['a'],
			until: START + (world.until ?? 3_600) * 1000,
			apiKey: ' key ',
			baseUrl: 'http://kirin.test',
			connection: {},
		};
		if (isTakenOver) watcher.takeOver(wait, functions);
		else watcher.watch(wait, functions, world.signal);
	};
	for (let i = 0; i < (world.waits ?? 1); i++) begin(`wait ${i}`);
	return {
		watcher,
		clock,
		gets,
		calls,
		sent,
		warnings,
		begin,
		most: () => most,
		/** Lets the time pass. */
		pass: async (seconds: number) => {
			limitMs += seconds * 1000;
			goOn();
			for (let before = -1; before !== clock.elapsed();) {
				before = clock.elapsed();
				await new Promise((resolve) => setTimeout(resolve, 0));
			}
		},
	};
}

describe('A wait whose callbacks came before n8n had stored it', () => {
	it('is ended some seconds later', async () => {
		const { calls, gets, watcher, pass } = watching({ status: () => 'completed' });
		await pass(10);
		watcher.endAll();
		expect(gets).toEqual([2]);
		expect(calls).toEqual([2]);
	});

	it('is ended when n8n takes its time to store it', async () => {
		const { calls, watcher, pass } = watching({
			status: () => 'completed',
			resume: (second) => (second < 20 ? 409 : 200),
		});
		await pass(30);
		watcher.endAll();
		expect(calls.at(-1)).toBeGreaterThanOrEqual(20);
		expect(calls.at(-1)).toBeLessThan(30);
	});
});

describe('A wait whose callbacks get lost later', () => {
	it('is ended within minutes, for one get at a time', async () => {
		const { calls, gets, watcher, pass } = watching({
			status: (second) => (second < 20 * MINUTE ? 'in_progress' : 'completed'),
			until: 7_200,
		});
		await pass(30 * MINUTE);
		watcher.endAll();
		expect(calls[0]).toBeGreaterThanOrEqual(20 * MINUTE);
		expect(calls[0]).toBeLessThan(26 * MINUTE);
		const pauses = gets.slice(1).map((at, index) => Math.round((at - (gets[index] ?? 0)) / MINUTE));
		expect(pauses.slice(0, 5)).toEqual([1, 2, 4, 5, 5]);
	});

	it('is told the node when the key is not accepted any more', async () => {
		const { calls, watcher, pass } = watching({ status: () => 401 });
		await pass(10);
		watcher.endAll();
		expect(calls).toHaveLength(1);
	});

	it('is looked at again when the service or n8n is away', async () => {
		const { gets, calls, warnings, watcher, pass } = watching({
			status: (second) => (second < 90 ? 503 : 'completed'),
			resume: () => 0,
			until: 7_200,
		});
		await pass(20 * MINUTE);
		watcher.endAll();
		expect(gets.length).toBeGreaterThan(3);
		expect(calls.length).toBeGreaterThan(1);
		expect(warnings).toEqual([expect.stringContaining('cannot call its own resume URL')]);
	});
});

describe('A watch', () => {
	it.each([
		['n8n says that it waits no more', { resume: () => 409 }, 3 * MINUTE],
		['n8n does not know the execution', { resume: () => 404 }, 15 * MINUTE],
	])('ends when %s', async (_, world, within) => {
		const { calls, pass } = watching({ status: () => 'completed', until: 86_400, ...world });
		await pass(within);
		const count = calls.length;
		await pass(MINUTE * 60);
		expect(calls).toHaveLength(count);
	});

	it('ends with the wait', async () => {
		const { gets, pass, clock } = watching({ until: 200 });
		await pass(86_400);
		expect(gets.length).toBeGreaterThan(0);
		expect(gets.at(-1)).toBeLessThan(200);
		// Nothing ticks any more.
		expect(clock.elapsed()).toBeLessThan(210_000);
	});

	it('ends with Stop', async () => {
		const stop = new AbortController();
		const { gets, pass } = watching({ signal: stop.signal });
		stop.abort();
		await pass(600);
		expect(gets).toEqual([]);
	});

	it('is not begun for more waits than a process can hold', async () => {
		const { gets, watcher, pass } = watching({ waits: 1_500 });
		await pass(10);
		watcher.endAll();
		expect(gets).toHaveLength(1_000);
	});

	it('is taken over by a process that a callback comes to, as after a restart', async () => {
		const { gets, begin, watcher, pass } = watching({ waits: 0 });
		begin('wait 0', true);
		await pass(90);
		watcher.endAll();
		expect(gets).toEqual([60]);
	});

	it('that this process holds already is not hurried by a callback', async () => {
		const { gets, begin, watcher, pass } = watching({});
		await pass(10);
		begin('wait 0', true);
		await pass(10);
		watcher.endAll();
		expect(gets).toHaveLength(1);
	});

	it('that is begun again is looked at soon', async () => {
		const { gets, begin, watcher, pass } = watching({});
		await pass(10);
		begin('wait 0');
		await pass(10);
		watcher.endAll();
		expect(gets).toHaveLength(2);
	});

	it('sends the key to the service only', async () => {
		const { sent, watcher, pass } = watching({ status: () => 'completed' });
		await pass(5);
		watcher.endAll();
		const [get, call] = sent;
		expect(get?.headers).toMatchObject({ Authorization: 'Bearer key' });
		expect(JSON.stringify(call)).not.toContain('key');
	});
});
