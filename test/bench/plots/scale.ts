/** From values to places on a picture. */

/** Evenly, from 0 to `most`. */
export function even(most: number, from: number, to: number): (value: number) => number {
	return (value) => from + (value / most) * (to - from);
}

/** By powers, from `least` to `most`. */
export function byPowers(
	least: number,
	most: number,
	from: number,
	to: number,
): (value: number) => number {
	return (value) => from + (Math.log(value / least) / Math.log(most / least)) * (to - from);
}

/** Steps of 1, 2 or 5 times a power of ten that divide 0 to `most` into about `count` parts. */
export function ticks(most: number, count = 6): number[] {
	const power = 10 ** Math.floor(Math.log10(most / count));
	const step = [1, 2, 5, 10].map((times) => times * power).find((each) => most / each <= count);
	const size = step ?? power;
	return Array.from({ length: Math.floor(most / size) + 1 }, (_, index) => index * size);
}
