/** n8n's editor on this machine, with its first user made, so that a visitor only has to sign in. */
import type { Child } from './child';
import type { N8nInstall } from './install-n8n';
import { freePort, startN8n } from './n8n-process';

/** n8n's own port, if it is free. */
const USUAL_PORT = 5678;
const START_LIMIT_MS = 120_000;
const LOOK_MS = 250;

/** For a home that lives as long as the demo and is reached from this machine only. */
const OWNER = {
	email: 'demo@example.com',
	firstName: 'Kirin',
	lastName: 'Demo',
	password: 'Kirin-Video-1',
};

export interface Editor {
	/** What to tell the visitor. */
	invitation(workflow: { id: string; name: string }): string;
	/** Settles when n8n has ended. */
	ended: Promise<unknown>;
	/** The end of what n8n said. */
	tail: Child['tail'];
}

export async function startEditor(install: N8nInstall, userFolder: string): Promise<Editor> {
	const port = await freePort(USUAL_PORT);
	const url = `http://localhost:${port}`;
	const server = await startN8n(install, ['start'], {
		userFolder,
		env: { N8N_PORT: String(port), N8N_HOST: 'localhost' },
	});
	const address = `http://127.0.0.1:${port}`;
	await untilReady(server, address);
	await createOwner(address);
	return {
		invitation: ({ id, name }) => `
n8n is open:   ${url}/workflow/${id}
Sign in with:  ${OWNER.email}
Password:      ${OWNER.password}

"${name}" is there, with a credential for the sandbox: click *Execute workflow*.
Ctrl-C ends n8n and removes everything it stored.`,
		ended: server.ended,
		tail: server.tail,
	};
}

async function untilReady(server: Child, address: string): Promise<void> {
	let running = true;
	void server.ended.then(() => (running = false));
	const deadline = performance.now() + START_LIMIT_MS;
	while (performance.now() < deadline) {
		if (!running) throw new Error(`n8n ended while it started:\n${server.tail()}`);
		const ready = await fetch(`${address}/healthz/readiness`).then(
			(answer) => answer.ok,
			() => false, // not listening yet
		);
		if (ready) return;
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
	}
	throw new Error(`n8n was not ready after ${START_LIMIT_MS / 1000} s:\n${server.tail()}`);
}

async function createOwner(address: string): Promise<void> {
	const answer = await fetch(`${address}/rest/owner/setup`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(OWNER),
	});
	if (!answer.ok) {
		throw new Error(`n8n did not take its first user (${answer.status}): ${await answer.text()}`);
	}
}
