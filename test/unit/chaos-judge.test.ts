import type { Evidence } from '../chaos/evidence';
import { CRIMES, judge, type Crime } from '../chaos/judge';
import { drawCampaign, drawRun, type RunPlan } from '../chaos/plan';
import { shrink, smallerThan } from '../chaos/shrink';

/** The judge of the fault campaign: each of its counts must move when what it counts has happened. */

const FOX = 'a fox';
const OWL = 'an owl';

/** A run of two items that went well. */
function good(changes: Partial<Evidence> = {}): Evidence {
	return {
		prompts: [FOX, OWL],
		stopped: false,
		ended: true,
		mayGiveUp: false,
		tasks: [
			{ taskId: 't1', externalTaskId: 'e1', prompt: FOX, failed: false },
			{ taskId: 't2', externalTaskId: 'e2', prompt: OWL, failed: false },
		],
		requests: [
			{ kind: 'create', taskId: 't1', status: 200, prompt: FOX, externalTaskId: 'e1' },
			{ kind: 'create', taskId: 't2', status: 200, prompt: OWL, externalTaskId: 'e2' },
		],
		claims: [
			{ item: 0, taskId: 't1', where: 'the output' },
			{ item: 1, taskId: 't2', where: 'the output' },
		],
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

const third = { taskId: 't3', externalTaskId: 'e3', prompt: FOX, failed: false };

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
		const failed = { taskId: 't0', externalTaskId: 'e0', prompt: FOX, failed: true };
		const run = good({ tasks: [failed, ...good().tasks] });
		expect(counts({ ...run, log: ['task t0'] })).toEqual({ lost: 1 });
		expect(counts({ ...run, outputs: [...run.outputs, '"replacedTaskIds":["t0"]'] })).toEqual({});
	});

	it('counts an output that was made from the prompt of another item', () => {
		const swapped = [
			{ item: 0, taskId: 't2', where: 'the output' },
			{ item: 1, taskId: 't1', where: 'the file' },
		];
		expect(counts(good({ claims: swapped }))).toEqual({ wrongItem: 2 });
	});

	it('counts an output that cannot be traced to an item or a task', () => {
		const claims = [
			{ taskId: 't1', where: 'the output' },
			{ item: 1, taskId: 'never-made', where: 'the output' },
		];
		expect(counts(good({ claims }))).toEqual({ wrongItem: 2 });
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
