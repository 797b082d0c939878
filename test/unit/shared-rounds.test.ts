import { SharedRounds } from '../../nodes/KirinVideo/suspend/sharedChecks';

/** Looks that end when they are told to. */
function looks() {
	const ends: Array<(fail?: Error) => void> = [];
	const look = async () => {
		const number = ends.length + 1;
		await new Promise<void>((resolve, reject) =>
			ends.push((fail) => (fail ? reject(fail) : resolve())),
		);
		return number;
	};
	const turn = async () => await new Promise((resolve) => setTimeout(resolve, 0));
	return { ends, look, turn };
}

describe('Rounds of looks', () => {
	it('are two for any number of calls that come during the first', async () => {
		const { ends, look, turn } = looks();
		const rounds = new SharedRounds<number>();
		const first = rounds.join('a', look);
		const others = Promise.all([1, 2, 3].map(async () => await rounds.join('a', look)));
		await turn();
		expect(ends).toHaveLength(1);

		ends[0]?.();
		await turn();
		ends[1]?.();
		await expect(first).resolves.toBe(1);
		await expect(others).resolves.toEqual([2, 2, 2]);
	});

	it('are not shared by what is about something else, nor by what comes later', async () => {
		const { ends, look, turn } = looks();
		const rounds = new SharedRounds<number>();
		const both = Promise.all([rounds.join('a', look), rounds.join('b', look)]);
		ends.forEach((end) => end());
		await expect(both).resolves.toEqual([1, 2]);

		const later = rounds.join('a', look);
		await turn();
		ends[2]?.();
		await expect(later).resolves.toBe(3);
	});

	it('go on after one that has failed', async () => {
		const { ends, look, turn } = looks();
		const rounds = new SharedRounds<number>();
		const first = rounds.join('a', look);
		const second = rounds.join('a', look);
		ends[0]?.(new Error('gone'));
		await expect(first).rejects.toThrow('gone');
		await turn();
		ends[1]?.();
		await expect(second).resolves.toBe(2);
	});
});
