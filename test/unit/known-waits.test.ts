import { KnownWait, KnownWaits } from '../../nodes/KirinVideo/suspend/knownWaits';
import { readTask, type Task } from '../../nodes/KirinVideo/task/task';
import { VirtualClock } from './virtual-clock';

const DONE = readTask({ id: 'a', status: 'completed' }) as Task;

/** Checks that end when they are told to. */
function checks(wait: KnownWait) {
	const ends: Array<(error?: Error) => void> = [];
	const check = async () =>
		await wait.check(
			async () =>
				await new Promise<number>((resolve, reject) => {
					const number = ends.length + 1;
					ends.push((error) => (error ? reject(error) : resolve(number)));
				}),
		);
	const turn = async () => await new Promise((resolve) => setTimeout(resolve, 0));
	return { ends, check, turn };
}

describe('A check of a wait', () => {
	it('is queued once while another one runs, and begins after that has ended', async () => {
		const wait = new KnownWait(new VirtualClock());
		const { ends, check, turn } = checks(wait);
		const first = check();
		expect(wait.isCheckQueued).toBe(false);
		const second = check();
		expect(wait.isCheckQueued).toBe(true);
		await turn();
		expect(ends).toHaveLength(1);

		ends[0]?.();
		await turn();
		expect(ends).toHaveLength(2);
		// What happens from here on needs another check.
		expect(wait.isCheckQueued).toBe(false);
		ends[1]?.();
		await expect(Promise.all([first, second])).resolves.toEqual([1, 2]);
		await turn();
		expect(wait.isBusy).toBe(false);
	});

	it('begins at once when none runs, also after one that has failed', async () => {
		const wait = new KnownWait(new VirtualClock());
		const { ends, check, turn } = checks(wait);
		const failed = check();
		ends[0]?.(new Error('gone'));
		await expect(failed).rejects.toThrow('gone');
		await turn();
		const next = check();
		expect(wait.isCheckQueued).toBe(false);
		ends[1]?.();
		await expect(next).resolves.toBe(2);
	});

	it('of which one runs never has a third beside it', async () => {
		const wait = new KnownWait(new VirtualClock());
		let running = 0;
		let most = 0;
		let late = 0;
		const all = Array.from({ length: 50 }, async (_, index) => {
			for (let i = 0; i < index; i++) await Promise.resolve();
			if (wait.isCheckQueued) return;
			const asked = ++late;
			await wait.check(async () => {
				most = Math.max(most, ++running);
				await new Promise((resolve) => setTimeout(resolve, 1));
				running--;
				return asked;
			});
		});
		await Promise.all(all);
		expect(most).toBe(1);
	});
});

describe('A callback', () => {
	it('is new until its task is known to be done and has been named', () => {
		const wait = new KnownWait(new VirtualClock());
		expect(wait.name('a')).toBe(true);
		expect(wait.name('a')).toBe(true);
		wait.done.set('a', DONE);
		expect(wait.name('a')).toBe(false);

		wait.done.set('b', DONE);
		expect(wait.name('b')).toBe(true);
	});
});

describe('A resumed wait', () => {
	it('is one for as long as n8n may take, and remembers no task', () => {
		const clock = new VirtualClock();
		const wait = new KnownWait(clock);
		wait.done.set('a', DONE);
		expect(wait.isResumed).toBe(false);
		wait.resume();
		expect(wait.isResumed).toBe(true);
		expect(wait.done.size).toBe(0);
		clock.advance(60_000);
		expect(wait.isResumed).toBe(false);
	});
});

describe('What a process remembers', () => {
	it('is the same wait under the same name', () => {
		const waits = new KnownWaits(new VirtualClock());
		expect(waits.of('a')).toBe(waits.of('a'));
		expect(waits.of('a')).not.toBe(waits.of('b'));
	});

	it.each([
		['waits', 5_000, 1],
		['tasks', 20, 1_000],
	])('is bounded in its %s, and the oldest goes first', (_, count, tasks) => {
		const waits = new KnownWaits(new VirtualClock());
		const all = Array.from({ length: count }, (_, index) => {
			const wait = waits.of(String(index));
			for (let i = 0; i < tasks; i++) wait.done.set(String(i), DONE);
			return wait;
		});
		expect(waits.of(String(count - 1))).toBe(all[count - 1]);
		expect(waits.of('0')).not.toBe(all[0]);
	});

	it('keeps what is in use', async () => {
		const waits = new KnownWaits(new VirtualClock());
		const busy = waits.of('busy');
		let end = () => {};
		const check = busy.check(async () => await new Promise<void>((resolve) => (end = resolve)));
		for (let i = 0; i < 3_000; i++) waits.of(String(i));
		expect(waits.of('busy')).toBe(busy);
		end();
		await check;
	});
});
