import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { readMaxConcurrentTasks } from '../../nodes/KirinVideo/fields/options';
import { checkTaskId, readChoiceOf } from '../../nodes/KirinVideo/request/values';
import { reading } from './item-parameters';

describe('An option of the node', () => {
	const field = { path: 'waiting.strategy', label: 'Strategy' };
	const choose = (values: Record<string, unknown>) =>
		readChoiceOf(reading(values), field, ['adaptive', 'fixed']);

	it('is the first of its values when the user added none', () => {
		expect(choose({})).toBe('adaptive');
	});

	it.each(['adaptive', 'fixed'])('may be %s', (value) => {
		expect(choose({ 'waiting.strategy': value })).toBe(value);
	});

	it.each([undefined, null, '', 'FIXED', 0, ['fixed'], { value: 'fixed' }])(
		'may not be %j',
		(value) => {
			expect(() => choose({ 'waiting.strategy': value })).toThrow(TaskError);
			expect(() => choose({ 'waiting.strategy': value })).toThrow(
				/^Strategy must be one of adaptive, fixed, but is .+/,
			);
		},
	);
});

describe('Maximum Concurrent Tasks', () => {
	const read = (value: unknown) =>
		readMaxConcurrentTasks(reading({ 'options.maxConcurrentTasks': value }));

	it.each([0, 1, '7'])('may be %j', (value) => {
		expect(read(value)).toBe(Number(value));
	});

	it.each([0.5, 1.5, -1, ''])('may not be %j', (value) => {
		expect(() => read(value)).toThrow(
			/^Maximum Concurrent Tasks must be a whole number from 0 to 10000, but is .+/,
		);
	});
});

describe('The ID of a task to look at', () => {
	it('may be a number', () => {
		expect(checkTaskId('Task ID', 42)).toBe('42');
	});

	it.each([undefined, null, '', ' '])('may not be %j', (value) => {
		expect(() => checkTaskId('Task ID', value)).toThrow(/^Task ID must be an ID of 1 to 128/);
	});
});
