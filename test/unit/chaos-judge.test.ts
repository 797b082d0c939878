import type { Claim, Evidence, TaskEvidence } from '../chaos/evidence';
import { CRIMES, judge, type Crime } from '../chaos/judge';
import { watchProgress } from '../chaos/progress';
import type { Sandbox } from '../../sandbox';
import { drawCampaign, drawRun, type RunPlan } from '../chaos/plan';
import { shrink, smallerThan } from '../chaos/shrink';

/** The judge of the fault campaign: each of its counts must move when what it counts has happened. */

const FOX = 'a fox';
const OWL = 'an owl';

function task(taskId: string, item: number, changes: Partial<TaskEvidence> = {}): TaskEvidence {
	return {
		taskId,
		externalTaskId: taskId.replace('t', 'e'),
		prompt: item === 0 ? FOX : OWL,
		failed: false,
		account: 0,
		madeFor: { lineage: 0, run: 0, item },
		...changes,
	};
}

function claim(taskId: string, item: number | undefined, changes: Partial<Claim> = {}): Claim {
	const place = { execution: 0, lineage: 0, account: 0, run: 0 };
	return { ...place, item, taskId, where: 'the output', ...changes };
}

/** A run of two items that went well. */
function good(changes: Partial<Evidence> = {}): Evidence {
	return {
		items: [
			{ prompt: FOX, aboveLimit: false },
			{ prompt: OWL, aboveLimit: false },
		],
		rounds: 1,
		stopped: false,
		ended: true,
		mayGiveUp: false,
		tasks: [task('t1', 0), task('t2', 1)],
		requests: [
			{ kind: 'create', taskId: 't1', status: 200, prompt: FOX, externalTaskId: 'e1' },
			{ kind: 'create', taskId: 't2', status: 200, prompt: OWL, externalTaskId: 'e2' },
		],
		claims: [claim('t1', 0), claim('t2', 1)],
		outputs: ['t1', 't2'],
		errors: [],
		log: [],
		key: 'secret',
		keyFree: { 'the log': 'nothing to see' },
		callsAfterStop: [],
		...changes,
	};
}

function counts(evidence: Evidence): Partial<Record<Crime, number>> {
	const findings = judge(evidence);
	const found = CRIMES.filter((crime) => findings[crime].length > 0);
	return Object.fromEntries(found.map((crime) => [crime, findings[crime].length]));
}

const third = task('t3', 0);

describe('The judge', () => {
	it('has nothing to say of a run that went well', () => {
		expect(counts(good())).toEqual({});
	});

	it('counts an item with two tasks that did not fail', () => {
		const tasks = [...good().tasks, third];
		expect(counts(good({ tasks, outputs: ['t1', 't2', 't3'] }))).toEqual({ billedTwice: 1 });
	});

	it('does not mind a second task where the first has failed', () => {
		const tasks = [...good().tasks, { ...third, failed: true }];
		expect(counts(good({ tasks, outputs: ['t1', 't2', 't3'] }))).toEqual({});
	});

	it('counts a task that neither an output nor an error names', () => {
		expect(counts(good({ outputs: ['t1'] }))).toEqual({ lost: 1 });
		expect(counts(good({ outputs: ['t1'], errors: ['task t2 is not finished'] }))).toEqual({});
	});

	it('does not take the log for enough when the run was not stopped', () => {
		expect(counts(good({ outputs: ['t1'], log: ['task t2'] }))).toEqual({ lost: 1 });
	});

	it('takes the log for enough when the run was stopped, by either ID', () => {
		const stopped = good({ stopped: true, outputs: [], claims: [] });
		expect(counts({ ...stopped, log: ['task t1', 'external task ID e2'] })).toEqual({});
		expect(counts({ ...stopped, log: ['task t1'] })).toEqual({ lost: 1 });
	});

	it('takes the external task ID only where no answer has told the task ID', () => {
		const errors = ['look for e2'];
		const [create1, create2] = good().requests;
		const requests = (second: object) => [create1, { ...create2, ...second }] as never;
		const run = good({ outputs: ['t1'], errors });
		expect(counts(run)).toEqual({ lost: 1 });
		expect(counts({ ...run, requests: requests({ fault: 'create-after wrong-type' }) })).toEqual({
			lost: 1,
		});
		for (const fault of ['create-after html', 'create-after truncate', 'create-after no-id']) {
			expect(counts({ ...run, requests: requests({ fault }) })).toEqual({});
		}
		expect(counts({ ...run, requests: requests({ status: undefined }) })).toEqual({});
		expect(counts({ ...run, mayGiveUp: true })).toEqual({});
		expect(counts({ ...run, mayGiveUp: true, log: ['task t2'] })).toEqual({ lost: 1 });
	});

	it('counts a failed task that another one has replaced, unless it is told with that', () => {
		const failed = task('t0', 0, { failed: true });
		const run = good({ tasks: [failed, ...good().tasks] });
		expect(counts({ ...run, log: ['task t0'] })).toEqual({ lost: 1 });
		expect(counts({ ...run, outputs: [...run.outputs, '"replacedTaskIds":["t0"]'] })).toEqual({});
	});

	it('counts an output that was made for another item', () => {
		const claims = [claim('t2', 0), claim('t1', 1, { where: 'the file' })];
		expect(counts(good({ claims }))).toEqual({ wrongVideo: 2 });
	});

	it('counts an output that was made for another item with the same prompt', () => {
		const same = { prompt: FOX, aboveLimit: false };
		const tasks = [task('t1', 0), task('t2', 1, { prompt: FOX })];
		const twins = good({ items: [same, same], tasks });
		expect(counts(twins)).toEqual({});
		expect(counts({ ...twins, claims: [claim('t2', 0)] })).toEqual({ wrongVideo: 1 });
	});

	it('counts an output of another round, execution or account', () => {
		for (const place of [{ run: 1 }, { lineage: 1 }, { account: 1 }]) {
			const claims = [claim('t1', 0, place), claim('t2', 1)];
			expect(counts(good({ rounds: 2, claims }))).toEqual({ wrongVideo: 1 });
		}
	});

	it('counts a task that two items have got, and where only its prompt is known also two runs', () => {
		const madeFor = { lineage: 0 };
		const tasks = [task('t1', 0, { madeFor }), task('t2', 1, { madeFor })];
		const run = good({ rounds: 2, tasks });
		expect(counts(run)).toEqual({});
		const claims = [claim('t1', 0), claim('t1', 0, { run: 1 })];
		expect(counts({ ...run, claims })).toEqual({ wrongVideo: 1 });
	});

	it('counts an output that cannot be traced to an item or a task', () => {
		const claims = [claim('t1', undefined), claim('never-made', 1)];
		expect(counts(good({ claims }))).toEqual({ wrongVideo: 2 });
	});

	it('lets every execution of an account have the video of an own ID, and no other item', () => {
		const items = [
			{ prompt: FOX, ownId: 'e1', aboveLimit: false },
			{ prompt: FOX, ownId: 'e2', aboveLimit: false },
		];
		const tasks = [task('t1', 0), task('t2', 1, { prompt: FOX })];
		const again = { execution: 1, lineage: 1 };
		const run = good({ items, tasks, claims: [claim('t1', 0), claim('t1', 0, again)] });
		expect(counts(run)).toEqual({});
		expect(counts({ ...run, claims: [claim('t1', 1, again)] })).toEqual({ wrongVideo: 1 });
		const twice = [...tasks, task('t3', 0, { madeFor: { lineage: 1, run: 0, item: 0 } })];
		expect(counts({ ...run, tasks: twice, outputs: ['t1', 't2', 't3'] })).toEqual({
			billedTwice: 1,
		});
	});

	it('counts by the prompt where a task tells nothing else of what it was made for', () => {
		const madeFor = { lineage: 0 };
		const tasks = ['t1', 't2', 't3'].map((taskId) => task(taskId, 0, { madeFor }));
		const outputs = ['t1', 't2', 't3'];
		const run = good({ tasks, outputs, claims: [] });
		expect(counts({ ...run, rounds: 3 })).toEqual({});
		expect(counts({ ...run, rounds: 2 })).toEqual({ billedTwice: 1 });
	});

	it('does not mind a new task in a new execution', () => {
		const tasks = [...good().tasks, task('t3', 0, { madeFor: { lineage: 1, run: 0, item: 0 } })];
		expect(counts(good({ tasks, outputs: ['t1', 't2', 't3'] }))).toEqual({});
	});

	it('counts a failed task that a Retry has taken over, and one made against the limit', () => {
		const claims = [claim('t1', 0, { isOldFailure: true })];
		expect(counts(good({ claims }))).toEqual({ notRenewed: 1 });
		const items = [
			{ prompt: FOX, aboveLimit: true },
			{ prompt: OWL, aboveLimit: false },
		];
		expect(counts(good({ items }))).toEqual({ overLimit: 1 });
	});

	it('counts each place that has the key', () => {
		const keyFree = { 'the log': 'Bearer secret', 'an error': 'a secret', other: 'fine' };
		expect(counts(good({ keyFree }))).toEqual({ keyLeaks: 2 });
	});

	it('counts calls after Stop and runs that do not end', () => {
		expect(counts(good({ stopped: true, callsAfterStop: ['GET /x'] }))).toEqual({
			callsAfterStop: 1,
		});
		expect(counts(good({ ended: false }))).toEqual({ hung: 1 });
	});
});

describe('What a run is watched for', () => {
	const plan = { items: [{ number: 0, markers: [] }], rounds: 1 };
	const world = { aheadMs: 0, random: Math.random, pauses: 0 };

	afterEach(() => jest.useRealTimers());

	it.each<[string, number, boolean]>([
		['in which nothing happens hangs', 61_000, true],
		['that has to wait for its machine does not', 20, false],
	])('one %s', async (_, turnMs, expected) => {
		jest.useFakeTimers();
		let now = 0;
		const ledger = { requests: [] } as unknown as Sandbox['ledger'];
		let hangs = false;
		const progress = watchProgress(plan, { ledger }, world, () => now);
		void progress.hangs.then(() => (hangs = true));
		await jest.advanceTimersByTimeAsync(1_000);
		now += turnMs;
		// An hour on the wall, of which the turn clock knows nothing.
		await jest.advanceTimersByTimeAsync(3_600_000);
		progress.forget();
		expect(hangs).toBe(expected);
	});

	it('hangs as well when there is no end to its requests', async () => {
		jest.useFakeTimers();
		const requests: unknown[] = [];
		let hangs = false;
		const ledger = { requests } as unknown as Sandbox['ledger'];
		const progress = watchProgress(plan, { ledger }, world, () => 0);
		void progress.hangs.then(() => (hangs = true));
		requests.push(...Array.from({ length: 2_000 }, () => ({})));
		await jest.advanceTimersByTimeAsync(1_000);
		expect(hangs).toBe(false);
		requests.push({});
		await jest.advanceTimersByTimeAsync(1_000);
		progress.forget();
		expect(hangs).toBe(true);
	});
});

describe('The plans of a campaign', () => {
	it('are the same for the same seed, and others for another', () => {
		const plans = [...drawCampaign(7, 200)];
		expect([...drawCampaign(7, 200)]).toEqual(plans);
		expect([...drawCampaign(8, 200)]).not.toEqual(plans);
	});

	it('have exactly as many submits as asked for', () => {
		const submits = [...drawCampaign(1, 777)].reduce((sum, { items }) => sum + items.length, 0);
		expect(submits).toBe(777);
	});

	it('have everything that the campaign is to see', () => {
		const plans = [...drawCampaign(1, 10_000)];
		const some = (holds: (plan: RunPlan) => unknown) => expect(plans.some(holds)).toBe(true);
		for (const operation of ['generate', 'resume', 'submit', 'submit and wait']) {
			some((plan) => plan.operation === operation);
		}
		for (const next of ['retry', 'retry crashed', 'new', 'new account'] as const) {
			some(({ then }) => then.includes(next));
		}
		for (const input of ['text', 'binary', 'base64', 'url']) some((plan) => plan.input === input);
		some(({ rounds }) => rounds > 1);
		some(({ tls }) => tls);
		some(({ costLimits }) => costLimits);
		const repeats = <T>(values: T[]) => new Set(values).size < values.length;
		some(({ items }) => repeats(items.map(({ number }) => number)));
		some(({ items }) => repeats(items.flatMap(({ ownId }) => ownId ?? [])));
		some(({ items }) => items.some(({ ownId }) => ownId?.endsWith('-2')));
		for (const habit of ['duplicate', 'lagMs', 'late', 'expires', 'variant'] as const) {
			some(({ service }) => service[habit]);
		}
	});

	it('become smaller until nothing is left to leave out', async () => {
		const always = await shrink(drawRun(3, 5, 50), async () => await Promise.resolve(true));
		expect(always.items).toHaveLength(1);
		expect(always.items[0]?.markers).toEqual([]);
		expect(smallerThan(always)).toEqual([]);
	});

	it('keep what shows the fault', async () => {
		const plan = drawRun(3, 5, 50);
		const culprit = plan.items.find(({ markers }) => markers.length > 1);
		const shows = ({ items }: RunPlan) =>
			items.some(
				({ number, markers }) =>
					number === culprit?.number && markers.includes(culprit.markers[1] ?? ''),
			);
		const smallest = await shrink(plan, async (smaller) => await Promise.resolve(shows(smaller)));
		expect(smallest.items).toEqual([{ ...culprit, markers: [culprit?.markers[1]] }]);
	});
});
