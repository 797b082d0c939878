/** An n8n server on this machine, with its first user made. */
import type { Child } from './child';
import type { N8nInstall } from './pinned-n8n';
import { startN8n, type N8nOptions } from './n8n-process';

const START_LIMIT_MS = 120_000;
const CHECK_MS = 250;

/** For a home that lives as long as the run and is reached from this machine only. */
export const OWNER = {
	email: 'demo@example.com',
	firstName: 'Kirin',
	lastName: 'Demo',
	password: 'Kirin-Video-1',
};

export interface N8nServer {
	/** Its origin, by IP address. */
	address: string;
	/** The session of the first user, as the value of a `cookie` header. */
	cookie: string;
	process: Child;
}

export interface ServerOptions extends Pick<N8nOptions, 'env' | 'onLine'> {
	port: number;
}

/** Starts a server on a port that is free, and waits until it answers. */
export async function startServer(
	install: N8nInstall,
	userFolder: string,
	options: ServerOptions,
): Promise<N8nServer> {
	const { address, process } = await startAgain(install, userFolder, options);
	return { address, cookie: await createOwner(address), process };
}

/** As `startServer`, but in a home that has its first user already. */
export async function startAgain(
	install: N8nInstall,
	userFolder: string,
	{ port, ...options }: ServerOptions,
): Promise<Omit<N8nServer, 'cookie'>> {
	const process = await startN8n(install, ['start'], {
		userFolder,
		...options,
		env: { N8N_PORT: String(port), ...options.env },
	});
	const address = `http://127.0.0.1:${port}`;
	await untilReady(process, address);
	// Older versions, n8n 2.0 among them, are ready a moment before they know their editor's calls.
	await untilAnswered(process, `${address}/rest/settings`);
	return { address, process };
}

/** Waits until an n8n process says that it is ready. @throws when it ends before, or takes too long */
export async function untilReady(server: Child, address: string): Promise<void> {
	await untilAnswered(server, `${address}/healthz/readiness`);
}

async function untilAnswered(server: Child, url: string): Promise<void> {
	let running = true;
	void server.ended.then(() => (running = false));
	const deadline = performance.now() + START_LIMIT_MS;
	while (performance.now() < deadline) {
		if (!running) throw new Error(`n8n ended while it started:\n${server.tail()}`);
		const ready = await fetch(url).then(
			(answer) => answer.ok,
			() => false, // not listening yet
		);
		if (ready) return;
		await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
	}
	throw new Error(`n8n was not ready after ${START_LIMIT_MS / 1000} s:\n${server.tail()}`);
}

async function createOwner(address: string): Promise<string> {
	const answer = await fetch(`${address}/rest/owner/setup`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(OWNER),
	});
	if (!answer.ok) {
		throw new Error(`n8n did not take its first user (${answer.status}): ${await answer.text()}`);
	}
	return answer.headers
		.getSetCookie()
		.map((cookie) => cookie.split(';', 1)[0])
		.join('; ');
}
