/** Decisions of a plan, all from one seeded generator. */
import { randomFrom } from '../../sandbox/faults';

export class Draw {
	private readonly random: () => number;

	constructor(seed: number) {
		this.random = randomFrom(seed);
	}

	/** True with this probability, 0 to 1. */
	chance(probability: number): boolean {
		return this.random() < probability;
	}

	/** A whole number from `least` to `most`, both included. */
	whole(least: number, most: number): number {
		return least + Math.floor(this.random() * (most - least + 1));
	}

	/** One of them, each as likely as the others. */
	pick<T>(choices: readonly T[]): T {
		const choice = choices[this.whole(0, choices.length - 1)];
		if (choice === undefined) throw new Error('There is nothing to pick from');
		return choice;
	}
}
