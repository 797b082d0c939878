/**
 * Executions that die in several phases together with the process that had queued them, as when a machine
 * goes down: nobody replaces their data by an error, the worker that is back calls them crashed, and
 * *Retry* runs them again.
 */
import type { Report } from '../../demo/steps';
import type { Sandbox } from '../../sandbox';
import type { OutputItem } from '../bench/n8n-client';
import type { Phase, PhaseExecution } from './batch';
import { haveAllEnded, untilExecutions, videoItemsOf } from './executions';
import type { Fleet } from './fleet';
import { start } from './run-batch';

const LIMIT_MS = 120_000;
const CHECK_MS = 200;

export interface Retried extends PhaseExecution {
	/** Of the Retry. */
	status: string;
	output: OutputItem[];
}

interface Started extends PhaseExecution {
	id: string;
}

/** @param fleet with one worker; the other one is there afterwards */
export async function retryCrashed(
	fleet: Fleet,
	sandbox: Sandbox,
	phases: readonly PhaseExecution[],
	report: Report,
): Promise<Retried[]> {
	const started = await Promise.all(
		phases.map(async (one) => ({ ...one, id: (await start(fleet, one)).id })),
	);
	await untilInPhase(sandbox, started);
	report('killing worker-1 and webhook');
	await Promise.all([fleet.kill('worker-1'), fleet.kill('webhook')]);
	await Promise.all([
		fleet.startWebhook(),
		...(['worker-1', 'worker-2'] as const).map((name) => fleet.startWorker(name)),
	]);

	report('retrying');
	const { client } = fleet;
	await untilAllEnded(fleet, started);
	const retries = await Promise.all(
		started.map(async (one) => ({ ...one, id: await client.retry(one.id, 'saved') })),
	);
	const status = new Map(
		(await untilAllEnded(fleet, retries)).map((one) => [one.id, one.status] as const),
	);
	return await Promise.all(
		retries.map(async ({ id, ...one }) => {
			const output = await videoItemsOf(client, id);
			return { ...one, status: status.get(id) ?? '', output };
		}),
	);
}

async function untilAllEnded({ client }: Fleet, executions: Started[]) {
	const ids = executions.map(({ id }) => id);
	return await untilExecutions(client, ids, haveAllEnded, { limitMs: LIMIT_MS, what: 'all ended' });
}

/** Until each item is where its phase holds it. */
async function untilInPhase({ ledger }: Sandbox, phases: Started[]): Promise<void> {
	const deadline = performance.now() + LIMIT_MS;
	const isHeld = (phase: Phase, name: string) =>
		ledger.requests.some(({ kind, fault, taskId, body }) => {
			const task = ledger.tasks.find(({ id }) => id === taskId);
			const prompt = task?.prompt ?? JSON.stringify(body ?? '');
			const isIts = kind === (phase === 'in a download' ? 'download' : 'create');
			return isIts && fault?.endsWith('hang') === true && prompt.includes(`Item ${name} `);
		});
	while (!phases.every(({ phase, items }) => items.every(({ name }) => isHeld(phase, name)))) {
		if (performance.now() > deadline) throw new Error('Not every execution came to its phase');
		await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
	}
}
