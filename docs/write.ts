/** `npm run docs`: brings what follows from the code in the README up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withModelTables } from './model-tables';

const readme = join(__dirname, '..', 'README.md');
writeFileSync(readme, withModelTables(readFileSync(readme, 'utf8')));
