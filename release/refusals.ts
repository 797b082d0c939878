/** What speaks against a release. release-it checks the branch, the working folder and the changelog. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeholdersIn } from './owner';

/**
 * @param tag that is to be published, such as v1.2.3; without it, none has been made yet
 * @returns reasons, in words for whoever wants to release
 */
export function refusals(folder: string, tag?: string): string[] {
	const read = (file: string) => readFileSync(join(folder, file), 'utf8');
	const found = placeholdersIn(folder).map(
		(detail) => `package.json has a placeholder as its ${detail}; \`npm run set-owner\` sets it`,
	);
	if (tag === undefined) return found;
	const { version } = JSON.parse(read('package.json')) as { version: string };
	if (tag !== `v${version}`) found.push(`the tag ${tag} is not that of package.json, v${version}`);
	if (!read('CHANGELOG.md').includes(`\n## [${version}] - `)) {
		found.push(`CHANGELOG.md has no section for ${version}`);
	}
	return found;
}
