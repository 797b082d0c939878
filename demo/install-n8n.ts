/**
 * Installs the n8n that `n8n/package-lock.json` pins into `n8n/`, once, and keeps it for later runs.
 * Our own package.json cannot carry it: it is 2 GB, and it needs a newer Node than the package does.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run } from './child';
import { dependencies } from './n8n/package.json';
import { createEmptyHome } from './n8n-home';
import type { Report } from './steps';

export interface N8nInstall {
	nodeBin: string;
	/** n8n's command-line script, to be run by `nodeBin`. */
	n8nBin: string;
	/** A home with n8n's database tables in it and nothing else, to be copied. */
	emptyHome: string;
	/** What every n8n process of this install needs. */
	env: NodeJS.ProcessEnv;
}

export const N8N_VERSION = dependencies.n8n;

const N8N_FOLDER = join(__dirname, 'n8n');
const MODULES = join(N8N_FOLDER, 'node_modules');
/** Inside node_modules, so that whatever touches the install removes the claim that it is complete. */
const STAMP = join(MODULES, '.complete');
const NODE_FOLDER = join(N8N_FOLDER, 'node');
const LOCK = join(N8N_FOLDER, '.installing');
/** n8n 2.41 wants Node 24 or newer, and its sandbox, isolated-vm, ships binaries for these. */
const NODE_MAJORS = [24, 26];
const DISK_SPACE_BYTES = 3.5e9;
const LOOK_MS = 1_000;
const OFFLINE = 'The npm registry could not be reached: is this machine online?';

interface LockedPackage {
	os?: string | string[];
	cpu?: string | string[];
	libc?: string | string[];
	optional?: boolean;
}

/** Makes sure that the pinned n8n is installed, and returns where it is. */
export async function installN8n(report: Report): Promise<N8nInstall> {
	await lockInstall(report);
	try {
		const nodeBin = await findNode(report);
		const install: N8nInstall = {
			nodeBin,
			n8nBin: join(MODULES, 'n8n', 'bin', 'n8n'),
			emptyHome: join(MODULES, '.empty-home'),
			env: { ...process.env, PATH: `${dirname(nodeBin)}${delimiter}${process.env.PATH ?? ''}` },
		};
		const fingerprint = await fingerprintOf(nodeBin);
		if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint) {
			report('already installed');
			return install;
		}
		report('once, some minutes and 2 GB');
		await checkDiskSpace();
		await rm(STAMP, { force: true });
		await installPackages(install, report);
		await buildNativeModules(install, report);
		report('creating an empty database');
		await createEmptyHome(install);
		await writeFile(STAMP, fingerprint);
		report('installed');
		return install;
	} finally {
		await rm(LOCK, { recursive: true, force: true });
	}
}

/** Two installs at a time would take each other's files away. */
async function lockInstall(report: Report): Promise<void> {
	const ownerFile = join(LOCK, 'pid');
	for (;;) {
		try {
			await mkdir(LOCK);
			await writeFile(ownerFile, String(process.pid));
			return;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		// A moment after the folder is made its owner is written; then the owner tells whether it lives.
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
		if (existsSync(ownerFile) && isAlive(Number(readFileSync(ownerFile, 'utf8')))) {
			report('waiting for another run that is installing it');
		} else {
			await rm(LOCK, { recursive: true, force: true });
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

async function fingerprintOf(nodeBin: string): Promise<string> {
	const hash = createHash('sha256');
	for (const file of ['package.json', 'package-lock.json']) {
		hash.update(readFileSync(join(N8N_FOLDER, file)));
	}
	hash.update(await run(nodeBin, ['--version'], { what: 'Asking Node for its version' }));
	return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

async function checkDiskSpace(): Promise<void> {
	const { bavail, bsize } = await statfs(N8N_FOLDER);
	const free = bavail * bsize;
	if (free >= DISK_SPACE_BYTES) return;
	const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
	throw new Error(
		`Installing n8n needs ${gigabytes(DISK_SPACE_BYTES)} on the disk of ${N8N_FOLDER}, and ${gigabytes(free)} are free.`,
	);
}

/** The present Node if n8n runs on it, else one that npm brings. */
async function findNode(report: Report): Promise<string> {
	if (NODE_MAJORS.includes(Number.parseInt(process.versions.node, 10))) return process.execPath;

	const lock = readLock(NODE_FOLDER);
	const here = Object.keys(lock).find((path) => path && fitsThisMachine(lock[path] ?? {}));
	const advice = `n8n needs Node ${NODE_MAJORS.join(' or ')}. Install one and run the demo with it.`;
	if (!here) throw new Error(`${process.platform} ${process.arch}: ${advice}`);
	const nodeBin = join(NODE_FOLDER, here, 'bin', 'node');
	if (!existsSync(nodeBin)) {
		report('fetching Node 24 for it');
		await npm(['ci'], { cwd: NODE_FOLDER, env: process.env, what: 'Fetching Node 24' });
		// It is an optional dependency, one per kind of machine, so npm does not mind when it is missing.
		if (!existsSync(nodeBin)) throw new Error(`Fetching Node 24 failed. ${OFFLINE} ${advice}`);
	}
	await run(nodeBin, ['--version'], { what: 'Starting the fetched Node 24' }).catch(
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

async function installPackages(install: N8nInstall, report: Report): Promise<void> {
	const lock = readLock(N8N_FOLDER);
	const expected = Object.keys(lock).filter((path) => path && fitsThisMachine(lock[path] ?? {}));
	let missing = expected;
	const looks = setInterval(() => {
		// npm is silent while it works, but its work can be seen.
		missing = missing.filter((path) => !existsSync(join(N8N_FOLDER, path, 'package.json')));
		const count = expected.length - missing.length;
		if (count > 0) report(`once, 2 GB: ${count} of about ${expected.length} packages`);
	}, LOOK_MS);
	try {
		await npm(['ci', '--ignore-scripts', '--legacy-peer-deps'], {
			cwd: N8N_FOLDER,
			env: install.env,
			what: 'Installing n8n',
		});
	} finally {
		clearInterval(looks);
	}
}

/** Of all the install scripts only these two matter to n8n's start. */
async function buildNativeModules(install: N8nInstall, report: Report): Promise<void> {
	report('building its native modules');
	const nodeFolder = dirname(dirname(install.nodeBin));
	const hasHeaders = existsSync(join(nodeFolder, 'include', 'node', 'node.h'));
	await npm(
		['rebuild', 'sqlite3', 'isolated-vm', '--ignore-scripts=false', '--foreground-scripts'],
		{
			cwd: N8N_FOLDER,
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
