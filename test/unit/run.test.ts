import type { IExecuteData } from 'n8n-workflow';
import { systemClock } from '../../nodes/KirinVideo/api/clock';
import { Batch, batchOf } from '../../nodes/KirinVideo/batch/batch';

describe('The items of a run', () => {
	it('hold the error of one until the last of them is done', async () => {
		const run = new Batch(2, systemClock);
		const [first, second] = [run.join(0), run.join(1)];
		let isTold = false;
		const told = run.fail(first).then(() => (isTold = true));
		await Promise.resolve();
		expect(isTold).toBe(false);
		run.end(second);
		await told;
	});

	it('are not over before all have come: n8n may pace them', async () => {
		const run = new Batch(2, systemClock);
		let isTold = false;
		const told = run.fail(run.join(0)).then(() => (isTold = true));
		await Promise.resolve();
		expect(isTold).toBe(false);
		expect(run.missing()).toEqual([1]);
		run.end(run.join(1));
		await told;
	});

	it('are checked when the last of them is', async () => {
		const run = new Batch(3, systemClock);
		const [first, second, third] = [run.join(0), run.join(1), run.join(2)];
		run.checked(first);
		run.checked(first);
		let isKnown = false;
		const known = run.allChecked().then(() => (isKnown = true));
		run.end(second);
		await Promise.resolve();
		expect(isKnown).toBe(false);
		run.checked(third);
		await known;
		await run.allChecked();
	});

	it('of an earlier try are not waited for', async () => {
		const run = new Batch(1, systemClock);
		const old = run.join(0);
		const now = run.join(0);
		run.checked(old);
		run.checked(now);
		await run.allChecked();
	});

	it('tell whether the input of one was refused', () => {
		const run = new Batch(2, systemClock);
		const member = run.join(0);
		expect(run.hasRefused()).toBe(false);
		run.refuse(member);
		expect(run.hasRefused()).toBe(true);
	});

	it('tell of the others that have or may have a task, and not of those that have none', async () => {
		const run = new Batch(4, systemClock);
		const [own, made, sent, none] = [run.join(0), run.join(1), run.join(2), run.join(3)];
		own.taskId = 'a';
		made.taskId = 'b';
		sent.externalTaskId = 'c';
		[made, sent, none].forEach((member) => run.end(member));
		expect(await run.fail(own)).toEqual([made, sent]);
	});

	it('tell it once, with the error that n8n shows', async () => {
		const run = new Batch(3, systemClock);
		const [first, second, third] = [run.join(0), run.join(1), run.join(2)];
		for (const member of [first, second, third]) member.taskId = `task ${member.itemIndex}`;
		const later = run.fail(third);
		const shown = run.fail(second);
		run.end(first);
		expect(await shown).toEqual([first, third]);
		expect(await later).toEqual([]);
	});

	it('of an earlier try do not disturb those of the next', async () => {
		const run = new Batch(1, systemClock);
		const old = run.join(0);
		const now = run.join(0);
		run.end(old);
		expect(await run.fail(now)).toEqual([]);
	});

	it('begin anew on another try, but remember what was sent', () => {
		const run = new Batch(1, systemClock);
		const first = run.join(0);
		run.refuse(first);
		run.memory.sending('order-7');
		run.absent = 1;
		run.join(0);
		expect(run.hasRefused()).toBe(false);
		expect(run.absent).toBeUndefined();
		expect(run.memory.has('order-7')).toBe(true);
	});

	it('wait for one another where they are to meet', async () => {
		const run = new Batch(3, systemClock);
		const [, second, third] = [run.join(0), run.join(1), run.join(2)];
		let met = false;
		const meeting = run.passBarrier('here').then(() => (met = true));
		run.end(second);
		await Promise.resolve();
		expect(met).toBe(false);

		run.end(third);
		await meeting;
		expect(met).toBe(true);
	});

	it('do not wait for those that n8n cannot prepare', async () => {
		const run = new Batch(2, systemClock);
		run.join(0);
		run.absent = 1;

		await expect(run.passBarrier('here')).resolves.toBeUndefined();
	});

	it('may each have an external task ID of their own, and keep it on another try', () => {
		const run = new Batch(3, systemClock);
		expect(run.claim('a', 0)).toBe(0);
		expect(run.claim('b', 1)).toBe(1);
		expect(run.claim('a', 2)).toBe(0);
		expect(run.claim('a', 0)).toBe(0);
	});
});

const NODE = 'Kirin Video';

describe('The run of an execution', () => {
	function executeData(items: number, executeOnce = false): IExecuteData {
		const main = [Array.from({ length: items }, () => ({ json: {} }))];
		return {
			node: { name: NODE, executeOnce },
			data: { main },
			source: null,
		} as unknown as IExecuteData;
	}

	it('is the same for all of its items and tries, and another for another', () => {
		const data = executeData(2);
		expect(batchOf(data, NODE)).toBe(batchOf(data, NODE));
		expect(batchOf(executeData(2), NODE)).not.toBe(batchOf(data, NODE));
	});

	it('expects as many items as come in', () => {
		expect(batchOf(executeData(3), NODE).missing()).toEqual([0, 1, 2]);
	});

	it('expects one item with Execute Once', () => {
		expect(batchOf(executeData(3, true), NODE).missing()).toEqual([0]);
	});

	it('expects one item where n8n gives another kind of input, or none', () => {
		const tool = { node: { name: NODE }, data: { ai_tool: [[{ json: {} }]] }, source: null };
		expect(batchOf(tool as unknown as IExecuteData, NODE).missing()).toEqual([0]);
		const none = { node: { name: NODE }, data: {}, source: null };
		expect(batchOf(none as unknown as IExecuteData, NODE).missing()).toEqual([0]);
	});

	it('is another for each call of a tool, for an agent calls with its own execute data', () => {
		const agents = executeData(3);
		const first = batchOf(agents, 'Kirin Video Tool');
		expect(first.missing()).toEqual([0]);
		expect(batchOf(agents, 'Kirin Video Tool')).not.toBe(first);
	});
});
