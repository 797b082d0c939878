import { Stopped, systemClock, throwIfStopped } from '../../nodes/KirinVideo/api/clock';

/** A signal that counts who listens to it. */
function countedSignal() {
	const stop = new AbortController();
	const added = jest.spyOn(stop.signal, 'addEventListener');
	return { stop, listeners: () => added.mock.calls.length };
}

const LONG_MS = 60_000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('A sleep', () => {
	it('lasts as long as it is told to', async () => {
		let awake = false;
		const asleep = systemClock.sleep(1000).then(() => (awake = true));
		await jest.advanceTimersByTimeAsync(999);
		expect(awake).toBe(false);
		await jest.advanceTimersByTimeAsync(1);
		await asleep;
		expect(awake).toBe(true);
	});

	it('lasts as long with a signal that nobody aborts', async () => {
		const { stop } = countedSignal();
		let awake = false;
		const asleep = systemClock.sleep(1000, stop.signal).then(() => (awake = true));
		await jest.advanceTimersByTimeAsync(999);
		expect(awake).toBe(false);
		await jest.advanceTimersByTimeAsync(1);
		await asleep;
	});

	it('ends at once on Stop', async () => {
		const { stop } = countedSignal();
		const asleep = systemClock.sleep(LONG_MS, stop.signal);
		stop.abort();
		// No timer moves in this test.
		await expect(asleep).rejects.toBeInstanceOf(Stopped);
	});

	it('does not begin after Stop', async () => {
		await expect(systemClock.sleep(LONG_MS, AbortSignal.abort())).rejects.toBeInstanceOf(Stopped);
	});

	it('of every item ends on Stop', async () => {
		const { stop } = countedSignal();
		const all = Array.from({ length: 50 }, () => systemClock.sleep(LONG_MS, stop.signal));
		stop.abort();
		const ends = await Promise.allSettled(all);
		expect(ends.map(({ status }) => status)).toEqual(Array(50).fill('rejected'));
	});

	it('of a hundred items, again and again, adds one listener to the signal', async () => {
		const { stop, listeners } = countedSignal();
		for (let round = 0; round < 3; round++) {
			const all = Array.from({ length: 100 }, () => systemClock.sleep(10, stop.signal));
			await jest.advanceTimersByTimeAsync(10);
			await Promise.all(all);
		}
		expect(listeners()).toBe(1);
	});

	it('still ends on Stop when others have ended before', async () => {
		const { stop } = countedSignal();
		const short = systemClock.sleep(10, stop.signal);
		const long = systemClock.sleep(LONG_MS, stop.signal);
		await jest.advanceTimersByTimeAsync(10);
		await short;
		stop.abort();
		await expect(long).rejects.toBeInstanceOf(Stopped);
	});

	it('of one execution does not end with another', async () => {
		const [one, other] = [countedSignal(), countedSignal()];
		const stopped = systemClock.sleep(1000, one.stop.signal);
		const going = systemClock.sleep(1000, other.stop.signal);
		one.stop.abort();
		await expect(stopped).rejects.toBeInstanceOf(Stopped);
		await jest.advanceTimersByTimeAsync(1000);
		await expect(going).resolves.toBeUndefined();
	});
});

describe('The clock', () => {
	it('tells the time and throws dice', () => {
		expect(systemClock.now()).toBe(Date.now());
		const throws = Array.from({ length: 100 }, () => systemClock.random());
		expect(Math.min(...throws)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...throws)).toBeLessThan(1);
		expect(new Set(throws).size).toBeGreaterThan(1);
	});
});

describe('Stop', () => {
	it('is noticed where there is a signal that has aborted, and only there', () => {
		expect(() => throwIfStopped(undefined)).not.toThrow();
		expect(() => throwIfStopped(new AbortController().signal)).not.toThrow();
		expect(() => throwIfStopped(AbortSignal.abort())).toThrow(Stopped);
	});
});
