/** A real n8n server with one contender's workflow in it, and what a run in it took. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { createHome } from '../../demo/n8n-home';
import type { N8nInstall } from '../../demo/install-n8n';
import { freePort } from '../../demo/n8n-process';
import { startServer, type N8nServer } from '../../demo/n8n-server';
import { atEnd } from '../../demo/whole-run';
import type { Contender, Service } from './contender';
import { N8nClient, type Execution } from './n8n-client';
import { resetPeak, usageOf } from './process-usage';
import { courseOf, type RunResult } from './run-result';
import { batch, type Scenario } from './scenario';
import { webhookWorkflow } from './workflow';

const CHECK_MS = 100;
/**
 * Reading the execution costs n8n some CPU, and when it ended is read from its data: so they are rare
 * while the service has not been asked for all videos, and then grow rarer from one to the next.
 */
const ERROR_CHECK_MS = 10_000;
const FIRST_END_CHECK_MS = 200;
const END_CHECK_GROWTH = 1.5;
/** Twice what the longest run takes, ten tasks one after another, so that a hang ends the bench. */
const RUN_LIMIT_MS = 600_000;
/** Between two runs, for what the first one left to be done. */
const PAUSE_MS = 2_000;
/**
 * After its start n8n holds some hundred MiB that V8 gives back once nothing happens. It is at rest
 * when its memory has not fallen by more than a few MiB for a while.
 */
const REST = { fallMiB: 4, forSeconds: 15 };
const SECOND_MS = 1_000;

export interface ArenaPlace {
	install: N8nInstall;
	/** The unpacked package. */
	packageFolder: string;
	/** For n8n's home. */
	temporary: string;
}

export class Arena {
	private constructor(
		readonly contender: Contender,
		readonly client: N8nClient,
		private readonly server: N8nServer,
		private readonly service: Service,
		private readonly path: string,
		private readonly home: string,
	) {}

	/**
	 * Starts all that the contender needs, and lets it do one video for a start.
	 * @param restSeconds how long n8n is given to come to rest after that
	 */
	static async open(contender: Contender, place: ArenaPlace, restSeconds: number): Promise<Arena> {
		const port = await freePort();
		const home = join(place.temporary, `${contender.id}-${port}`);
		await createHome(place.install, home, place.packageFolder);
		const service = await contender.startService();
		atEnd(() => service.witness.close());
		const server = await startServer(place.install, home, {
			port,
			env: { WEBHOOK_URL: `http://127.0.0.1:${port}/` },
		});
		const client = new N8nClient(server);
		const { type, data } = service.credential;
		const credentials = await client.addCredential(type, data);
		const path = `bench-${contender.id}`;
		const workflow = webhookWorkflow(contender.title, path, service.chain(credentials));
		await client.addActiveWorkflow(workflow);
		const arena = new Arena(contender, client, server, service, path, home);
		// The first execution loads and compiles what all later ones find ready.
		await arena.run(batch(1, { seconds: 0 }));
		await arena.untilAtRest(restSeconds);
		return arena;
	}

	async close(): Promise<void> {
		await this.server.process.stop();
		await this.service.witness.close();
		await rm(this.home, { recursive: true, force: true });
	}

	/** @throws what n8n said when the execution failed */
	async run(scenario: Scenario): Promise<RunResult> {
		const { witness } = this.service;
		const { pid = 0 } = this.server.process;
		const { prompts, slowestSeconds, videoBytes } = scenario;
		await pause(PAUSE_MS);
		witness.begin({ renderSeconds: slowestSeconds, ...(videoBytes && { videoBytes }) });
		resetPeak(pid);
		const before = usageOf(pid);

		const items = prompts.map((prompt) => ({ prompt }));
		const id = await this.client.trigger(this.path, { items });
		let middle: Pick<RunResult, 'held' | 'waitingMiB'> = {};
		const middleLook = setTimeout(
			() => {
				const waitingMiB = difference(usageOf(pid)?.residentMiB, before?.residentMiB);
				void this.client.execution(id).then(
					(state) => {
						middle = { waitingMiB, held: state === 'waiting' ? 'stored' : 'running' };
					},
					() => undefined,
				);
			},
			(slowestSeconds * 1000) / 2,
		);
		const execution = await this.untilEnded(id, scenario).finally(() => clearTimeout(middleLook));
		const after = usageOf(pid);

		return {
			contender: this.contender.id,
			scenario: scenario.id,
			tasks: prompts.length,
			...courseOf(execution, witness),
			...middle,
			cpuSeconds: difference(after?.cpuSeconds, before?.cpuSeconds),
			peakMiB: difference(after?.peakMiB, before?.residentMiB),
			wholePeakMiB: after?.peakMiB,
		};
	}

	/** Waits until n8n's memory is what it holds while it does nothing. */
	private async untilAtRest(atMostSeconds: number): Promise<void> {
		const seen: number[] = [];
		for (let second = 0; second < atMostSeconds; second++) {
			const usage = usageOf(this.server.process.pid ?? 0);
			if (!usage) return;
			seen.push(usage.residentMiB);
			const [earlier = Infinity] = seen.slice(-REST.forSeconds);
			const isLongEnough = seen.length >= REST.forSeconds;
			if (isLongEnough && earlier - usage.residentMiB <= REST.fallMiB) return;
			await pause(SECOND_MS);
		}
	}

	private async untilEnded(id: string, { prompts }: Scenario): Promise<Execution> {
		const { requests } = this.service.witness;
		const isAllAskedFor = () =>
			requests.filter(({ kind }) => kind === 'download').length >= prompts.length;
		const start = performance.now();
		let errorCheck = start + ERROR_CHECK_MS;
		let endCheckMs = FIRST_END_CHECK_MS;
		while (performance.now() < start + RUN_LIMIT_MS) {
			if (isAllAskedFor()) {
				await pause(endCheckMs);
				endCheckMs *= END_CHECK_GROWTH;
			} else {
				await pause(CHECK_MS);
				if (performance.now() < errorCheck) continue;
				errorCheck += ERROR_CHECK_MS;
			}
			const execution = await this.client.execution(id);
			if (typeof execution === 'string') continue;
			if (execution.status === 'success') return execution;
			const { message = 'no reason given', description } = execution.error ?? {};
			throw new Error(
				`${this.contender.title} failed in n8n (${execution.status}): ${message} ${description ?? ''}`,
			);
		}
		throw new Error(`${this.contender.title} did not end within ${RUN_LIMIT_MS / 1000} s.`);
	}
}

function difference(later: number | undefined, earlier: number | undefined): number | undefined {
	return later === undefined || earlier === undefined ? undefined : later - earlier;
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
