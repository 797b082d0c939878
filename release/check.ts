/**
 * `npm run release:check`: whether the package may be released. With a tag, as `-- v1.2.3`, also
 * whether the tag is the version and the changelog has a section for it.
 */
import { join } from 'node:path';
import { refusals } from './refusals';

const [tag] = process.argv.slice(2);
const found = refusals(join(__dirname, '..'), tag);
for (const refusal of found) console.error(`No release: ${refusal}`);
process.exitCode = found.length > 0 ? 1 : 0;
