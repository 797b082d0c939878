/** The forms in which the same task and the same error are shown. */
import { startSandbox, type Sandbox, type Variant } from '../../sandbox';
import { clientOf, pause, type Client, type Json } from './client';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ renderSeconds: 0.04 });
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** The task as get shows it when it has settled. */
async function settled(variant: Variant, prompt = 'x'): Promise<Json> {
	sandbox.settings.variant = variant;
	await client.create({ prompt, external_task_id: 'mine' });
	await pause(60);
	return (await client.get('mine')).data;
}

test('an envelope around the task', async () => {
	expect(await settled({ envelope: true })).toMatchObject({
		data: { status: 'completed' },
		status: { code: 200, message: 'success' },
	});
});

test.each(['task_id', 'request_id'] as const)('the ID under %s', async (idField) => {
	const task = await settled({ idField });
	expect(task).toHaveProperty(idField, sandbox.ledger.tasks[0]?.id);
	expect(task).not.toHaveProperty('id');
});

test('other words for each status', async () => {
	const statusWords = {
		queued: 'IN_QUEUE',
		running: 'Running',
		completed: 'SUCCEED',
		failed: 'Fail',
	};
	sandbox.settings.variant = { statusWords };
	const { data } = await client.create({ prompt: '[sandbox: never]' });
	expect(data.status).toBe('IN_QUEUE');
	expect(data).not.toHaveProperty('progress');
	await pause(40);
	expect((await client.get(String(data.id))).data.status).toBe('Running');
	expect((await settled({ statusWords })).status).toBe('SUCCEED');
	sandbox.reset();
	expect((await settled({ statusWords }, '[sandbox: fail]')).status).toBe('Fail');
});

test('flat outputs of another type and name', async () => {
	const task = await settled({
		flatOutput: true,
		contentType: 'video_url',
		outputField: 'outputs',
	});
	expect(task.outputs).toMatchObject([{ type: 'video_url' }]);
	expect(task).not.toHaveProperty('output');
});

test.each<[Variant, Json]>([
	[{ taskError: 'string' }, { status: 'failed', error: '002011095: Internal generation error' }],
	[
		{ taskError: 'number' },
		{ status: 'failed', error: { code: 2011095, message: 'Internal generation error' } },
	],
	[{ completedWithError: true }, { status: 'completed', error: { code: '002011095' } }],
])('%j', async (variant, expected) => {
	const task = await settled(variant, '[sandbox: fail]');
	expect(task).toMatchObject(expected);
	expect(task).not.toHaveProperty('output');
});

test.each<[Variant['errorBody'], unknown]>([
	['error-object', { error: { code: 'TASK_NOT_FOUND' } }],
	['error-string', { error: 'no task with the ID none' }],
	['status', { status: { code: 404, message: 'no task with the ID none' }, data: null }],
	['message', { message: 'no task with the ID none' }],
	['detail', { detail: 'no task with the ID none' }],
	['page', expect.stringContaining('<h1>404</h1>')],
])('HTTP errors in the style %s', async (errorBody, expected) => {
	sandbox.settings.variant = { errorBody };
	const { status, data } = await client.get('none');
	expect(status).toBe(404);
	if (errorBody === 'page') expect(data).toEqual(expected);
	else expect(data).toMatchObject(expected as Json);
});
