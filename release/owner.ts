/** Who owns the package: its author and its repository, as package.json names them. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Owner {
	name: string;
	email: string;
	/** Its address on the web, such as https://github.com/owner/repository. */
	repository: string;
}

interface Manifest {
	author: { name: string; email: string };
	repository: { url: string };
}

/** What stands in package.json until the package has an owner. */
export const PLACEHOLDER: Owner = {
	name: 'n8n-nodes-kirin-video contributors',
	email: 'maintainers@n8n-nodes-kirin-video.example',
	repository: 'https://github.com/n8n-nodes-kirin-video/n8n-nodes-kirin-video',
};

const REPOSITORY = /^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function manifestIn(folder: string): Manifest {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

export function ownerIn(folder: string): Owner {
	const { author, repository } = manifestIn(folder);
	return { ...author, repository: repository.url.replace(/^git\+|\.git$/g, '') };
}

/** @returns the details of the owner that are still placeholders, such as `repository` */
export function placeholdersIn(folder: string): string[] {
	const owner = ownerIn(folder);
	const details = Object.keys(PLACEHOLDER) as Array<keyof Owner>;
	return details.filter((detail) => owner[detail] === PLACEHOLDER[detail]);
}

/**
 * Writes the owner into package.json, and wherever else the old one stands: the links in the nodes'
 * codex files and the credential, which cannot read package.json, and the licence.
 * @param folder a clone; only files that git knows are changed
 * @returns the files that were changed
 * @throws where a detail cannot be right
 */
export function setOwner(folder: string, owner: Partial<Owner>): string[] {
	if (owner.name === '') throw new Error('The name is empty');
	if (owner.email !== undefined && !EMAIL.test(owner.email)) {
		throw new Error(`"${owner.email}" is no e-mail address`);
	}
	if (owner.repository !== undefined && !REPOSITORY.test(owner.repository)) {
		throw new Error(
			`"${owner.repository}" is not the address of a repository, such as https://github.com/owner/name`,
		);
	}
	const before = ownerIn(folder);
	const replacements = (Object.keys(owner) as Array<keyof Owner>).map(
		(detail) => [before[detail], owner[detail] ?? before[detail]] as const,
	);
	const isOwn = (file: string) => file !== 'release/owner.ts';
	return execFileSync('git', ['ls-files'], { cwd: folder, encoding: 'utf8' })
		.split('\n')
		.filter((file) => /(^|\/)(LICENSE|[\w.-]+\.(json|md|ts|yml))$/.test(file) && isOwn(file))
		.filter((file) => {
			const path = join(folder, file);
			const text = readFileSync(path, 'utf8');
			const changed = replacements.reduce((old, [from, to]) => old.replaceAll(from, to), text);
			if (changed !== text) writeFileSync(path, changed);
			return changed !== text;
		});
}
