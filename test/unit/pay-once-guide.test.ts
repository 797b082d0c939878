import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(__dirname, '..');
const guide = readFileSync(join(TESTS, '../docs/pay-once.md'), 'utf8');

/** The last column of the table: a suite and the names of its tests. */
const proofs = guide
	.split('\n')
	.filter((line) => line.startsWith('|'))
	.slice(2)
	.map((line) => line.split('|').at(-2)?.trim() ?? '');

function textOf(suite: string): string {
	if (suite === 'money') {
		const folder = join(TESTS, 'money/scenarios');
		return readdirSync(folder)
			.map((file) => readFileSync(join(folder, file), 'utf8'))
			.join('\n');
	}
	const folder = /^(submit|idempotency)/.test(suite) ? 'unit' : 'engine';
	return readFileSync(join(TESTS, folder, `${suite}.test.ts`), 'utf8');
}

describe('Every row of the guide to paying once', () => {
	it.each(proofs)('is proved by tests that are there: %s', (proof) => {
		const [, suite = '', names = ''] = /^`([\w-]+)`: (.+)$/.exec(proof) ?? [];
		expect(suite).not.toBe('');
		const text = textOf(suite);
		for (const name of names.split('; ')) expect(text).toContain(name);
	});
});
