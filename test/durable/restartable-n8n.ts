/** An n8n server that can lose its life in the middle of its work, as by a power cut. */
import type { N8nInstall } from '../../demo/install-n8n';
import { startAgain, startServer, type N8nServer } from '../../demo/n8n-server';
import { N8nClient } from '../bench/n8n-client';

export class RestartableN8n {
	private constructor(
		private readonly install: N8nInstall,
		private readonly home: string,
		private readonly port: number,
		private server: N8nServer,
	) {}

	static async start(install: N8nInstall, home: string, port: number): Promise<RestartableN8n> {
		const server = await startServer(install, home, { port, env: settings(port) });
		return new RestartableN8n(install, home, port, server);
	}

	get client(): N8nClient {
		return new N8nClient(this.server);
	}

	/** The end of what it has said. */
	tail(): string {
		return this.server.process.tail();
	}

	/** kill -9: nothing is saved, nothing is said. */
	async kill(): Promise<void> {
		const { pid, ended } = this.server.process;
		if (pid !== undefined) process.kill(-pid, 'SIGKILL');
		await ended;
	}

	async startAgain(): Promise<void> {
		const env = settings(this.port);
		const started = await startAgain(this.install, this.home, { port: this.port, env });
		this.server = { ...this.server, ...started };
	}
}

function settings(port: number): NodeJS.ProcessEnv {
	return { WEBHOOK_URL: `http://127.0.0.1:${port}/`, N8N_LOG_LEVEL: 'info' };
}
