/** `check-tag.ts v1.2.3`: whether a tag may be published. It prints the tag's notes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notesOf } from './changelog';
import { versionIn } from './version';

function read(file: string): string {
	return readFileSync(join(__dirname, '..', file), 'utf8');
}

const [tag = ''] = process.argv.slice(2);
const version = versionIn(read('package.json'));
const notes = notesOf(read('CHANGELOG.md'), version);

if (tag !== `v${version}`) {
	console.error(`The tag "${tag}" is not that of package.json, v${version}`);
	process.exitCode = 1;
} else if (!notes) {
	console.error(`CHANGELOG.md says nothing about ${version}`);
	process.exitCode = 1;
} else {
	console.log(notes);
}
