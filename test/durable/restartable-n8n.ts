/** An n8n server that can lose its life in the middle of its work, as by a power cut. */
import type { N8nInstall } from '../../demo/install-n8n';
import { startAgain, startServer, type N8nServer } from '../../demo/n8n-server';
import { N8nClient } from '../bench/n8n-client';

export interface RestartableOptions {
	/** Further settings; they win over ours. */
	env?: NodeJS.ProcessEnv;
	/** Hears what every one of its processes says. */
	onLine?: (line: string) => void;
}

export class RestartableN8n {
	private constructor(
		private readonly install: N8nInstall,
		private readonly home: string,
		private readonly port: number,
		private readonly options: RestartableOptions,
		private server: N8nServer,
	) {}

	static async start(
		install: N8nInstall,
		home: string,
		port: number,
		options: RestartableOptions = {},
	): Promise<RestartableN8n> {
		const { env, onLine } = options;
		const server = await startServer(install, home, {
			port,
			onLine,
			env: { ...settings(port), ...env },
		});
		return new RestartableN8n(install, home, port, options, server);
	}

	get client(): N8nClient {
		return new N8nClient(this.server);
	}

	/** Where it can be called, with a slash at the end. */
	get url(): string {
		return urlAt(this.port);
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

	/** @param changed settings that are no longer what they were */
	async startAgain(changed: NodeJS.ProcessEnv = {}): Promise<void> {
		const env = { ...settings(this.port), ...this.options.env, ...changed };
		const { onLine } = this.options;
		const started = await startAgain(this.install, this.home, { port: this.port, env, onLine });
		this.server = { ...this.server, ...started };
	}

	/** Asks it to end in order. */
	async stop(): Promise<void> {
		await this.server.process.stop();
	}
}

function settings(port: number): NodeJS.ProcessEnv {
	return { WEBHOOK_URL: urlAt(port), N8N_LOG_LEVEL: 'info' };
}

function urlAt(port: number): string {
	return `http://127.0.0.1:${port}/`;
}
