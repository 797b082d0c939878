import { readMp4 } from '../../sandbox';
import { binaryBytes, itemsOf } from './engine';
import {
	NODE,
	errorText,
	generating,
	onTask,
	onlyItem,
	run,
	sandboxForTests,
	until,
	submitting,
} from './kirin';

const sandbox = sandboxForTests();

async function submitted(parameters = {}) {
	return onlyItem(
		await run(sandbox.current, submitting({ prompt: 'A fox in the snow', ...parameters })),
	);
}

describe('Submit', () => {
	it('returns at once with the task', async () => {
		const item = await submitted({ model: 'kirin_v2_master_t2v', duration: '10' });
		const [task] = sandbox.current.ledger.tasks;

		expect(item.json).toEqual({
			taskId: task?.id,
			externalTaskId: task?.externalTaskId,
			status: 'in_progress',
			progress: expect.any(Number) as number,
			details: {
				model: 'kirin_v2_master_t2v',
				createdAt: new Date(task?.createdAt ?? 0).toISOString(),
			},
		});
		expect(task?.params.duration).toBe('10');
		expect(sandbox.current.ledger.count('get')).toBe(0);
	});

	it('gives the task as the service sent it when the output is raw', async () => {
		const item = await submitted({ output: { simplify: false } });

		expect(item.json).toMatchObject({ id: sandbox.current.ledger.tasks[0]?.id });
	});
});

describe('Get', () => {
	it('looks once, by the task ID', async () => {
		sandbox.current.settings.renderSeconds = 100_000;
		const { json } = await submitted();
		const item = onlyItem(
			await run(sandbox.current, onTask('get', { taskId: '={{ $json.taskId }}' }), {
				items: [{ json }],
			}),
		);

		expect(item.json).toMatchObject({ taskId: json.taskId, status: 'in_progress' });
		expect(sandbox.current.ledger.count('get')).toBe(1);
	});

	it('looks by the external task ID, however it is written', async () => {
		const { json } = await submitted({ options: { externalTaskId: 'order/1001?é' } });
		const item = onlyItem(await run(sandbox.current, onTask('get', { taskId: 'order/1001?é' })));

		expect(item.json).toMatchObject({ taskId: json.taskId, externalTaskId: 'order/1001?é' });
	});

	it.each([true, false])(
		'tells when the next look is worth it, while the task is under way (simplified: %s)',
		async (simplify) => {
			const { json } = await submitted();
			const parameters = onTask('get', { taskId: json.taskId as string, output: { simplify } });
			const look = async () => onlyItem(await run(sandbox.current, parameters)).json;
			const [task] = sandbox.current.ledger.tasks;
			const early = await look();
			expect(early.nextPollSeconds).toBeGreaterThanOrEqual(1);
			expect(early.nextPollSeconds).toBeLessThanOrEqual(120);

			await until(() => (task?.endsAt ?? 0) < Date.now());
			expect(await look()).not.toHaveProperty('nextPollSeconds');
		},
	);

	it('shows a failed task as an item, with the code and the words of the service', async () => {
		sandbox.current.settings.speed = 1000;
		const { json } = await submitted({ prompt: '[sandbox: fail 002011096]' });
		await until(() => (sandbox.current.ledger.tasks[0]?.endsAt ?? 0) < Date.now());
		const item = onlyItem(
			await run(sandbox.current, onTask('get', { taskId: json.taskId as string })),
		);

		expect(item.json).toMatchObject({
			status: 'failed',
			error: { code: '002011096', message: expect.any(String) as string },
		});
	});

	it('says that a task does not exist', async () => {
		const text = errorText(await run(sandbox.current, onTask('get', { taskId: 'nope' })));

		expect(text).toContain('The service knows no task nope');
		expect(text).toContain('Check the ID');
	});

	it('asks again when the service stumbles, and gives up in the end', async () => {
		const { json } = await submitted();
		sandbox.current.faults = [{ on: 'get', kind: { status: 502 }, times: 2 }];
		onlyItem(await run(sandbox.current, onTask('get', { taskId: json.taskId as string })));

		sandbox.current.faults = [{ on: 'get', kind: { status: 502 } }];
		const text = errorText(
			await run(sandbox.current, onTask('get', { taskId: json.taskId as string })),
		);
		expect(text).toContain(`Task ${json.taskId as string} could not be read`);
		expect(text).toContain('HTTP 502');
	});
});

describe('Wait', () => {
	it('takes the output of Submit as it is', async () => {
		const { json } = await submitted({ duration: '10', aspectRatio: '1:1' });
		const item = onlyItem(await run(sandbox.current, onTask('wait'), { items: [{ json }] }));

		expect(item.json).toMatchObject({ taskId: json.taskId, status: 'completed' });
		expect(item.json.cost).toBe(sandbox.current.ledger.tasks[0]?.cost);
		const { seconds, width, height } = await readMp4(await binaryBytes(item));
		expect(seconds).toBeCloseTo(10, 0);
		expect(width).toBe(height);
	});

	it('waits for many tasks at once and creates none', async () => {
		const all = await run(sandbox.current, submitting({ prompt: '={{ $json.prompt }}' }), {
			items: itemsOf({ prompt: 'a' }, { prompt: 'b' }, { prompt: 'c' }),
		});
		const result = await run(sandbox.current, onTask('wait'), { items: all.output(NODE) });

		expect(result.output(NODE).map(({ json }) => json.taskId)).toEqual(
			all.output(NODE).map(({ json }) => json.taskId),
		);
		expect(sandbox.current.ledger.count('create')).toBe(3);
	});

	it('finds a task by its external ID and gives both', async () => {
		await submitted({ options: { externalTaskId: 'order-7' } });
		const item = onlyItem(await run(sandbox.current, onTask('wait', { taskId: 'order-7' })));

		expect(item.json).toMatchObject({
			taskId: sandbox.current.ledger.tasks[0]?.id,
			externalTaskId: 'order-7',
			status: 'completed',
		});
	});

	it('does not claim to know when a task finished that had settled before', async () => {
		const { json } = await submitted({ downloadVideo: false });
		await until(() => (sandbox.current.ledger.tasks[0]?.endsAt ?? 0) < Date.now());
		const item = onlyItem(
			await run(sandbox.current, onTask('wait', { downloadVideo: false }), { items: [{ json }] }),
		);

		expect(item.json).toMatchObject({ status: 'completed', details: { polls: 1 } });
		expect(item.json).not.toHaveProperty('finishedAt');
	});

	it('says so when there is no such task', async () => {
		const text = errorText(await run(sandbox.current, onTask('wait', { taskId: 'nope' })));

		expect(text).toContain('The service knows no task nope');
	});

	it('picks up what Generate left behind at its deadline', async () => {
		const parameters = generating({
			prompt: 'Slow [sandbox: render 60s]',
			waiting: { maximumWaitMinutes: 0.2, onTimeout: 'returnTask' },
		});
		const left = onlyItem(await run(sandbox.current, parameters));
		expect(left.json).toMatchObject({ status: 'in_progress' });
		expect(left.binary).toBeUndefined();

		const item = onlyItem(await run(sandbox.current, onTask('wait'), { items: [left] }));
		expect(item.json).toMatchObject({ taskId: left.json.taskId, status: 'completed' });
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});
});
