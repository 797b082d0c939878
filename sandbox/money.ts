/** Exact USD amounts: prices and credit are decimal strings and never pass through a float. */

const DECIMALS = 6;

/** Whether the text is a plain decimal amount that this file can count with. */
export function isUsd(text: string): boolean {
	return new RegExp(`^\\d+(\\.\\d{1,${DECIMALS}})?$`).test(text);
}

/** A decimal amount in millionths of a dollar. Throws on anything that is no plain decimal. */
export function toMicroUsd(text: string): bigint {
	if (!isUsd(text)) throw new Error(`not a decimal amount in USD: ${text}`);
	const [whole = '0', fraction = ''] = text.split('.');
	return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** The amount as a decimal string without trailing zeros. */
export function fromMicroUsd(amount: bigint): string {
	const digits = amount.toString().padStart(DECIMALS + 1, '0');
	const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
	return digits.slice(0, -DECIMALS) + (fraction === '' ? '' : `.${fraction}`);
}

/** `amount × part / whole`, rounded up to a millionth of a dollar. */
export function inProportion(amount: string, part: number, whole: number): string {
	const thousandths = BigInt(Math.round(part * 1000));
	const divisor = BigInt(whole) * 1000n;
	return fromMicroUsd((toMicroUsd(amount) * thousandths + divisor - 1n) / divisor);
}

/** The sum of amounts in USD. */
export function sumUsd(amounts: string[]): string {
	return fromMicroUsd(amounts.reduce((sum, amount) => sum + toMicroUsd(amount), 0n));
}
