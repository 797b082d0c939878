/** Draws from a generator that gives numbers of at least 0, below 1. */

export type Random = () => number;

export function between(random: Random, least: number, most: number): number {
	return least + random() * (most - least);
}

/** Standard normal, by Box and Muller. */
export function bell(random: Random): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The number at this share (0 to 1) of the way from `least` to `most`, in equal ratios. */
export function logUniform(share: number, least: number, most: number): number {
	return least * (most / least) ** share;
}
