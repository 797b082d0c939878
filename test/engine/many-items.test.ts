import type { INodeParameters } from 'n8n-workflow';
import { itemsOf } from './engine';
import { NODE, generating, onTask, run, sandboxForTests, submitting, until } from './kirin';
import { SandboxClock } from '../durable/sandbox-clock';

const clock = new SandboxClock();
const sandbox = sandboxForTests({ now: clock.now });

function prompts(count: number) {
	return itemsOf(...Array.from({ length: count }, (_, index) => ({ p: `Prompt ${index}` })));
}

/** The most tasks that were in progress at the service at one time. */
function mostAtOnce(): number {
	const { tasks } = sandbox.current.ledger;
	const counts = tasks.map(
		({ createdAt }) =>
			tasks.filter((task) => task.createdAt <= createdAt && createdAt < task.endsAt).length,
	);
	return Math.max(...counts);
}

function promptsInOrder(taskIds: unknown[]): unknown[] {
	const byId = new Map(sandbox.current.ledger.tasks.map(({ id, prompt }) => [id, prompt]));
	return taskIds.map((id) => byId.get(id as string));
}

/** Longer than any test. */
const HELD_SECONDS = 1_000_000;

/** Runs so many items, whose tasks are held until there are so many; then all of them are done. */
async function runHeld(parameters: INodeParameters, items: number, tasks: number): Promise<void> {
	const { ledger, settings } = sandbox.current;
	settings.renderSeconds = HELD_SECONDS;
	const ended = run(sandbox.current, parameters, { items: prompts(items) });
	await until(() => ledger.tasks.length >= tasks);
	settings.renderSeconds = 1;
	clock.advance(HELD_SECONDS * 1000);
	await ended;
}

const quick = { prompt: '={{ $json.p }}', downloadVideo: false };

describe('Maximum Concurrent Tasks', () => {
	it('holds, and all items come out in order', async () => {
		const items = prompts(12);
		const parameters = generating({ ...quick, options: { maxConcurrentTasks: 3 } });
		const result = await run(sandbox.current, parameters, { items });

		expect(mostAtOnce()).toBeLessThanOrEqual(3);
		expect(promptsInOrder(result.output(NODE).map(({ json }) => json.taskId))).toEqual(
			items.map(({ json }) => json.p),
		);
	});

	it('of 0 is no limit', async () => {
		await runHeld(generating({ ...quick, options: { maxConcurrentTasks: 0 } }), 80, 80);

		expect(mostAtOnce()).toBe(80);
	});

	it('is 50 unless told', async () => {
		await runHeld(generating(quick), 60, 50);

		expect(mostAtOnce()).toBe(50);
	});
});

describe('A service that takes four tasks at once', () => {
	it('gets them all in the end, each once, with no item lost or out of order', async () => {
		sandbox.current.settings.concurrencyLimit = 4;
		const items = prompts(24);
		const result = await run(sandbox.current, generating(quick), { items });

		expect(result.error).toBeUndefined();
		expect(sandbox.current.ledger.tasks).toHaveLength(24);
		expect(promptsInOrder(result.output(NODE).map(({ json }) => json.taskId))).toEqual(
			items.map(({ json }) => json.p),
		);
	});
});

describe('Hundreds of items', () => {
	it('finish in one run', async () => {
		const items = prompts(300);
		const parameters = generating({ ...quick, options: { maxConcurrentTasks: 200 } });
		const result = await run(sandbox.current, parameters, { items });

		expect(result.error).toBeUndefined();
		expect(sandbox.current.ledger.tasks).toHaveLength(300);
		expect(promptsInOrder(result.output(NODE).map(({ json }) => json.taskId))).toEqual(
			items.map(({ json }) => json.p),
		);
	});
});

describe('Wait', () => {
	it('watches no more tasks at once than the user allows', async () => {
		const submitted = await run(sandbox.current, submitting({ prompt: 'A fox' }), {
			items: prompts(9),
		});
		const parameters = onTask('wait', {
			downloadVideo: false,
			options: { maxConcurrentTasks: 2 },
		});
		const result = await run(sandbox.current, parameters, { items: submitted.output(NODE) });

		expect(result.output(NODE).map(({ json }) => json.status)).toEqual(
			Array.from({ length: 9 }, () => 'completed'),
		);
	});
});
