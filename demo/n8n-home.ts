/** A home for an n8n server: its database, its community package, its files. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { N8nInstall } from './pinned-n8n';
import { runN8n } from './n8n-process';
import { PACKAGE_NAME } from './package';

/** Lets n8n create its tables once, so that every home after it is a copy and starts at once. */
export async function createEmptyHome(install: N8nInstall): Promise<void> {
	await rm(install.emptyHome, { recursive: true, force: true });
	await mkdir(install.emptyHome, { recursive: true });
	await runN8n(install, ['list:workflow'], { userFolder: install.emptyHome });
}

/**
 * Makes a home with the package in it.
 * @param folder n8n's user folder to be; the caller makes sure that it goes away again.
 * @param packageFolder the unpacked package, as `npm install` would place it.
 */
export async function createHome(
	install: N8nInstall,
	folder: string,
	packageFolder: string,
): Promise<void> {
	await createHomeFor(install, folder);
	await addPackage(folder, packageFolder);
}

/** As `createHome`, but without the package. @returns where it is to be put */
export async function createHomeFor(install: N8nInstall, folder: string): Promise<string> {
	await cp(install.emptyHome, folder, { recursive: true });
	return placeOfPackage(folder);
}

/** Puts the package where n8n puts those that a user installs: the node gets its real name there. */
export async function addPackage(folder: string, packageFolder: string): Promise<void> {
	await cp(packageFolder, placeOfPackage(folder), { recursive: true });
}

function placeOfPackage(folder: string): string {
	return join(folder, '.n8n', 'nodes', 'node_modules', PACKAGE_NAME);
}

/** Imports credentials (with their secrets in the clear) and workflows by n8n's own commands. */
export async function importAll(
	install: N8nInstall,
	folder: string,
	content: { credentials: object[]; workflows: object[] },
): Promise<void> {
	await importFile(install, folder, 'credentials', content.credentials);
	await importFile(install, folder, 'workflow', content.workflows);
}

async function importFile(
	install: N8nInstall,
	folder: string,
	kind: 'credentials' | 'workflow',
	content: object[],
): Promise<void> {
	if (content.length === 0) return;
	const file = join(folder, `${kind}.json`);
	await writeFile(file, JSON.stringify(content), { mode: 0o600 });
	await runN8n(install, [`import:${kind}`, `--input=${file}`], { userFolder: folder });
	await rm(file);
}
