import type { Variant } from '../../sandbox';
import { errorText, generating, onlyItem, run, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

/** The forms that other pages and clients of the provider show (reference: "Variants"). */
const VARIANTS: Array<[name: string, variant: Variant]> = [
	['an envelope', { envelope: true }],
	['task_id', { idField: 'task_id' }],
	['request_id', { idField: 'request_id' }],
	['PENDING, PROCESSING, SUCCESS', words('PENDING', 'PROCESSING', 'SUCCESS')],
	['queued, running, succeeded', words('queued', 'running', 'succeeded')],
	['in_queue, In_Progress, succeed', words('in_queue', 'In_Progress', 'succeed')],
	['submitted, running, done', words('submitted', 'running', 'done')],
	['flat output', { flatOutput: true }],
	['video_url', { contentType: 'video_url' }],
	['outputs', { outputField: 'outputs' }],
	[
		'all of it together',
		{
			envelope: true,
			idField: 'request_id',
			flatOutput: true,
			contentType: 'video_url',
			outputField: 'outputs',
			...words('IN_QUEUE', 'Running', 'DONE'),
		},
	],
];

function words(queued: string, running: string, completed: string): Variant {
	return { statusWords: { queued, running, completed } };
}

describe.each(VARIANTS)('A service that speaks %s', (_, variant) => {
	it('gives the same item', async () => {
		sandbox.current.settings.variant = variant;
		const item = onlyItem(await run(sandbox.current, generating({ options: { watermark: true } })));
		const [task] = sandbox.current.ledger.tasks;

		expect(item.json).toMatchObject({
			taskId: task?.id,
			status: 'completed',
			cost: task?.cost,
			videoUrl: expect.stringContaining('/video.mp4') as string,
			watermarkUrl: expect.stringContaining('/watermark.mp4') as string,
		});
		expect(item.binary?.data).toBeDefined();
	});
});

describe.each<[string, Variant]>([
	['fail', { statusWords: { failed: 'fail' } }],
	['ERROR', { statusWords: { failed: 'ERROR' } }],
	['cancelled', { statusWords: { failed: 'cancelled' } }],
	['canceled', { statusWords: { failed: 'canceled' } }],
	['completed with an error', { completedWithError: true }],
	['a plain text', { taskError: 'string' }],
	['a number for a code', { taskError: 'number' }],
])('A failure told as %s', (_, variant) => {
	it('is a failure', async () => {
		sandbox.current.settings.variant = variant;
		const parameters = generating({ prompt: 'A fox [sandbox: fail 002011097]' });
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toContain('Kirin V2.5 Turbo failed');
		expect(text).toContain(sandbox.current.ledger.tasks[0]?.id);
		if (variant.taskError !== 'string') expect(text).toContain('HTTP error response');
	});
});
