import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { checkTaskId, readChoiceOf } from '../../nodes/KirinVideo/request/values';
import { reading } from './item-parameters';

describe('An option of the node', () => {
	const field = { path: 'options.output', label: 'Output' };
	const choose = (values: Record<string, unknown>) =>
		readChoiceOf(reading(values), field, ['simplified', 'raw']);

	it('is the first of its values when the user added none', () => {
		expect(choose({})).toBe('simplified');
	});

	it.each(['simplified', 'raw'])('may be %s', (value) => {
		expect(choose({ 'options.output': value })).toBe(value);
	});

	it.each([undefined, null, '', 'RAW', 0, ['raw'], { value: 'raw' }])('may not be %j', (value) => {
		expect(() => choose({ 'options.output': value })).toThrow(TaskError);
		expect(() => choose({ 'options.output': value })).toThrow(
			/^Output must be one of simplified, raw, but is .+/,
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
