/** The batch itself: all executions under way, a worker killed among them, until each has ended. */
import type { Sandbox } from '../../sandbox';
import type { Report } from '../../demo/steps';
import type { ExecutionSummary } from '../bench/n8n-client';
import { itemOf, type BatchExecution } from './batch';
import { countOf, haveAllEnded, untilExecutions } from './executions';
import type { Fleet, WorkerName } from './fleet';
import { pathOf } from './workflows';

const VICTIM: WorkerName = 'worker-1';
/** What a supervisor takes to notice, about. */
const RESTART_AFTER_MS = 2_000;
const UNDER_WAY_LIMIT_MS = 60_000;
/** Renders, the time until the lost jobs are noticed, and n8n's half minute of doubt after it. */
const END_LIMIT_MS = 150_000;

export interface StartedExecution extends BatchExecution {
	id: string;
}

export interface BatchRun {
	started: StartedExecution[];
	/** As n8n showed them when the worker was killed. */
	atKill: ExecutionSummary[];
	/** … and when it had come back and read what it finds of itself. */
	atReturn: ExecutionSummary[];
	ended: ExecutionSummary[];
	/** From the kill to the end of the last execution that ran on the worker. */
	noticedAfterMs: number;
}

export async function runBatch(
	fleet: Fleet,
	sandbox: Sandbox,
	batch: readonly BatchExecution[],
	report: Report,
): Promise<BatchRun> {
	const { client } = fleet;
	report('starting');
	const started = await Promise.all(batch.map((execution) => start(fleet, execution)));
	const ids = started.map(({ id }) => id);
	const waiting = batch.filter(({ manner }) => manner === 'resume on callback').length;
	const names = new Set(batch.flatMap(({ items }) => items.map(({ name }) => name)));

	const atKill = await untilExecutions(
		client,
		ids,
		(all) =>
			countOf(all, 'waiting') === waiting &&
			countOf(all, 'running') === batch.length - waiting &&
			sandbox.ledger.tasks.filter(({ prompt }) => names.has(itemOf(prompt))).length === names.size,
		{ limitMs: UNDER_WAY_LIMIT_MS, what: 'all under way' },
	);
	report(`killing ${VICTIM}`);
	const killedAt = Date.now();
	await fleet.kill(VICTIM);
	await new Promise((resolve) => setTimeout(resolve, RESTART_AFTER_MS));
	await fleet.startWorker(VICTIM);

	report(`${VICTIM} is back`);
	const atReturn = await untilExecutions(client, ids, () => true, {
		limitMs: UNDER_WAY_LIMIT_MS,
		what: 'listed',
	});
	const ended = await untilExecutions(client, ids, haveAllEnded, {
		limitMs: END_LIMIT_MS,
		what: 'all ended',
	});
	const failed = ended.filter(({ status }) => status !== 'success');
	const last = Math.max(...failed.map(({ stoppedAt }) => Date.parse(stoppedAt ?? '')));
	return { started, atKill, atReturn, ended, noticedAfterMs: last - killedAt };
}

export async function start(
	{ webhooks }: Fleet,
	{ manner, items }: BatchExecution,
): Promise<StartedExecution> {
	return { manner, items, id: await webhooks.trigger(pathOf(manner), { items }) };
}
