/** n8n in queue mode: one main, one process for webhooks, two workers, each as on a machine of its own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Child } from '../../demo/child';
import type { N8nInstall } from '../../demo/install-n8n';
import { addPackage } from '../../demo/n8n-home';
import { freePort, startN8n } from '../../demo/n8n-process';
import { startServer, untilReady } from '../../demo/n8n-server';
import { N8nClient } from '../bench/n8n-client';
import { queueModeSettings } from './queue-mode';

export type ProcessName = 'main' | 'webhook' | 'worker-1' | 'worker-2';
export type WorkerName = Extract<ProcessName, `worker-${string}`>;

export const WORKERS: readonly WorkerName[] = ['worker-1', 'worker-2'];
/** Names the process to the suite's own nodes. */
export const PROCESS_NAME_VARIABLE = 'KIRIN_QUEUE_PROCESS';

export interface FleetPlace {
	install: N8nInstall;
	/** The unpacked package. */
	packageFolder: string;
	/** The suite's own nodes, compiled. */
	ownNodes: string;
	/** Where the processes' homes go. */
	temporary: string;
	/** n8n's settings for PostgreSQL and Redis. */
	services: NodeJS.ProcessEnv;
}

export class Fleet {
	/** Every line that a process has logged, over its restarts. */
	readonly log = new Map<ProcessName, string[]>();
	private readonly children = new Map<ProcessName, Child>();
	private mainClient?: N8nClient;
	private webhookClient?: N8nClient;

	private constructor(
		private readonly place: FleetPlace,
		private readonly webhookPort: number,
		private readonly settings: NodeJS.ProcessEnv,
	) {}

	static async start(place: FleetPlace, workers = WORKERS): Promise<Fleet> {
		const port = await freePort();
		const fleet = new Fleet(
			place,
			port,
			queueModeSettings(place.services, `http://127.0.0.1:${port}`),
		);
		// Alone at first: it makes the database's tables.
		await fleet.startMain();
		await Promise.all([fleet.startWebhook(), ...workers.map((name) => fleet.startWorker(name))]);
		return fleet;
	}

	/** By main: the editor's calls. */
	get client(): N8nClient {
		if (!this.mainClient) throw new Error('main has not been started');
		return this.mainClient;
	}

	/** By the process for webhooks: production webhooks. */
	get webhooks(): N8nClient {
		if (!this.webhookClient) throw new Error('the process for webhooks has not been started');
		return this.webhookClient;
	}

	addresses(): { editor: string; webhooks: string } {
		return { editor: this.client.address, webhooks: this.webhooks.address };
	}

	/** Resolves when one of the processes has ended. */
	async anyEnded(): Promise<void> {
		await Promise.race([...this.children.values()].map(async (child) => await child.ended));
	}

	/** As when the machine loses its power: no time to say or store anything. */
	async kill(name: ProcessName): Promise<void> {
		const child = this.children.get(name);
		if (child?.pid === undefined) throw new Error(`${name} does not run`);
		process.kill(-child.pid, 'SIGKILL');
		await child.ended;
	}

	/** With the home that it had before, as a supervisor starts it again. */
	async startWorker(name: WorkerName): Promise<void> {
		const port = await freePort();
		const child = await this.startProcess(name, ['worker'], {
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		});
		await untilReady(child, `http://127.0.0.1:${port}`);
	}

	/** The end of what each process said. */
	tails(lines = 25): string {
		return [...this.log]
			.map(([name, log]) => `--- ${name}\n${log.slice(-lines).join('\n')}`)
			.join('\n');
	}

	private async startMain(): Promise<void> {
		const port = await freePort();
		const home = await this.homeOf('main');
		const server = await startServer(this.place.install, home, {
			port,
			env: this.envOf('main'),
			onLine: this.listenTo('main'),
		});
		this.children.set('main', server.process);
		this.mainClient = new N8nClient(server);
	}

	/** At the address that it had before. */
	async startWebhook(): Promise<void> {
		const child = await this.startProcess('webhook', ['webhook'], {
			N8N_PORT: String(this.webhookPort),
		});
		const address = `http://127.0.0.1:${this.webhookPort}`;
		await untilReady(child, address);
		this.webhookClient = new N8nClient({ address, cookie: '', process: child });
	}

	private async startProcess(name: ProcessName, args: string[], env: NodeJS.ProcessEnv) {
		const child = await startN8n(this.place.install, args, {
			userFolder: await this.homeOf(name),
			env: { ...this.envOf(name), ...env },
			onLine: this.listenTo(name),
		});
		this.children.set(name, child);
		return child;
	}

	private envOf(name: ProcessName): NodeJS.ProcessEnv {
		return {
			...this.settings,
			N8N_CUSTOM_EXTENSIONS: this.place.ownNodes,
			[PROCESS_NAME_VARIABLE]: name,
		};
	}

	/** A home each: what a process finds there, no other process has. */
	private async homeOf(name: ProcessName): Promise<string> {
		const home = join(this.place.temporary, name);
		await mkdir(home, { recursive: true });
		await addPackage(home, this.place.packageFolder);
		return home;
	}

	private listenTo(name: ProcessName): (line: string) => void {
		const lines = this.log.get(name) ?? [];
		this.log.set(name, lines);
		return (line) => lines.push(line);
	}
}
