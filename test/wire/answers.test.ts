import type { Answer, Lie, LyingServer, ModelTask, Script } from './lying-server';
import { refusal } from './lying-server';
import { judge } from './judge';
import { spread } from './spread';
import type { WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

/** Every way that asks for a task until it has ended. */
const WAITS: WayName[] = ['poll', 'callback', 'wait', 'trigger'];

function everyWay<Row extends object>(rows: Row[]): Array<Row & { way: WayName }> {
	return rows.flatMap((row) => WAITS.map((way) => ({ ...row, way })));
}

const urlOf = (task: ModelTask, { filesUrl }: LyingServer) => `${filesUrl}/videos/${task.id}.mp4`;

/** A finished task in the words of somebody else. */
type Shape = (task: ModelTask, url: string) => object;

const FINISHED: Record<string, Shape> = {
	"the vendor's shape": ({ id, externalTaskId }, url) => ({
		code: 0,
		message: 'SUCCEED',
		request_id: 'req-1',
		data: {
			task_id: id,
			task_status: 'succeed',
			task_info: { external_task_id: externalTaskId },
			task_result: { videos: [{ id: 'v1', url, duration: '5.0' }] },
		},
	}),
	'no status but an output': ({ id }, url) => ({ id, output: [{ content: [{ url }] }] }),
	'a number for a status, and an output': ({ id }, url) => ({
		id,
		status: 3,
		output: [{ content: [{ type: 'video', url }] }],
	}),
	'a status that nobody knows, and an output': ({ id }, url) => ({
		id,
		status: 'TASK_STATUS_SUCCEED',
		output: [{ content: [{ type: 'video', url }] }],
	}),
	'an envelope': ({ id }, url) => ({
		status: { code: 200, message: 'success' },
		data: { id, status: 'success', output: [{ type: 'video', url }] },
	}),
	'a task ID under another name': ({ id }, url) => ({
		task_id: id,
		status: 'SUCCEEDED',
		outputs: [{ type: 'video_url', url }],
	}),
	'its cost as a number': ({ id }, url) => ({
		id,
		status: 'completed',
		output: [{ content: [{ type: 'video', url }] }],
		usage: { cost: 0.35 },
	}),
	'an empty cost': ({ id }, url) => ({
		id,
		status: 'completed',
		output: [{ content: [{ type: 'video', url }] }],
		usage: { cost: '' },
	}),
	'an empty error': ({ id }, url) => ({
		id,
		status: 'completed',
		output: [{ content: [{ type: 'video', url }] }],
		error: { code: '', message: '' },
	}),
};

/** Tells a finished task in another shape. */
function finishedAs(shape: string): Script {
	const lie: Lie = ({ task }) =>
		task?.isDone()
			? { body: FINISHED[shape]?.(task, urlOf(task, wire.current.server)) }
			: undefined;
	return { get: lie };
}

describe('A finished task', () => {
	it.each(everyWay(Object.keys(FINISHED).map((shape) => ({ shape }))))(
		'with $shape is delivered ($way)',
		async ({ shape, way }) => {
			const { current } = wire;
			const lived = await current.live(way, finishedAs(shape));

			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.items[0]?.json.status).toBe('completed');
			expect(lived.file).toBeDefined();
		},
	);

	it.each([
		['its cost as a number', '0.35'],
		['an empty cost', undefined],
	])('with %s costs %s', async (shape, cost) => {
		const lived = await wire.current.live('poll', finishedAs(shape));

		expect(lived.items[0]?.json.cost).toBe(cost);
	});
});

/** A failed task in the words of somebody else, with what the user has to read of it. */
const FAILED: Record<string, { shape: (task: ModelTask) => object; says: string[] }> = {
	'no status but an error': {
		shape: ({ id }) => ({ id, error: { code: '002011095', error_message: 'broken lens' } }),
		says: ['002011095', 'broken lens'],
	},
	'a number for a status, and an error': {
		shape: ({ id }) => ({ id, status: 4, error: { code: 110001, message: 'sensitive image' } }),
		says: ['110001', 'sensitive image'],
	},
	'a six-digit code': {
		shape: ({ id }) => ({
			id,
			status: 'failed',
			error: { code: 190000, message: 'the input file could not be downloaded' },
		}),
		says: ['190000', 'the input file could not be downloaded'],
	},
	'an error in plain words': {
		shape: ({ id }) => ({ id, status: 'failed', error: 'no such luck' }),
		says: ['no such luck'],
	},
	"the vendor's shape": {
		shape: ({ id }) => ({
			code: 0,
			data: { task_id: id, task_status: 'failed', task_status_msg: 'risk control' },
		}),
		says: ['risk control'],
	},
	'completed, and an error': {
		shape: ({ id }) => ({ id, status: 'completed', error: { message: 'half a fox' } }),
		says: ['half a fox'],
	},
};

describe('A failed task', () => {
	const waits = ['poll', 'callback', 'wait'] as const;
	it.each(Object.keys(FAILED).flatMap((how) => waits.map((way) => ({ how, way: way }))))(
		'with $how ends the wait at once, with its reason ($way)',
		async ({ how, way }) => {
			const { shape, says } = FAILED[how] ?? { shape: () => ({}), says: [] };
			const { current } = wire;
			const lie: Lie = ({ task }) => (task?.isDone() ? { body: shape(task) } : undefined);
			const lived = await current.live(way, { get: lie });

			expect(judge(current, way, lived)).toEqual([]);
			for (const text of says) expect(lived.error).toContain(text);
			expect(lived.error).not.toMatch(/not finished|maximum wait/i);
		},
	);
});

describe('A status that says nothing', () => {
	it.each([
		{ status: 7, word: '7' },
		{ status: 'ruminating', word: 'ruminating' },
		{ status: { phase: 'ruminating' }, word: 'ruminating' },
	])('is shown when the wait ends: $word', async ({ status, word }) => {
		const { current } = wire;
		const lie: Lie = ({ task }) => ({ body: { id: task?.id, status } });
		const lived = await current.live('wait', { get: lie });

		expect(judge(current, 'wait', lived)).toEqual([]);
		expect(lived.error).toContain(word);
	});

	it.each(['wait', 'poll'] as const)('is told when there was never one (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, { get: ({ task }) => ({ body: { id: task?.id } }) });

		expect(judge(current, way, lived)).toEqual([]);
		expect(lived.error).toMatch(/status/i);
	});
});

/** More digits than a number of JavaScript holds. */
const HUGE_ID = '9007199254740993123';

function huge(json: object): Answer {
	const text = JSON.stringify(json).replaceAll(`"${HUGE_ID}"`, HUGE_ID);
	return { headers: { 'content-type': 'application/json' }, body: text };
}

describe('A task ID that is a huge number', () => {
	it.each<WayName>(['poll', 'callback', 'submit'])('keeps all its digits (%s)', async (way) => {
		const { current } = wire;
		const { server } = current;
		const lived = await current.live(way, {
			create: (_, truth) => {
				const [task] = server.tasks;
				if (task) task.id = HUGE_ID;
				return huge({ ...(truth.body as object), id: HUGE_ID });
			},
			get: ({ task }) => (task ? huge(server.taskJson(task)) : undefined),
		});

		expect(judge(current, way, lived, [HUGE_ID])).toEqual([]);
		expect(lived.items[0]?.json.taskId).toBe(HUGE_ID);
	});
});

describe('A callback with a huge number for the task ID', () => {
	const calledBack = { callback: `{"id":${HUGE_ID},"status":"completed"}` };

	it('finds the task of a trigger', async () => {
		const { current } = wire;
		current.server.addTask().id = HUGE_ID;
		const lived = await current.live('trigger', {}, calledBack);

		expect(lived.items.map(({ json }) => json.taskId)).toEqual([HUGE_ID]);
	});

	it('finds the task of a wait: the sender hears that the end is not confirmed', async () => {
		const { current } = wire;
		const { server } = current;
		const script: Script = {
			create: (_, truth) => {
				const [task] = server.tasks;
				if (task) task.id = HUGE_ID;
				return huge({ ...(truth.body as object), id: HUGE_ID });
			},
			get: () => huge({ id: HUGE_ID, status: 'in_progress' }),
		};

		expect((await current.live('callback', script, calledBack)).reply).toContain('503');
		await current.reset();
		const another = { callback: { id: '9007199254740993124', status: 'completed' } };
		expect((await current.live('callback', script, another)).reply).not.toContain('503');
	});
});

describe("An answer with another task's ID", () => {
	const ANOTHER = 'another9task9altogether';
	const foreign = (server: LyingServer): Lie => {
		const url = `${server.filesUrl}/videos/foreign.mp4`;
		return () => ({
			body: {
				id: ANOTHER,
				external_task_id: 'foreign-1',
				status: 'completed',
				output: [{ content: [{ type: 'video', url }] }],
			},
		});
	};

	it.each([...WAITS, 'get' as const])('is never taken for the own one (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, { get: foreign(current.server) });
		const paths = current.server.requests.map(({ path }) => path);

		expect(judge(current, way, lived)).toEqual([]);
		expect(paths.filter((path) => path.includes('foreign'))).toEqual([]);
		expect(lived.items.map(({ json }) => json.status)).not.toContain('completed');
	});

	it.each<WayName>(['poll', 'wait'])('once is passed over (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, { get: [foreign(current.server)] });

		expect(lived.items[0]?.json).toMatchObject({
			taskId: current.server.tasks[0]?.id,
			status: 'completed',
		});
	});
});

describe('An answer that calls the task by another ID', () => {
	it.each<WayName>(['poll', 'callback'])(
		'does not make the node forget the own one (%s)',
		async (way) => {
			const { current } = wire;
			const get: Lie = ({ task }) => ({
				body: { id: 'renamed', external_task_id: task?.externalTaskId, status: 'in_progress' },
			});
			const lived = await current.live(way, { get });

			expect(judge(current, way, lived, [current.server.tasks[0]?.id ?? ''])).toEqual([]);
		},
	);
});

describe('Progress', () => {
	it.each([
		[45, 0.45],
		['45', 0.45],
		['45%', 0.45],
		[0.45, 0.45],
		[100, 1],
		[1, 1],
		[0, 0],
	])('%p is %p', async (progress, read) => {
		const { current } = wire;
		const lie: Lie = ({ task }) => ({ body: { id: task?.id, status: 'in_progress', progress } });
		const lived = await current.live('get', { get: lie });

		expect(lived.items[0]?.json.progress).toBe(read);
	});
});

const PROXY_PAGE: Answer = {
	status: 403,
	headers: { 'content-type': 'text/html' },
	body: '<html><title>403 Forbidden</title><body>Blocked by the firewall. Ray 8f2</body></html>',
};

describe('A page of a firewall with 403', () => {
	it.each(WAITS.filter((way) => way !== 'trigger'))('does not end a wait (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, { get: [PROXY_PAGE, PROXY_PAGE] });

		expect(judge(current, way, lived)).toEqual([]);
		expect(lived.items[0]?.json.status).toBe('completed');
	});

	it.each<WayName>(['estimate', 'get', 'limited'])('is not final (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, {
			get: [PROXY_PAGE],
			estimate: [PROXY_PAGE],
		});

		expect(lived.error).toBeUndefined();
	});

	it('on a create makes no second task', async () => {
		const { current } = wire;
		const lived = await current.live('poll', { create: [PROXY_PAGE] });

		expect(judge(current, 'poll', lived)).toEqual([]);
		expect(lived.items[0]?.json.status).toBe('completed');
		expect(current.server.tasks).toHaveLength(1);
	});

	it.each<WayName>(['wait', 'estimate', 'get'])('for ever ends in words (%s)', async (way) => {
		const { current } = wire;
		const lived = await current.live(way, { get: PROXY_PAGE, estimate: PROXY_PAGE });

		expect(lived.ended).toBe(true);
		expect(lived.error).toContain('403');
		expect(lived.error).not.toContain('did not accept the API key');
	});

	it("is not the API's own 403, which ends a wait at once", async () => {
		const { current } = wire;
		const lived = await current.live('wait', { get: refusal(403, 'FORBIDDEN', 'bad key') });

		expect(lived.error).toContain('did not accept the API key');
		expect(current.server.requests.filter(({ kind }) => kind === 'get')).toHaveLength(1);
	});
});

describe('A redirect on the same host', () => {
	it.each([301, 302, 303])('of a create by %i is not told as one to another', async (status) => {
		const { current } = wire;
		const location = `${current.server.apiUrl}/model/v1/generation/`;
		const lived = await current.live('poll', { create: { status, headers: { location } } });

		expect(judge(current, 'poll', lived)).toEqual([]);
		expect(lived.error).toContain(String(status));
		expect(lived.error).not.toMatch(/another (host|address)|other host/i);
	});

	it.each([307, 308])('of a create by %i is followed', async (status) => {
		const { current } = wire;
		const location = `${current.server.apiUrl}/prefix/model/v1/generation`;
		const lived = await current.live('poll', { create: [{ status, headers: { location } }] });

		expect(judge(current, 'poll', lived)).toEqual([]);
		expect(lived.items[0]?.json.status).toBe('completed');
	});
});

/** What is not JSON, or not all of it, where JSON was asked for. */
const GARBAGE: Record<string, Answer> = {
	'an empty body': { body: '' },
	'half a JSON text': { body: '{"id":"task1d5u5o' },
	'a JSON null': { headers: { 'content-type': 'application/json' }, body: 'null' },
	'a JSON list': { headers: { 'content-type': 'application/json' }, body: '[1,2,3]' },
	'a JSON text': { headers: { 'content-type': 'application/json' }, body: '"ok"' },
	'a page': { headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' },
	'bytes that are no text': { body: Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]) },
	'no HTTP at all': { bytes: Buffer.from('SSH-2.0-OpenSSH_9.6\r\n\r\n') },
	'a status of 999': { status: 999, body: '{}' },
	'a gateway time-out': { status: 504, body: '<html>504</html>' },
	'a body that is cut': { body: '{"id":"', length: 500, delivery: { cutAt: 7 } },
	'a body that is cut by a reset': {
		body: '{"id":"',
		length: 500,
		delivery: { cutAt: 6, cut: 'reset' },
	},
	'a deeply nested text': { body: '['.repeat(200_000) + ']'.repeat(200_000) },
};

describe('Garbage', () => {
	/** The creates stand apart, so that each garbage answers one of them. */
	const calls = [
		{ way: 'poll', call: 'create' },
		{ way: 'poll', call: 'get' },
		{ way: 'callback', call: 'get' },
		{ way: 'wait', call: 'get' },
		{ way: 'callback', call: 'create' },
		{ way: 'get', call: 'get' },
		{ way: 'limited', call: 'estimate' },
		{ way: 'estimate', call: 'estimate' },
		{ way: 'submit', call: 'create' },
		{ way: 'trigger', call: 'get' },
		{ way: 'credential', call: 'get' },
		{ way: 'search', call: 'search' },
	] satisfies Array<{ way: WayName; call: keyof Script }>;
	const rows = spread(Object.keys(GARBAGE), calls, 7).map(({ row, column }) => ({
		...column,
		what: row,
	}));

	it.each(rows)('$what from $call does no harm ($way)', async ({ way, call, what }) => {
		const { current } = wire;
		const lived = await current.live(way, { [call]: GARBAGE[what] });

		expect(judge(current, way, lived)).toEqual([]);
		expect(current.server.tasks.length).toBeLessThanOrEqual(1);
	});
});
