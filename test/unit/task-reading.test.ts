import { isDone, readTask } from '../../nodes/KirinVideo/task/task';
import { taskBody } from './scripted-api';

const video = { type: 'video', url: 'https://files.example/x.mp4' };

describe('The tasks of the reference', () => {
	it('in progress', () => {
		expect(
			readTask({
				id: 'd5u5obte8783ap44qtj0',
				created_at: 1769757744021,
				status: 'in_progress',
				model: 'kirin_v2_5_turbo_t2v',
				progress: 0.45,
			}),
		).toMatchObject({
			taskId: 'd5u5obte8783ap44qtj0',
			createdAt: 1769757744021,
			status: 'in_progress',
			model: 'kirin_v2_5_turbo_t2v',
			progress: 0.45,
			contents: [],
		});
	});

	it('completed', () => {
		const body = taskBody({
			status: 'completed',
			output: [{ content: [{ ...video, jobId: 'j1' }] }],
			usage: { cost: '0.35', discount: 0.7 },
			metadata: {},
		});
		const task = readTask(body);
		expect(task).toMatchObject({
			status: 'completed',
			contents: [video],
			cost: '0.35',
			discount: 0.7,
		});
		expect(task?.raw).toEqual(body);
		expect(task).not.toHaveProperty('error');
	});

	it('failed', () => {
		const error = { code: '002011095', error_message: 'The generation broke off' };
		expect(readTask(taskBody({ status: 'failed', error }))).toMatchObject({
			status: 'failed',
			error: { code: '002011095', message: 'The generation broke off' },
		});
	});
});

describe('An envelope', () => {
	it('around the task is taken off', () => {
		const body = taskBody({ external_task_id: 'order-7' });
		const enveloped = { data: body, status: { code: 200, message: 'success' } };
		expect(readTask(enveloped)).toEqual(readTask(body));
		expect(readTask(enveloped)).toMatchObject({ externalTaskId: 'order-7', raw: body });
	});

	it('with nothing in it is no task', () => {
		expect(readTask({ data: null, status: { code: 402, message: 'no' } })).toBeUndefined();
		expect(readTask({ data: {}, status: { code: 200 } })).toBeUndefined();
	});
});

describe('The task ID', () => {
	it.each([
		['id', { id: 'a' }],
		['task_id', { task_id: 'a' }],
		['request_id', { request_id: 'a' }],
		['the first that there is', { id: '', task_id: 'a', request_id: 'b' }],
	])('may be under %s', (_, body) => {
		expect(readTask({ ...body, status: 'queued' })?.taskId).toBe('a');
	});

	it('may be a number', () => {
		expect(readTask({ id: 42, status: 'queued' })?.taskId).toBe('42');
	});

	it.each([
		{},
		{ id: '' },
		{ id: ' ' },
		{ id: null },
		{ id: { a: 1 } },
		{ id: ['a'] },
		{ id: true },
	])('is not in %j, so that is no task', (body) => {
		expect(readTask({ ...body, status: 'completed' })).toBeUndefined();
	});

	it.each([undefined, null, 'text', 5, true, [], [taskBody()]])('is not in %j either', (body) => {
		expect(readTask(body)).toBeUndefined();
	});
});

describe('The status', () => {
	const words = {
		queued: ['pending', 'queued', 'in_queue', 'submitted'],
		in_progress: ['in_progress', 'processing', 'running'],
		completed: ['completed', 'success', 'succeeded', 'succeed', 'done'],
		failed: ['failed', 'fail', 'error', 'cancelled', 'canceled'],
	};

	it.each(Object.entries(words).flatMap(([status, all]) => all.map((word) => [word, status])))(
		'%s is read as %s in any letter case',
		(word, status) => {
			const capitalised = word.charAt(0).toUpperCase() + word.slice(1);
			for (const spelled of [word, word.toUpperCase(), capitalised, ` ${word} `]) {
				const task = readTask(taskBody({ status: spelled }));
				expect(task).toMatchObject({ status });
				expect(task).not.toHaveProperty('unknownStatus');
			}
		},
	);

	it('that we do not know means still running, and is kept for the log', () => {
		expect(readTask(taskBody({ status: 'Rendering' }))).toMatchObject({
			status: 'in_progress',
			unknownStatus: 'rendering',
		});
	});

	it.each(['constructor', '__proto__'])(
		'may be a word with a meaning in JavaScript: %s',
		(status) => {
			expect(readTask(taskBody({ status }))).toMatchObject({
				status: 'in_progress',
				unknownStatus: status,
			});
		},
	);

	it.each([undefined, null, '', 5, { code: 200 }])('that is none (%j) means running', (status) => {
		expect(readTask({ id: 'a', status })?.status).toBe('in_progress');
	});

	it.each([
		['a text', 'out of memory'],
		['an object', { code: '002011095', error_message: 'out of memory' }],
		['a code alone', { code: '002011095' }],
	])('completed together with an error means failed: %s', (_, error) => {
		const task = readTask(taskBody({ status: 'completed', output: [video], error }));
		expect(task?.status).toBe('failed');
	});

	it.each([null, '', ' ', {}, { code: '', message: '' }, { code: null, message: null }, undefined])(
		'completed together with an empty error (%j) means completed',
		(error) => {
			const task = readTask({ id: 'a', status: 'completed', error });
			expect(task?.status).toBe('completed');
			expect(task).not.toHaveProperty('error');
		},
	);

	it('in progress has no error, whatever is said under it', () => {
		const task = readTask(taskBody({ error: 'a backend was slow' }));
		expect(task?.status).toBe('in_progress');
		expect(task).not.toHaveProperty('error');
	});

	it.each([
		['queued', false],
		['in_progress', false],
		['completed', true],
		['failed', true],
	])('%s is the end of a task: %s', (status, settled) => {
		const task = readTask(taskBody({ status }));
		expect(task && isDone(task)).toBe(settled);
	});
});

describe('The error of a failed task', () => {
	it.each([
		['a text', 'out of memory', { message: 'out of memory' }],
		['error_message', { code: 'X', error_message: 'no' }, { code: 'X', message: 'no' }],
		['message', { code: 'X', message: 'no' }, { code: 'X', message: 'no' }],
		['a code as a number', { code: 2011095, message: 'no' }, { code: '2011095', message: 'no' }],
		['leading zeros', { code: '002016099' }, { code: '002016099' }],
		['nothing', null, {}],
		['a list', ['no'], {}],
	])('may be %s', (_, error, read) => {
		expect(readTask(taskBody({ status: 'failed', error }))?.error).toEqual(read);
	});
});

describe('The output', () => {
	it.each([
		['nested', { output: [{ content: [video] }] }],
		['flat', { output: [video] }],
		['under outputs', { outputs: [video] }],
		['of type video_url', { output: [{ type: 'video_url', url: video.url }] }],
		['of the type of its file', { output: [{ type: 'mp4', url: video.url }] }],
		['of that type, by its own name', { output: [{ type: 'MP4', video_url: video.url }] }],
		['of type VIDEO', { output: [{ type: 'VIDEO', url: video.url }] }],
		['a single object', { output: { content: video } }],
		['without a type', { output: [{ url: video.url }] }],
	])('may be %s', (_, rest) => {
		expect(readTask({ id: 'a', status: 'completed', ...rest })?.contents).toEqual([video]);
	});

	it('keeps several contents in their order, and the size of an image', () => {
		const image = { type: 'image', url: 'https://files.example/x.png', size: '1280x720' };
		const output = [{ content: [video, image] }, { content: [{ ...video, url: 'https://b/y' }] }];
		expect(readTask(taskBody({ status: 'completed', output }))?.contents).toEqual([
			video,
			image,
			{ type: 'video', url: 'https://b/y' },
		]);
	});

	it.each([
		[[null, 5, 'x', []]],
		[[{ type: 'video' }]],
		[[{ type: 'video', url: '' }]],
		['x'],
		[7],
	])('of %j has no contents', (output) => {
		expect(readTask({ id: 'a', status: 'completed', output })?.contents).toEqual([]);
	});
});

describe('The cost', () => {
	it.each(['0.35', '0.350', '0', '12345678901234567890.123456789012345678', '1e-7'])(
		'%s stays the text that it was',
		(cost) => {
			expect(readTask(taskBody({ usage: { cost } }))?.cost).toBe(cost);
		},
	);

	it.each([
		[0.35, '0.35'],
		[0, '0'],
	])('as the number %d is spelled out', (cost, spelled) => {
		expect(readTask(taskBody({ usage: { cost } }))?.cost).toBe(spelled);
	});

	it.each([null, '', true, { amount: '1' }, ['1']])('that is %j is left out', (cost) => {
		expect(readTask({ id: 'a', usage: { cost } })).not.toHaveProperty('cost');
	});
});

describe('Numbers', () => {
	it.each([
		[0.45, 0.45],
		['0.45', 0.45],
		[-1, 0],
		[1, 1],
		[45, 0.45],
		['45 %', 0.45],
		['1%', 0.01],
		[100, 1],
		[1000, 1],
		[0, 0],
	])('progress %j is read as %d', (progress, read) => {
		expect(readTask(taskBody({ progress }))?.progress).toBe(read);
	});

	it.each(['', 'half', null, true, [0.5], NaN, Infinity])('progress %j is left out', (progress) => {
		expect(readTask({ id: 'a', progress })).not.toHaveProperty('progress');
	});

	it.each([
		['milliseconds', 1769757744021, 1769757744021],
		['seconds', 1769757744, 1769757744000],
		['a text of milliseconds', '1769757744021', 1769757744021],
		['a date', '2026-01-30T07:22:24.021Z', 1769757744021],
	])('created_at may be %s', (_, created_at, read) => {
		expect(readTask(taskBody({ created_at }))?.createdAt).toBe(read);
	});

	it.each(['', 'yesterday', null, {}, NaN])('created_at %j is left out', (created_at) => {
		expect(readTask({ id: 'a', created_at })).not.toHaveProperty('createdAt');
	});

	it('a discount may be a text', () => {
		expect(readTask(taskBody({ usage: { discount: '0.7' } }))?.discount).toBe(0.7);
	});
});
