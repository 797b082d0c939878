import { text } from './untrusted';

/** Amounts of money as decimal text, written and compared digit by digit, never as floats. */

/** An amount as decimal text: a text stays as it is, and a number is written out. */
export function decimalText(value: unknown): string | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? spell(value) : text(value);
}

/** Digits with at most one point between them: no sign, no exponent, no thousands separators. */
export function isAmount(value: string | undefined): value is string {
	return value !== undefined && /^\d+(\.\d+)?$/.test(value);
}

/** Whether amount `a` is more than amount `b`, however many digits they have. */
export function isAbove(a: string, b: string): boolean {
	const places = Math.max(fractionOf(a).length, fractionOf(b).length);
	return scaled(a, places) > scaled(b, places);
}

/** The sum of two amounts, exactly; with as many places as the longer of them. */
export function add(a: string, b: string): string {
	const places = Math.max(fractionOf(a).length, fractionOf(b).length);
	const digits = (scaled(a, places) + scaled(b, places)).toString().padStart(places + 1, '0');
	const whole = digits.slice(0, digits.length - places);
	return places === 0 ? whole : `${whole}.${digits.slice(-places)}`;
}

function scaled(amount: string, places: number): bigint {
	const [whole = ''] = amount.split('.');
	return BigInt(whole + fractionOf(amount).padEnd(places, '0'));
}

function fractionOf(amount: string): string {
	return amount.split('.')[1] ?? '';
}

/** JavaScript writes 0.0000001 as 1e-7, which is not how amounts are written. */
function spell(value: number): string {
	const [mantissa = '', exponent] = String(value).split('e');
	if (exponent === undefined) return mantissa;
	const places = fractionOf(mantissa).length - Number(exponent);
	return places > 0 ? value.toFixed(Math.min(places, 100)) : BigInt(value).toString();
}
