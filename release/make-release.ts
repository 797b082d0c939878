import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { released } from './changelog';
import { repositoryIn } from './repository';
import { nextVersion, versionIn, withVersion } from './version';

const CHANGELOG = 'CHANGELOG.md';
const MANIFESTS = ['package.json', 'package-lock.json'];

export interface ReleaseOptions {
	/** The clone. */
	folder: string;
	/** `major`, `minor`, `patch` or a version. */
	wanted: string;
	today: Date;
	/** Runs all tests, and says whether they have passed. */
	test: () => boolean;
}

/**
 * Makes a commit and a tag of what is on main. All that is quick is checked before the tests run, and
 * nothing is written before everything is known to be good.
 * @returns the tag
 * @throws Error with the reason not to release
 */
export function makeRelease({ folder, wanted, today, test }: ReleaseOptions): string {
	const repository = repositoryIn(folder);
	const read = (file: string) => readFileSync(join(folder, file), 'utf8');

	const branch = repository.branch();
	if (branch !== 'main') {
		throw new Error(`Releases are made from main, and this is ${branch || 'no branch'}`);
	}
	const changes = repository.changes();
	if (changes) throw new Error(`There are changes that are not committed:\n${changes}`);

	const version = nextVersion(versionIn(read('package.json')), wanted);
	const tag = `v${version}`;
	if (repository.hasTag(tag)) throw new Error(`The tag ${tag} is there already`);

	const date = today.toISOString().slice(0, 'yyyy-mm-dd'.length);
	const contents = new Map([
		[CHANGELOG, released(read(CHANGELOG), version, date)],
		...MANIFESTS.map((file) => [file, withVersion(read(file), version)] as const),
	]);

	if (!test()) throw new Error('Not all tests have passed');

	for (const [file, content] of contents) writeFileSync(join(folder, file), content);
	repository.commit([...contents.keys()], `Release ${version}`, tag);
	return tag;
}
