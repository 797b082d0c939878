import {
	type Rule,
	checkByRule,
	editorInput,
	loosen,
	widest,
} from '../../nodes/KirinVideo/request/rules';

const wording = { description: 'What it does', placeholder: 'e.g. 7' };
const five = { name: 'Five', value: '5' };
const ten = { name: 'Ten', value: '10' };
const seven = { name: 'Seven', value: '7' };

describe('One rule that allows what several allow', () => {
	it.each<[Rule[], Rule]>([
		[
			[
				{ kind: 'text', required: true, maxCharacters: 9 },
				{ kind: 'text', required: false, maxCharacters: 30 },
			],
			{ kind: 'text', required: false, maxCharacters: 30, isUsual: true },
		],
		[
			[
				{ kind: 'text', required: true, maxCharacters: 9 },
				{ kind: 'text', required: true },
			],
			{ kind: 'text', required: true, maxCharacters: 9, isUsual: true },
		],
		[
			[
				{ kind: 'choice', choices: [five, ten], default: '5' },
				{ kind: 'choice', choices: [seven, five], default: '7', isOpen: true },
			],
			{ kind: 'choice', choices: [five, seven, ten], default: '5', isOpen: true },
		],
		[
			[
				{ kind: 'wholeNumber', least: 1, most: 9, suggestion: 2 },
				{ kind: 'wholeNumber', least: 3, most: 30, suggestion: 4 },
			],
			{ kind: 'wholeNumber', least: 1, most: 30, suggestion: 2 },
		],
		[
			[
				{ kind: 'number', least: 1, most: 9, suggestion: 2 },
				{ kind: 'number', least: 0, suggestion: 2 },
			],
			{ kind: 'number', least: 0, suggestion: 2 },
		],
		[
			[{ kind: 'shots', maxShots: 6, maxCharacters: 512, fillDuration: true }, { kind: 'shots' }],
			{ kind: 'shots' },
		],
		[
			[{ kind: 'switch', default: false, onlyWith: { mode: ['pro'] } }],
			{ kind: 'switch', default: false },
		],
		[[{ kind: 'anyText', onlyWith: { mode: ['pro'] } }], { kind: 'anyText' }],
	])('of %j is %j', (rules, rule) => {
		expect(JSON.parse(JSON.stringify(widest(rules)))).toEqual(rule);
	});
});

describe('A rule of which nothing is known', () => {
	it.each<[Rule, Rule]>([
		[
			{ kind: 'wholeNumber', least: 1, suggestion: 2 },
			{ kind: 'wholeNumber', suggestion: 2 },
		],
		[
			{ kind: 'number', most: 1, suggestion: 2 },
			{ kind: 'number', suggestion: 2 },
		],
		[{ kind: 'text', required: true }, { kind: 'anyText' }],
		[{ kind: 'anyText' }, { kind: 'anyText' }],
		[{ kind: 'shots', maxShots: 6 }, { kind: 'shots' }],
		[{ kind: 'watermark' }, { kind: 'watermark' }],
	])('%j is %j', (rule, loose) => {
		expect(loosen(rule)).toEqual(loose);
	});
});

describe('A whole number', () => {
	const rule: Rule = { kind: 'wholeNumber', least: 0, most: 9, suggestion: 1 };

	it.each([
		[7, 7],
		['7', 7],
		['', undefined],
		[null, undefined],
	])('is sent as a number: %j', (given, sent) => {
		expect(checkByRule('Seed', given, rule)).toBe(sent);
	});

	it.each([0.5, '0.5', 10, 2 ** 60, NaN, true])('is not %j', (given) => {
		expect(() => checkByRule('Seed', given, rule)).toThrow(
			/^Seed must be a whole number from 0 to 9, but is /,
		);
	});

	it('has a field without decimals that says so', () => {
		expect(editorInput(rule, wording)).toEqual({
			type: 'number',
			default: 1,
			typeOptions: { minValue: 0, maxValue: 9, numberPrecision: 0 },
			description: 'What it does, as a whole number from 0 to 9',
		});
	});
});

describe('A choice that is open', () => {
	const rule: Rule = { kind: 'choice', choices: [five], default: '5', isOpen: true };

	it.each([
		['5', '5'],
		['7', '7'],
		[7, '7'],
	])('takes %j as %j', (given, sent) => {
		expect(checkByRule('Duration', given, rule)).toBe(sent);
	});

	it.each(['', null, [5], true])('does not take %j', (given) => {
		expect(() => checkByRule('Duration', given, rule)).toThrow(/^Duration must be /);
	});
});

describe('An object of several types', () => {
	const rule: Rule = {
		kind: 'object',
		example: '{}',
		types: { simple: { hasConfig: true }, still: { hasConfig: false } },
	};

	it.each([
		{ type: 'simple', config: { zoom: 5 } },
		{ type: 'simple' },
		{ type: 'still' },
		{ config: {} },
	])('may be %j', (given) => {
		expect(checkByRule('Camera', given, rule)).toEqual(given);
	});

	it.each<[object, string]>([
		[{ type: 'x' }, 'Camera must have a type that is one of simple, still, but has "x"'],
		[{ type: 'toString' }, 'Camera must have a type that is one of'],
		[{ type: 7 }, 'but has the number 7'],
		[{ type: 'still', config: {} }, 'Camera must have no config with the type "still"'],
	])('may not be %j', (given, problem) => {
		expect(() => checkByRule('Camera', given, rule)).toThrow(problem);
	});
});
