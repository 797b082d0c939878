/** PostgreSQL and Redis for the suite: those that listen already, or programs to start own ones with. */
import { existsSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { run } from '../../demo/child';

export const HOST = '127.0.0.1';

const CONNECT_LIMIT_MS = 2_000;
const CHECK_MS = 200;
const START_LIMIT_MS = 30_000;
/** Where Debian puts the programs that only a server needs, a folder per version. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';
const DEBIAN_PACKAGES = ['postgresql', 'redis-server'];

/** Whether something answers on this port of this machine. */
export async function listens(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = createConnection({ host: HOST, port, timeout: CONNECT_LIMIT_MS });
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => end(true));
		socket.once('error', () => end(false));
		socket.once('timeout', () => end(false));
	});
}

export async function untilListens(port: number, what: string): Promise<void> {
	const deadline = performance.now() + START_LIMIT_MS;
	while (!(await listens(port))) {
		if (performance.now() > deadline) throw new Error(`${what} does not answer on port ${port}.`);
		await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
	}
}

/**
 * The path of a program, installed from Debian's packages where that is possible.
 * @throws when it is not there and cannot be installed
 */
export async function program(name: string): Promise<string> {
	const present = findProgram(name);
	if (present !== undefined) return present;
	if (process.getuid?.() === 0 && findProgram('apt-get') !== undefined) {
		const options = ['-y', '--no-install-recommends'];
		await run('apt-get', ['install', ...options, ...DEBIAN_PACKAGES], {
			what: `Installing ${DEBIAN_PACKAGES.join(' and ')}`,
		});
	}
	const installed = findProgram(name);
	if (installed !== undefined) return installed;
	throw new Error(
		`${name} is not on this machine: start PostgreSQL and Redis on their standard ports, or install ${DEBIAN_PACKAGES.join(' and ')}.`,
	);
}

export function findProgram(name: string): string | undefined {
	const debian = existsSync(DEBIAN_POSTGRES)
		? readdirSync(DEBIAN_POSTGRES).map((version) => join(DEBIAN_POSTGRES, version, 'bin'))
		: [];
	const folders = [...(process.env.PATH ?? '').split(delimiter), ...debian];
	return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
