import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEWEST, OLDEST } from '../../demo/pinned-n8n';
import { readRecords } from '../../docs/compatibility';
import { withTables } from '../../docs/readme';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

describe('The README', () => {
	it('has the models and fields of the catalogue, and what was run (else run `npm run docs`)', () => {
		expect(withTables(readme)).toBe(readme);
	});

	it('keeps places for them', () => {
		expect(() => withTables('# Kirin')).toThrow('no place for the fields');
	});

	it('tells of the versions of n8n that are pinned (else run `npm run test:compat -- --write`)', () => {
		expect(readRecords().map(({ n8n }) => n8n)).toEqual([NEWEST.version, OLDEST.version]);
	});
});
