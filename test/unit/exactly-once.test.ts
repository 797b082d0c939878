import * as fc from 'fast-check';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { ConcurrencyLimiter, type Slot } from '../../nodes/KirinVideo/batch/limiter';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import { TaskMemory } from '../../nodes/KirinVideo/task/idempotency';
import { type Submitted, submit } from '../../nodes/KirinVideo/task/submit';
import { type ItemParameters, reading } from './item-parameters';
import { SimulatedService, type Weather } from './simulated-service';
import { wordsOf } from './task-error';
import { START, VirtualClock } from './virtual-clock';

const CALM: Weather = {
	create: 'none',
	get: 'none',
	loss: 'noAnswer',
	fails: false,
	outage: false,
};

const loss = fc.constantFrom<Weather['loss'][]>('noAnswer', 'server error', 'page', 'no ID');
const seldom = fc.integer({ min: 0, max: 9 }).map((n) => n === 0);

const storm: fc.Arbitrary<Weather> = fc.record({
	create: fc.constantFrom<Weather['create'][]>(
		'none',
		'lost before',
		'lost after',
		'recorded late',
		'rate limit',
		'unreachable',
	),
	get: fc.constantFrom<Weather['get'][]>('none', 'lost', 'not visible yet'),
	loss,
	fails: seldom,
	outage: seldom,
});

/** Without the faults that only a service which keeps IDs unique can make good. */
const wind: fc.Arbitrary<Weather> = fc.record({
	create: fc.constantFrom<Weather['create'][]>('none', 'lost before', 'lost after', 'rate limit'),
	get: fc.constantFrom<Weather['get'][]>('none', 'lost'),
	loss,
	fails: seldom,
	outage: seldom,
});

/** The same fault nearly all the time: a service that is down, or turns everybody away. */
const badDay = fc
	.constantFrom<Weather['create'][]>('lost before', 'lost after', 'rate limit', 'unreachable')
	.chain((create) =>
		fc.array(
			fc.oneof(
				{ weight: 20, arbitrary: fc.constant<Weather>({ ...CALM, create }) },
				{ weight: 1, arbitrary: wind },
			),
			{ minLength: 30, maxLength: 60 },
		),
	);

interface Try {
	/** False when n8n was started anew in between, and with it the memory of what was sent. */
	remembers: boolean;
	maximumS: number;
}

/** Retry On Fail, or a user who runs the item again by hand. */
const tries = (remembers: fc.Arbitrary<boolean>) =>
	fc.array(fc.record({ remembers, maximumS: fc.constantFrom(5, 60, 1800) }), {
		minLength: 1,
		maxLength: 5,
	});

const idempotencyKey = {
	batchKey: 'batch',
	nodeId: 'node',
	runIndex: 0,
	itemIndex: 0,
	videoIndex: 0,
};

async function runAll(service: SimulatedService, all: Try[], item: ItemParameters) {
	const clock = new VirtualClock();
	const request = buildRequest(reading({ prompt: 'A kirin', ...item }));
	let memory = new TaskMemory();
	const outcomes: Array<Submitted | TaskError> = [];
	for (const { remembers, maximumS } of all) {
		if (!remembers) memory = new TaskMemory();
		const host = { hasAnswered: false };
		const once = async ({ deadline, onBusy }: Slot) =>
			await submit(request, {
				api: service,
				clock,
				idempotencyKey,
				memory,
				host,
				deadline,
				onBusy,
			});
		const slots = { limit: 0, maximumMs: maximumS * 1000, signal: undefined };
		const outcome = await new ConcurrencyLimiter(clock).run(slots, once).catch((error: unknown) => {
			if (error instanceof TaskError) return error;
			throw error;
		});
		outcomes.push(outcome);
	}
	expect(clock.now()).toBeGreaterThanOrEqual(START);
	return outcomes;
}

function inTurn(weathers: Weather[]): () => Weather {
	let next = 0;
	return () => weathers[next++] ?? CALM;
}

const ownOrDerived = fc.constantFrom<ItemParameters[]>({}, { 'options.externalTaskId': 'order-7' });

describe('Whatever goes wrong, and however often an item is tried', () => {
	it('it never has two tasks that are billed', async () => {
		let several = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(storm, { maxLength: 40 }),
				tries(fc.boolean()),
				ownOrDerived,
				async (weathers, all, item) => {
					const service = new SimulatedService(inTurn(weathers), true);
					await runAll(service, all, item);
					expect(service.mostAlive).toBeLessThanOrEqual(1);
					if (service.tasks.length > 1) several++;
				},
			),
			{ numRuns: 1500 },
		);
		// Some items had a failed task and a second one, or nothing was put to the test.
		expect(several).toBeGreaterThan(10);
	});

	it('the same run does not pay twice even where the service does not keep IDs unique', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(wind, { maxLength: 40 }),
				tries(fc.constant(true)),
				ownOrDerived,
				async (weathers, all, item) => {
					const service = new SimulatedService(inTurn(weathers), false);
					await runAll(service, all, item);
					expect(service.mostAlive).toBeLessThanOrEqual(1);
				},
			),
			{ numRuns: 1500 },
		);
	});

	it('what it says of the task is true', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(storm, { maxLength: 40 }),
				tries(fc.boolean()),
				async (weathers, all) => {
					const service = new SimulatedService(inTurn(weathers), true);
					const outcomes = await runAll(service, all, {});
					const last = outcomes.at(-1);
					if (last instanceof TaskError) {
						// An unknown outcome always has the ID to find the task by.
						if (/may be billed/.test(last.description)) {
							expect(wordsOf(last)).toContain(last.details.externalTaskId);
						}
						return;
					}
					const task = service.find(last?.task.taskId ?? '');
					expect(task?.externalTaskId).toBe(last?.externalTaskId);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('it says that nothing is billed only when that is so', async () => {
		const single = fc.record({
			remembers: fc.constant(true),
			maximumS: fc.constantFrom(5, 60, 1800),
		});
		let said = 0;
		await fc.assert(
			fc.asyncProperty(badDay, single, fc.boolean(), async (weathers, only, keepsIdsUnique) => {
				const service = new SimulatedService(inTurn(weathers), keepsIdsUnique);
				const [outcome] = await runAll(service, [only], {});
				if (!(outcome instanceof TaskError && /nothing is billed/.test(wordsOf(outcome)))) return;
				said++;
				expect(service.tasks).toEqual([]);
			}),
			{ numRuns: 1500 },
		);
		expect(said).toBeGreaterThan(10);
	});

	it('a task exists in the end when the service is well again', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(storm, { maxLength: 15 }), async (weathers) => {
				const patient = Array.from({ length: 8 }, () => ({ remembers: true, maximumS: 1800 }));
				const service = new SimulatedService(inTurn(weathers), true);
				const outcomes = await runAll(service, patient, {});
				expect(outcomes.at(-1)).toMatchObject({ task: { status: 'in_progress' } });
				expect(service.tasks.filter(({ failed }) => !failed)).toHaveLength(1);
			}),
			{ numRuns: 500 },
		);
	});
});
