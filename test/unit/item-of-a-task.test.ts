import { simplify, withReplacedTasks, withWarnings } from '../../nodes/KirinVideo/output/itemJson';
import { type Task, idsOf, readTask, videosOf } from '../../nodes/KirinVideo/task/task';
import { TASK_ID, TURBO, taskBody } from './scripted-api';

const video = { type: 'video', url: 'https://files.example/x.mp4' };
const second = { type: 'video', url: 'https://files.example/x-watermark.mp4' };

function taskOf(rest: Parameters<typeof taskBody>[0] = {}): Task {
	const task = readTask(taskBody(rest));
	if (!task) throw new Error('That is no task');
	return task;
}

describe('The item of a completed task', () => {
	it('has all that the design promises, and no more', () => {
		const task = taskOf({
			status: 'completed',
			output: [{ content: [video, second] }],
			usage: { cost: '0.3500', discount: 0.7 },
			metadata: { more: true },
		});
		const startedAt = Date.UTC(2030, 0, 1);
		const seen = {
			externalTaskId: 'order-7',
			startedAt,
			finishedAt: startedAt + 61_250,
			polls: 12,
		};
		expect(simplify(task, seen)).toEqual({
			taskId: TASK_ID,
			externalTaskId: 'order-7',
			status: 'completed',
			videoUrl: video.url,
			watermarkUrl: second.url,
			cost: '0.3500',
			details: {
				model: TURBO,
				discount: 0.7,
				createdAt: '2026-01-30T07:22:24.021Z',
				finishedAt: '2030-01-01T00:01:01.250Z',
				elapsedSeconds: 61.3,
				polls: 12,
			},
		});
	});

	it('has what a model that goes on from the video asks for, where the service tells', () => {
		const content = { ...video, id: 'v-1', jobId: 'j-1', expires_at: 1769757744 };
		const item = simplify(taskOf({ status: 'completed', output: [{ content: [content] }] }));
		const expiresAt = '2026-01-30T07:22:24.000Z';
		expect(item.details).toMatchObject({ contentId: 'v-1', jobId: 'j-1', expiresAt });

		const more = simplify(
			taskOf({
				status: 'completed',
				output: [
					content,
					video,
					{ ...video, ...second },
					{ type: 'image', url: 'https://files.example/x.png', id: 7 },
				],
			}),
		);
		expect(more.contents).toMatchObject([
			{ id: 'v-1', jobId: 'j-1', expiresAt },
			{},
			{},
			{ id: '7' },
		]);
	});

	it.each([{ expires_at: '2030-01-01T00:00:00Z' }, { expiresAt: 1893456000000 }])(
		'says until when it can be had, where the service tells: %j',
		(told) => {
			const task = taskOf({ status: 'completed', output: [video], ...told });
			expect(simplify(task).details).toMatchObject({ expiresAt: '2030-01-01T00:00:00.000Z' });
		},
	);

	it('has at most ten keys', () => {
		const image = { type: 'image', url: 'https://files.example/x.png' };
		const task = taskOf({
			status: 'completed',
			output: [{ ...video, id: '1', jobId: '2' }, second, image],
			usage: { cost: '1', discount: 1 },
			external_task_id: 'order-7',
			progress: 1,
		});
		const item = withReplacedTasks(simplify(task), ['failed-one']);
		expect(item.details).toMatchObject({ contentId: '1', replacedTaskIds: ['failed-one'] });
		// What the node knows beside the task (operations/itemEnd.ts).
		const whole = { ...item, adopted: true, warning: 'The file is not there' };
		expect(Object.keys(whole).length).toBeLessThanOrEqual(10);
	});

	it.each([
		[{}, ['a', 'b.', 'c'], 'a. b. c'],
		[{ warning: 'Was seed meant?' }, ['It is not there.'], 'Was seed meant? It is not there.'],
		[{ warning: { code: 7 } }, ['a'], '{"code":7}. a'],
		[{ warning: { code: 7 } }, [], { code: 7 }],
	])('has the warnings of the service and of the node: %j and %j', (json, more, warning) => {
		expect(withWarnings(json, more)).toEqual({ warning });
	});

	it.each(['0.1', '0.10', '123456789012345.000000000000000001'])(
		'has the cost %s to the last digit',
		(cost) => {
			expect(simplify(taskOf({ status: 'completed', usage: { cost } })).cost).toBe(cost);
		},
	);

	it('has no watermark without one', () => {
		const item = simplify(taskOf({ status: 'completed', output: [{ content: [video] }] }));
		expect(item.videoUrl).toBe(video.url);
		expect(item).not.toHaveProperty('watermarkUrl');
	});

	it('keeps the size of a content', () => {
		const image = { type: 'image', url: 'https://files.example/x.png', size: '1280x720' };
		const item = simplify(taskOf({ status: 'completed', output: [{ content: [video, image] }] }));
		expect(item.contents).toEqual([video, image]);
	});

	it('counts the time from what the service says where the submit was not ours', () => {
		const task = taskOf({ status: 'completed' });
		expect(simplify(task, { finishedAt: 1769757744021 + 5_000 }).details).toMatchObject({
			elapsedSeconds: 5,
		});
	});

	it('has taken no less than nothing, even where the clocks disagree', () => {
		expect(simplify(taskOf(), { finishedAt: 1769757744021 - 5_000 }).details).toMatchObject({
			elapsedSeconds: 0,
		});
	});
});

describe('An item', () => {
	it('has no keys for what is not known', () => {
		const task = readTask({ id: 'a', status: 'in_progress' });
		expect(task && simplify(task)).toEqual({ taskId: 'a', status: 'in_progress' });
	});

	it('of a task under way has its progress and no contents yet', () => {
		const item = simplify(taskOf({ progress: 0.45 }));
		expect(item.progress).toBe(0.45);
		expect(item).not.toHaveProperty('contents');
	});

	it('of a failed task has its error', () => {
		const error = { code: '002011095', error_message: 'It broke' };
		expect(simplify(taskOf({ status: 'failed', error }))).toMatchObject({
			status: 'failed',
			error: { code: '002011095', message: 'It broke' },
		});
	});

	it.each([1769757744021000000, 1e300, -1e300])(
		'of a task is not lost for an odd time stamp: %d',
		(created_at) => {
			const item = simplify(taskOf({ status: 'completed', created_at, output: [video] }));
			expect(item.videoUrl).toBe(video.url);
		},
	);
});

describe('The video of a task', () => {
	it('is the one without the watermark, where the types tell', () => {
		const marked = { type: 'video_watermark', url: 'https://files.example/m.mp4' };
		const task = taskOf({ status: 'completed', output: [{ content: [marked, video] }] });
		expect(videosOf(task)).toEqual({ video, watermarked: marked });
	});

	it('is not an image', () => {
		const image = { type: 'image', url: 'https://files.example/x.png' };
		const task = taskOf({ status: 'completed', output: [{ content: [image, video] }] });
		expect(videosOf(task)).toEqual({ video, watermarked: undefined });
	});
});

describe('The IDs of a task', () => {
	it('that was asked for by its own are its own', () => {
		expect(idsOf(taskOf(), { taskId: TASK_ID })).toEqual({ taskId: TASK_ID });
	});

	it('that was asked for by the external one are both', () => {
		const both = { taskId: TASK_ID, externalTaskId: 'order-7' };
		expect(idsOf(taskOf(), { taskId: 'order-7' })).toEqual(both);
		expect(idsOf(taskOf(), { externalTaskId: 'order-7' })).toEqual(both);
		expect(idsOf(taskOf({ external_task_id: 'order-7' }), { taskId: TASK_ID })).toEqual(both);
	});
});
