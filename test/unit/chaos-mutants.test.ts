import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS, mutate } from '../chaos/mutants';

const ROOT = join(__dirname, '../..');

describe('Each mutant of the campaign', () => {
	it.each(MUTANTS)('$name: fits the sources, and has a test', (mutant) => {
		const source = readFileSync(join(ROOT, mutant.path), 'utf8');
		expect(mutate(source, mutant)).not.toBe(source);
		expect(existsSync(join(ROOT, mutant.test))).toBe(true);
	});

	it('is refused where its text is not there, or twice', () => {
		const [mutant] = MUTANTS;
		if (!mutant) throw new Error('There are no mutants');
		expect(() => mutate('', mutant)).toThrow('in 0 places');
		expect(() => mutate(mutant.from + mutant.from, mutant)).toThrow('in 2 places');
	});
});
