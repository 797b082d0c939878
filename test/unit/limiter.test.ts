import { Stopped } from '../../nodes/KirinVideo/api/clock';
import { ConcurrencyLimiter } from '../../nodes/KirinVideo/batch/limiter';

/** A service with a limit, and items that want their tasks rendered by it, in steps of 100 ms. */

const STEP_MS = 100;

/** A clock that is moved on step by step; sleepers wake when their time has come. */
class SteppedClock {
	private time = 0;
	private sleepers: Array<{ at: number; wake: () => void }> = [];

	now = () => this.time;

	random = () => 0.5;

	sleep = async (ms: number) =>
		await new Promise<void>((wake) => this.sleepers.push({ at: this.time + ms, wake }));

	async step(): Promise<void> {
		this.time += STEP_MS;
		const due = this.sleepers.filter(({ at }) => at <= this.time);
		this.sleepers = this.sleepers.filter(({ at }) => at > this.time);
		due.forEach(({ wake }) => wake());
		for (let i = 0; i < 50; i++) await Promise.resolve();
	}
}

interface Service {
	/** Whether it takes one more task now. */
	takes: (underWay: number, now: number) => boolean;
	askedMs?: number;
}

interface Scene {
	items: number;
	limit?: number;
	renderMs?: number;
	service: Service;
	deadlineMs?: number;
	forMs: number;
}

async function playing(scene: Scene) {
	const { items, limit = 0, renderMs = 20_000, service, deadlineMs = Infinity, forMs } = scene;
	const clock = new SteppedClock();
	const pace = new ConcurrencyLimiter(clock);
	const log = { begun: [] as number[], taken: [] as number[], refused: 0, gaveUp: [] as number[] };
	let atService = 0;
	let most = 0;
	const one = async (index: number) => {
		await pace.run({ limit, maximumMs: deadlineMs, signal: undefined }, async (slot) => {
			log.begun.push(index);
			while (!service.takes(atService, clock.now())) {
				log.refused++;
				if (!(await slot.onBusy(service.askedMs))) {
					log.gaveUp.push(index);
					return;
				}
			}
			atService++;
			most = Math.max(most, atService);
			log.taken.push(clock.now());
			slot.accepted();
			await clock.sleep(renderMs);
			atService--;
		});
	};
	const all = Promise.all(Array.from({ length: items }, async (_, index) => await one(index)));
	let isOver = false;
	void all.then(() => (isOver = true));
	while (!isOver && clock.now() < forMs) await clock.step();
	return { ...log, most, isOver, endedAt: clock.now() };
}

describe('The tasks of a run', () => {
	it('are never more at once than the user allows, and come in order', async () => {
		const { most, begun, isOver } = await playing({
			items: 20,
			limit: 5,
			service: { takes: () => true },
			forMs: 200_000,
		});

		expect(most).toBe(5);
		expect(begun).toEqual(Array.from({ length: 20 }, (_, index) => index));
		expect(isOver).toBe(true);
	});

	it('are all under way together when there is no limit', async () => {
		const { most } = await playing({
			items: 200,
			service: { takes: () => true },
			forMs: 30_000,
		});

		expect(most).toBe(200);
	});

	it('keep a service that takes five at once busy, and seldom ask in vain', async () => {
		const { most, taken, refused, isOver, endedAt } = await playing({
			items: 50,
			limit: 50,
			service: { takes: (underWay) => underWay < 5 },
			forMs: 400_000,
		});

		expect(isOver).toBe(true);
		expect(most).toBe(5);
		expect(taken).toHaveLength(50);
		// Ten rounds of 20 s are the least that five at once can need.
		expect(endedAt).toBeLessThan(1.1 * 10 * 20_000);
		// The first burst finds out the limit; after that, less than one task in vain for each taken.
		expect(refused - 45).toBeLessThan(50);
	});

	it('speed up again when the service has room again', async () => {
		const { taken, isOver } = await playing({
			items: 100,
			service: { takes: (underWay, now) => underWay < (now < 30_000 ? 4 : 1000) },
			forMs: 300_000,
		});

		expect(isOver).toBe(true);
		expect(taken.at(-1)).toBeLessThan(30_000 + 65_000);
	});

	it('stay away for as long as the service asks', async () => {
		const { taken } = await playing({
			items: 3,
			service: { takes: (_, now) => now >= 45_000, askedMs: 45_000 },
			forMs: 100_000,
		});

		expect(taken[0]).toBeGreaterThanOrEqual(45_000);
		expect(taken[0]).toBeLessThan(47_000);
	});

	it('give up at their deadline when the service takes none, all of them soon after the first', async () => {
		const { gaveUp, isOver, endedAt } = await playing({
			items: 100,
			limit: 10,
			service: { takes: () => false },
			deadlineMs: 60_000,
			forMs: 300_000,
		});

		expect(isOver).toBe(true);
		expect(gaveUp).toHaveLength(100);
		expect(endedAt).toBeLessThan(70_000);
	});

	it('do not give up for one that is asked to wait too long', async () => {
		const { gaveUp, taken } = await playing({
			items: 2,
			service: { takes: (_, now) => now >= 5_000, askedMs: 600_000 },
			deadlineMs: 60_000,
			forMs: 100_000,
		});

		expect(gaveUp).toHaveLength(2);
		expect(taken).toHaveLength(0);
	});
});

describe('Stop', () => {
	it('ends the waiting for a turn', async () => {
		const pace = new ConcurrencyLimiter(new SteppedClock());
		const stop = new AbortController();
		const asked = { limit: 1, signal: stop.signal };
		void pace.run(asked, async () => await new Promise(() => undefined));
		const waiting = pace.run(asked, async () => await Promise.resolve());
		stop.abort();

		await expect(waiting).rejects.toBeInstanceOf(Stopped);
	});
});
