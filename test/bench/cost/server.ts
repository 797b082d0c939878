/** A real n8n that runs any workflow, and the CPU time and memory that a run takes in it. */
import { join } from 'node:path';
import { createHome } from '../../../demo/n8n-home';
import { freePort } from '../../../demo/n8n-process';
import { startServer, type N8nServer } from '../../../demo/n8n-server';
import { startSandbox, type Fault, type Sandbox } from '../../../sandbox';
import type { ArenaPlace } from '../arena';
import type { CredentialReference } from '../contender';
import { N8nClient } from '../n8n-client';
import { resetPeak, usageOf } from '../process-usage';
import { median } from '../statistics';
import { webhookWorkflow, type Chain } from '../workflow';
import { startTlsFront, type TlsFront } from './tls-front';

const FLOORS = join(__dirname, 'floors');
const PAUSE_MS = 1_000;
const IDLE_SECONDS = 10;
const CHECK_MS = 250;
const RUN_LIMIT_MS = 1_200_000;
/** The sandbox gives up a callback after ten seconds; the two more are for what n8n still does with it. */
const CALLBACK_LIMIT_SECONDS = 12;
const JSON_TYPE = { 'content-type': 'application/json' };

/** What one run took in n8n's main process. */
export interface Cost {
	/** User and system time of each task, in ms, without what an idle n8n takes in the same time. */
	cpuMs: number;
	/** The most memory, above what n8n had before. */
	peakMiB: number;
	/** From the call of the webhook until n8n lists the execution as ended. */
	seconds: number;
	/** Status requests of each task. */
	polls: number;
	/** Callbacks without an answer within 2 s, of how many. */
	late: number;
	callbacks: number;
}

/** A workflow that callbacks start. */
interface EventWorkflow {
	id: string;
	/** For callbacks. */
	url: string;
	/** Its executions so far. */
	before: number;
}

export class CostServer {
	private constructor(
		readonly sandbox: Sandbox,
		readonly tls: TlsFront,
		private readonly server: N8nServer,
		private readonly client: N8nClient,
		private readonly credentials: { http: CredentialReference; https: CredentialReference },
		private readonly idleShare: number,
	) {}

	static async start(
		place: ArenaPlace,
		name: string,
		env: NodeJS.ProcessEnv = {},
	): Promise<CostServer> {
		const port = await freePort();
		const home = join(place.temporary, `cost-${name}-${port}`);
		await createHome(place.install, home, place.packageFolder);
		const sandbox = await startSandbox();
		const tls = await startTlsFront(sandbox.apiUrl, place.temporary);
		const server = await startServer(place.install, home, {
			port,
			env: {
				WEBHOOK_URL: `http://127.0.0.1:${port}/`,
				N8N_CUSTOM_EXTENSIONS: FLOORS,
				NODE_EXTRA_CA_CERTS: tls.authorityFile,
				...env,
			},
		});
		const client = new N8nClient(server);
		const credential = (baseUrl: string) =>
			client.addCredential('kirinVideoApi', { apiKey: sandbox.apiKey, baseUrl });
		const credentials = {
			http: await credential(sandbox.apiUrl),
			https: await credential(tls.url),
		};
		const idleShare = await idleShareOf(server.process.pid ?? 0);
		return new CostServer(sandbox, tls, server, client, credentials, idleShare);
	}

	/** Stores a workflow and returns the path of its webhook. */
	async add(
		path: string,
		chain: (credentials: CredentialReference) => Chain,
		over: 'http' | 'https' = 'http',
	): Promise<string> {
		await this.client.addActiveWorkflow(webhookWorkflow(path, path, chain(this.credentials[over])));
		return path;
	}

	/**
	 * Stores a workflow that callbacks start, and waits until it listens.
	 * @param path behind n8n's own for production webhooks
	 */
	async addEventWorkflow(
		workflow: (credentials: CredentialReference) => object,
		path: string,
	): Promise<EventWorkflow> {
		const id = await this.client.addActiveWorkflow(workflow(this.credentials.http));
		const url = `${this.server.address}/webhook/${path}`;
		const deadline = performance.now() + RUN_LIMIT_MS;
		for (;;) {
			const answer = await fetch(url, { method: 'POST', headers: JSON_TYPE, body: '{}' });
			// Of a path that n8n does not know it says so in its own words.
			if (!/not registered/.test(await answer.text())) break;
			if (performance.now() > deadline) throw new Error(`Nothing listens at ${path}.`);
			await pause(CHECK_MS);
		}
		await pause(PAUSE_MS);
		const before = (await this.successes()).filter((workflowId) => workflowId === id);
		return { id, url, before: before.length };
	}

	/** Lets the callbacks of tasks that nobody waits for start an execution each. */
	async runEvents(
		{ id, url, before }: EventWorkflow,
		tasks: number,
		renderSeconds: number,
	): Promise<Cost> {
		// A notice of what has begun would start n8n's own node once more.
		const faults: Fault[] = [{ on: 'callback', kind: 'reset', times: tasks }];
		this.begin({ renderSeconds, faults });
		return await this.measure(tasks, async () => {
			for (let task = 0; task < tasks; task++) await this.create(url);
			await this.until(async () => {
				const ours = (await this.successes()).filter((workflowId) => workflowId === id);
				return ours.length >= before + tasks;
			});
		});
	}

	/** The workflows of the latest executions that have succeeded. */
	private async successes(): Promise<string[]> {
		const listed = await this.client.executions(100);
		return listed.flatMap(({ status, workflowId }) => (status === 'success' ? [workflowId] : []));
	}

	private async create(callbackUrl: string): Promise<void> {
		const { apiUrl, apiKey } = this.sandbox;
		const answer = await fetch(`${apiUrl}/model/v1/generation`, {
			method: 'POST',
			headers: { ...JSON_TYPE, authorization: `Bearer ${apiKey}` },
			body: JSON.stringify({
				model: 'kirin_v2_5_turbo_t2v',
				input: [{ params: { prompt: 'A crane over a lake', callback_url: callbackUrl } }],
			}),
		});
		if (!answer.ok) throw new Error(`The sandbox refuses the task: ${await answer.text()}`);
	}

	private begin(settings: { renderSeconds: number; faults?: Fault[] }): void {
		this.sandbox.reset();
		Object.assign(this.sandbox.settings, settings);
	}

	/** Runs a stored workflow and takes its cost. */
	async run(path: string, tasks: number, settings: { renderSeconds: number }): Promise<Cost> {
		this.begin(settings);
		return await this.measure(tasks, async () => {
			await this.untilEnded(await this.client.trigger(path, { items: itemsFor(tasks) }));
		});
	}

	/**
	 * As `run`, for what may wait for ever because n8n has refused a callback: until each callback has its
	 * answer or none. What waits then is stopped.
	 */
	async runUntilCalledBack(
		path: string,
		tasks: number,
		{
			executions = 1,
			...settings
		}: { renderSeconds: number; executions?: number; faults?: Fault[] },
	): Promise<Cost> {
		this.begin(settings);
		const items = itemsFor(tasks / executions);
		const cost = await this.measure(tasks, async () => {
			await Promise.all(
				Array.from({ length: executions }, () => this.client.trigger(path, { items })),
			);
			await pause((settings.renderSeconds + CALLBACK_LIMIT_SECONDS) * 1000);
		});
		// n8n lists no more than a hundred; what else waits costs nothing.
		const left = (await this.client.executions(Math.min(executions, 100))).filter(
			({ status }) => status === 'waiting',
		);
		for (const { id } of left) await this.client.stop(id);
		return cost;
	}

	/** Takes the cost of what `act` makes n8n do for some tasks. */
	async measure(tasks: number, act: () => Promise<void>): Promise<Cost> {
		const { pid = 0 } = this.server.process;
		await pause(PAUSE_MS);
		resetPeak(pid);
		const before = usageOf(pid);
		const start = performance.now();
		await act();
		const seconds = (performance.now() - start) / 1000;
		const after = usageOf(pid);
		const cpu = (after?.cpuSeconds ?? NaN) - (before?.cpuSeconds ?? NaN);
		const callbacks = this.sandbox.ledger.requests.filter(
			({ kind, fault }) => kind === 'callback' && fault === undefined,
		);
		return {
			cpuMs: ((cpu - this.idleShare * seconds) / tasks) * 1000,
			peakMiB: (after?.peakMiB ?? NaN) - (before?.residentMiB ?? NaN),
			seconds,
			polls: this.sandbox.ledger.count('get') / tasks,
			late: callbacks.filter(({ answeredAfterMs = Infinity }) => answeredAfterMs > 2_000).length,
			callbacks: callbacks.length,
		};
	}

	/** Waits until n8n lists the execution as ended. */
	private async untilEnded(id: string): Promise<void> {
		await this.until(async () => {
			const [latest] = await this.client.executions(1);
			if (latest?.id !== id) return false;
			if (['error', 'crashed', 'canceled'].includes(latest.status)) {
				throw new Error(`Execution ${id} ended as ${latest.status}.`);
			}
			return latest.status === 'success';
		});
	}

	/** Asks more and more rarely, because each question costs n8n some time too. */
	private async until(isSo: () => Promise<boolean>): Promise<void> {
		const deadline = performance.now() + RUN_LIMIT_MS;
		let checkMs = CHECK_MS;
		do {
			if (performance.now() > deadline) throw new Error(`No end after ${RUN_LIMIT_MS / 1000} s.`);
			await pause(checkMs);
			checkMs = Math.min(checkMs * 1.2, 2_000);
		} while (!(await isSo()));
	}

	async close(): Promise<void> {
		await this.server.process.stop();
		await this.tls.close();
		await this.sandbox.close();
	}
}

function itemsFor(tasks: number): Array<{ prompt: string }> {
	return Array.from({ length: tasks }, (_, index) => ({
		prompt: `A crane over a lake, take ${index + 1}`,
	}));
}

/** The share of a core that n8n takes while it has nothing to do. */
async function idleShareOf(pid: number): Promise<number> {
	const shares: number[] = [];
	// n8n does several things at its start, so the median of single seconds.
	while (shares.length < IDLE_SECONDS) {
		const before = usageOf(pid)?.cpuSeconds ?? NaN;
		const start = performance.now();
		await pause(1_000);
		const used = (usageOf(pid)?.cpuSeconds ?? NaN) - before;
		shares.push(used / ((performance.now() - start) / 1000));
	}
	return median(shares);
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
