/** `npm run docs`: brings what follows from the code in the README up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// With their endings, for without one a loader may take the codex files, which end in .node.json.
import { KirinVideo } from '../nodes/KirinVideo/KirinVideo.node.js';
import { KirinVideoTrigger } from '../nodes/KirinVideoTrigger/KirinVideoTrigger.node.js';
import { withTables } from './readme-tables';

const readme = join(__dirname, '..', 'README.md');
const nodes = { node: new KirinVideo().description, trigger: new KirinVideoTrigger().description };
writeFileSync(readme, withTables(readFileSync(readme, 'utf8'), nodes));
