import { UnexpectedError } from 'n8n-workflow';
import { batchKeyOf, taskMemoryOf } from '../../nodes/KirinVideo/batch/executionMemory';
import type { ItemFunctions } from '../../nodes/KirinVideo/batch/item';
import type { Task } from '../../nodes/KirinVideo/task/task';

interface Scene {
	/** The node's context; none where n8n has no execution. */
	context?: Record<string, unknown>;
	resumeUrl?: unknown;
	type?: string;
}

function functionsWith({ context, resumeUrl, type = 'kirinVideo' }: Scene): ItemFunctions {
	return {
		getNode: () => ({ type }),
		getItemIndex: () => 0,
		evaluateExpression: () => {
			if (resumeUrl instanceof Error) throw resumeUrl;
			return resumeUrl;
		},
		getContext: () => {
			if (!context) throw new UnexpectedError('`executionData` is not initialized');
			return context;
		},
	} as unknown as ItemFunctions;
}

const waiting = (token: string, host = 'https://n8n.example', id = 7) =>
	`${host}/webhook-waiting/${id}?signature=${token}`;

const keyOf = (scene: Scene) => batchKeyOf(functionsWith(scene));

const task = (taskId: string, status: Task['status'] = 'in_progress') =>
	({ taskId, status }) as Task;

describe('The idempotency key of a batch', () => {
	it('follows the resume token, and neither the address of n8n nor the execution ID', () => {
		const key = keyOf({ context: {}, resumeUrl: waiting('abc') });
		expect(keyOf({ context: {}, resumeUrl: waiting('abc', 'http://moved:5678', 8) })).toBe(key);
		expect(keyOf({ context: {}, resumeUrl: waiting('abd') })).not.toBe(key);
		expect(key).not.toContain('abc');
	});

	it.each([
		['the URL has no token', 'https://n8n.example/webhook-waiting/7'],
		['there is no URL', undefined],
		['there is no $execution', new Error('not defined')],
	])('is kept with the execution where %s', (_, resumeUrl) => {
		const context = {};
		const key = keyOf({ context, resumeUrl });
		expect(
			keyOf({ context: JSON.parse(JSON.stringify(context)) as object, resumeUrl } as Scene),
		).toBe(key);
		expect(keyOf({ context: {}, resumeUrl })).not.toBe(key);
	});

	it('that was kept outlives an update of n8n, after which the execution may have a token', () => {
		const context = {};
		const key = keyOf({ context });
		expect(keyOf({ context, resumeUrl: waiting('abc') })).toBe(key);
	});

	it('is another for each call of a tool, in an execution and outside', () => {
		const type = 'kirinVideoTool';
		const context = {};
		const resumeUrl = waiting('abc');
		expect(keyOf({ type, context, resumeUrl })).not.toBe(keyOf({ type, context, resumeUrl }));
		expect(keyOf({ type, resumeUrl })).not.toBe(keyOf({ type, resumeUrl }));
	});
});

describe('What an execution keeps of its creates', () => {
	const memoryIn = (context: Record<string, unknown> | undefined, runIndex = 0) =>
		taskMemoryOf(functionsWith({ context }), runIndex);

	it('is there again after it has been stored', () => {
		const context = {};
		const before = memoryIn(context);
		before.sending('sent');
		before.saw('created', task('task-1'));
		const after = memoryIn(JSON.parse(JSON.stringify(context)) as Record<string, unknown>);
		expect(after.has('sent')).toBe(true);
		expect(after.taskIdOf('sent')).toBeUndefined();
		expect(after.taskIdOf('created')).toBe('task-1');
		expect(after.has('other')).toBe(false);
	});

	it('forgets the ID of a task that has failed: its video was never paid', () => {
		const memory = memoryIn({});
		memory.saw('a', task('task-1'));
		memory.saw('a', task('task-1', 'failed'));
		expect(memory.taskIdOf('a')).toBeUndefined();
	});

	it('is of one run of the node: the rounds of a loop before it are not tried again', () => {
		const context = {};
		memoryIn(context, 0).saw('a', task('task-1'));
		expect(memoryIn(context, 1).has('a')).toBe(false);
	});

	it('does not grow without end', () => {
		const context = {};
		const memory = memoryIn(context);
		for (let index = 0; index < 3_000; index++) memory.saw(`n8n-${index}`, task(`task-${index}`));
		expect(memory.has('n8n-2999')).toBe(true);
		expect(memoryIn(context).taskIdOf('n8n-0')).toBe('task-0');
		expect(memoryIn(context).has('n8n-2999')).toBe(false);
		expect(JSON.stringify(context).length).toBeLessThan(100_000);
	});

	it.each(['constructor', 'toString', '__proto__'])(
		'knows no task of an own ID that JavaScript knows: %s',
		(id) => {
			const memory = memoryIn({});
			expect(memory.has(id)).toBe(false);
			memory.sending(id);
			expect(memory.has(id)).toBe(true);
			expect(memory.taskIdOf(id)).toBeUndefined();
		},
	);

	it('is there for one call where there is no execution', () => {
		const memory = memoryIn(undefined);
		memory.sending('a');
		expect(memory.has('a')).toBe(true);
	});
});
