import * as fc from 'fast-check';
import { add, decimalText, isAbove, isAmount } from '../../nodes/KirinVideo/api/decimal';

describe('An amount', () => {
	it.each(['0', '1', '0.035', '12.50', '007', '123456789012345678901234567890.1'])(
		'is %s',
		(amount) => {
			expect(isAmount(amount)).toBe(true);
		},
	);

	it.each([undefined, '', '-1', '+1', '1e3', '0,50', '1.', '.5', '1.2.3', 'free', '1 000', '$1'])(
		'is not %j',
		(amount) => {
			expect(isAmount(amount)).toBe(false);
		},
	);

	it.each([
		[0.035, '0.035'],
		[0.1, '0.1'],
		[5, '5'],
		[1e-7, '0.0000001'],
		[1.25e-9, '0.00000000125'],
		[1e21, '1000000000000000000000'],
		['0.350', '0.350'],
	])('that came as %j is written %s', (value, written) => {
		expect(decimalText(value)).toBe(written);
	});

	it.each([NaN, Infinity, null, true, {}, [], ''])('cannot be read from %j', (value) => {
		expect(decimalText(value)).toBeUndefined();
	});
});

describe('One amount is above another', () => {
	it.each([
		['0.36', '0.35'],
		['0.350000000000000000001', '0.35'],
		['10', '9'],
		['9007199254740993', '9007199254740992'],
		['0.3', '0.25'],
	])('%s above %s', (more, less) => {
		expect(isAbove(more, less)).toBe(true);
		expect(isAbove(less, more)).toBe(false);
	});

	it.each([
		['0.35', '0.350'],
		['1', '1.00'],
		['0', '0.0'],
		['007', '7'],
	])('but %s is the same as %s', (one, other) => {
		expect(isAbove(one, other)).toBe(false);
		expect(isAbove(other, one)).toBe(false);
	});

	it('whatever they are, as their cents say', () => {
		const cents = fc.bigInt({ min: 0n, max: 10n ** 30n });
		const spelled = (value: bigint) => {
			const digits = value.toString().padStart(3, '0');
			return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
		};
		fc.assert(
			fc.property(cents, cents, (a, b) => {
				expect(isAbove(spelled(a), spelled(b))).toBe(a > b);
			}),
		);
	});
});

describe('The sum of two amounts', () => {
	it.each([
		['0.1', '0.2', '0.3'],
		['0', '0.21', '0.21'],
		['0.07', '0.03', '0.10'],
		['9.99', '0.01', '10.00'],
		['12', '30', '42'],
		['0.05', '1', '1.05'],
		['999999999999999999999.9', '0.1', '1000000000000000000000.0'],
	])('%s + %s is %s, exactly', (a, b, sum) => {
		expect(add(a, b)).toBe(sum);
		expect(add(b, a)).toBe(sum);
	});
});
