/** Writes the README anew, as far as it follows from the code and from what was run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
// With their endings, for without one a loader may take the codex files, which end in .node.json.
import { KirinVideo } from '../nodes/KirinVideo/KirinVideo.node.js';
import { KirinVideoTrigger } from '../nodes/KirinVideoTrigger/KirinVideoTrigger.node.js';
import { withTables } from './readme-tables';

const FILE = join(__dirname, '..', 'README.md');

export function writeReadme(): void {
	const nodes = {
		node: new KirinVideo().description,
		trigger: new KirinVideoTrigger().description,
	};
	writeFileSync(FILE, withTables(readFileSync(FILE, 'utf8'), nodes));
}
