import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withModelTables } from '../../docs/model-tables';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');

describe('The README', () => {
	it('has the models and fields of the catalogue (else run `npm run docs`)', () => {
		expect(withModelTables(readme)).toBe(readme);
	});

	it('keeps places for them', () => {
		expect(() => withModelTables('# Kirin')).toThrow('no place for the fields');
	});
});
