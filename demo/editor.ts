/** n8n's editor on this machine, with its first user made, so that a visitor only has to sign in. */
import type { Child } from './child';
import type { N8nInstall } from './pinned-n8n';
import { freePort } from './n8n-process';
import { OWNER, startServer } from './n8n-server';

/** n8n's own port, if it is free. */
const USUAL_PORT = 5678;

export interface Editor {
	/** What to tell the visitor. */
	invitation(workflow: { id: string; name: string }): string;
	/** Settles when n8n has ended. */
	ended: Promise<unknown>;
	/** The end of what n8n said. */
	tail: Child['tail'];
}

/** @param env further settings of n8n */
export async function startEditor(
	install: N8nInstall,
	userFolder: string,
	env: NodeJS.ProcessEnv = {},
): Promise<Editor> {
	const port = await freePort(USUAL_PORT);
	const url = `http://localhost:${port}`;
	const server = await startServer(install, userFolder, {
		port,
		env: { N8N_HOST: 'localhost', ...env },
	});
	return {
		invitation: ({ id, name }) => `
n8n is open:   ${url}/workflow/${id}
Sign in with:  ${OWNER.email}
Password:      ${OWNER.password}

"${name}" is there, with a credential for the sandbox: click *Execute workflow*.
Ctrl-C ends n8n and removes everything it stored.`,
		ended: server.process.ended,
		tail: server.process.tail,
	};
}
