/**
 * Installs an n8n that a lock file pins into the folder of that file, once, and keeps it for later runs.
 * Our own package.json cannot carry it: it is 2 GB, and it may need another Node than the package does.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run } from './child';
import { createEmptyHome } from './n8n-home';
import { NEWEST, type N8nInstall, type PinnedN8n } from './pinned-n8n';
import type { Report } from './steps';

export type { N8nInstall } from './pinned-n8n';

export const N8N_VERSION = NEWEST.version;

const DISK_SPACE_BYTES = 3.5e9;
const CHECK_MS = 1_000;
const OFFLINE = 'The npm registry could not be reached: is this machine online?';

interface LockedPackage {
	os?: string | string[];
	cpu?: string | string[];
	libc?: string | string[];
	optional?: boolean;
}

/** Makes sure that a pinned n8n is installed, and returns where it is. */
export async function installN8n(report: Report, pinned = NEWEST): Promise<N8nInstall> {
	const { folder } = pinned;
	const lock = join(folder, '.installing');
	await lockInstall(lock, report);
	try {
		const nodeBin = await findNode(pinned, report);
		const modules = join(folder, 'node_modules');
		const install: N8nInstall = {
			version: pinned.version,
			nodeBin,
			modules,
			n8nBin: join(modules, 'n8n', 'bin', 'n8n'),
			emptyHome: join(modules, '.empty-home'),
			env: { ...process.env, PATH: `${dirname(nodeBin)}${delimiter}${process.env.PATH ?? ''}` },
		};
		// Inside node_modules, so that whatever touches the install removes the claim that it is complete.
		const stamp = join(modules, '.complete');
		const fingerprint = await fingerprintOf(folder, nodeBin);
		if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) {
			report('already installed');
			return install;
		}
		report('once, some minutes and 2 GB');
		await checkDiskSpace(folder);
		await rm(stamp, { force: true });
		await installPackages(folder, install, report);
		await buildNativeModules(folder, install, report);
		report('creating an empty database');
		await createEmptyHome(install);
		await writeFile(stamp, fingerprint);
		report('installed');
		return install;
	} finally {
		await rm(lock, { recursive: true, force: true });
	}
}

/** Two installs at a time would take each other's files away. */
async function lockInstall(lock: string, report: Report): Promise<void> {
	const ownerFile = join(lock, 'pid');
	for (;;) {
		try {
			await mkdir(lock);
			await writeFile(ownerFile, String(process.pid));
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		// A moment after the folder is made its owner is written; then the owner tells whether it lives.
		await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
		if (existsSync(ownerFile) && isAlive(Number(readFileSync(ownerFile, 'utf8')))) {
			report('waiting for another run that is installing it');
		} else {
			await rm(lock, { recursive: true, force: true });
		}
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

async function fingerprintOf(folder: string, nodeBin: string): Promise<string> {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json']) {
		hash.update(readFileSync(join(folder, file)));
	}
	hash.update(await run(nodeBin, ['--version'], { what: 'Asking Node for its version' }));
	return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

async function checkDiskSpace(folder: string): Promise<void> {
	const { bavail, bsize } = await statfs(folder);
	const free = bavail * bsize;
	if (free >= DISK_SPACE_BYTES) return;
	const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
	throw new Error(
		`Installing n8n needs ${gigabytes(DISK_SPACE_BYTES)} on the disk of ${folder}, and ${gigabytes(free)} are free.`,
	);
}

/** The present Node if it is one for this n8n, else one that npm brings. */
async function findNode({ version, folder, nodeMajors }: PinnedN8n, report: Report) {
	if (nodeMajors.includes(Number.parseInt(process.versions.node, 10))) return process.execPath;

	const nodeFolder = join(folder, 'node');
	const lock = readLock(nodeFolder);
	const here = Object.keys(lock).find((path) => path && fitsThisMachine(lock[path] ?? {}));
	const advice = `n8n ${version} is run with Node ${nodeMajors.join(' or ')}. Install one and start again with it.`;
	if (!here) throw new Error(`${process.platform} ${process.arch}: ${advice}`);
	const nodeBin = join(nodeFolder, here, 'bin', 'node');
	const node = `Node ${nodeMajors[0]}`;
	if (!existsSync(nodeBin)) {
		report(`fetching ${node} for it`);
		await npm(['ci'], { cwd: nodeFolder, env: process.env, what: `Fetching ${node}` });
		// It is an optional dependency, one per kind of machine, so npm does not mind when it is missing.
		if (!existsSync(nodeBin)) throw new Error(`Fetching ${node} failed. ${OFFLINE} ${advice}`);
	}
	await run(nodeBin, ['--version'], { what: `Starting the fetched ${node}` }).catch(
		(error: Error) => {
			throw new Error(`${error.message}\n${advice}`);
		},
	);
	return nodeBin;
}

function readLock(folder: string): Record<string, LockedPackage> {
	const text = readFileSync(join(folder, 'package-lock.json'), 'utf8');
	return (JSON.parse(text) as { packages: Record<string, LockedPackage> }).packages;
}

/** Whether npm installs a locked package on this machine. */
function fitsThisMachine({ os, cpu, libc }: LockedPackage): boolean {
	const allows = (rule: string | string[] | undefined, value: string) => {
		const rules = [rule ?? []].flat();
		const positive = rules.filter((each) => !each.startsWith('!'));
		return !rules.includes(`!${value}`) && (positive.length === 0 || positive.includes(value));
	};
	return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, 'glibc');
}

async function installPackages(folder: string, install: N8nInstall, report: Report): Promise<void> {
	const lock = readLock(folder);
	const expected = Object.keys(lock).filter((path) => path && fitsThisMachine(lock[path] ?? {}));
	let missing = expected;
	const looks = setInterval(() => {
		// npm is silent while it works, but its work can be seen.
		missing = missing.filter((path) => !existsSync(join(folder, path, 'package.json')));
		const count = expected.length - missing.length;
		if (count > 0) report(`once, 2 GB: ${count} of about ${expected.length} packages`);
	}, CHECK_MS);
	try {
		await npm(['ci', '--ignore-scripts', '--legacy-peer-deps'], {
			cwd: folder,
			env: install.env,
			what: 'Installing n8n',
		});
	} finally {
		clearInterval(looks);
	}
}

/** Of all the install scripts only these two matter to n8n's start. */
async function buildNativeModules(
	folder: string,
	install: N8nInstall,
	report: Report,
): Promise<void> {
	report('building its native modules');
	const nodeFolder = dirname(dirname(install.nodeBin));
	const hasHeaders = existsSync(join(nodeFolder, 'include', 'node', 'node.h'));
	await npm(
		['rebuild', 'sqlite3', 'isolated-vm', '--ignore-scripts=false', '--foreground-scripts'],
		{
			cwd: folder,
			env: {
				...install.env,
				JOBS: 'max',
				// Without it a build fetches the headers from nodejs.org.
				...(hasHeaders && { npm_config_nodedir: nodeFolder }),
			},
			what: 'Building the native modules of n8n (sqlite3 needs Python 3, make and a C++ compiler where no ready binary can be fetched)',
		},
	);
}

async function npm(
	args: string[],
	options: { cwd: string; env: NodeJS.ProcessEnv; what: string },
): Promise<void> {
	try {
		await run('npm', args, options);
	} catch (error) {
		const { message } = error as Error;
		const offline = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/.test(message);
		throw new Error(offline ? `${message}\n${OFFLINE}` : message);
	}
}
