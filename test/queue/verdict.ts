/** What is wrong with a run, and the figures of it. */
import type { Ledger } from '../../sandbox';
import type { OutputItem } from '../bench/n8n-client';
import { billedTwice } from '../e2e-server/billed-twice';
import { loggedTasks } from '../e2e-server/logged-tasks';
import { lostItems } from '../e2e-server/lost-items';
import { percentile } from '../e2e-server/percentile';
import { pollsWhileWaiting } from '../e2e-server/polls-while-waiting';
import { executionOfResumeUrl } from '../e2e-server/resume-url';
import { itemOf } from './batch';
import { type Hashes, type StoredVideo, videosIn } from './binaries';
import { statusCounts } from './executions';
import type { Fleet, ProcessName } from './fleet';
import type { Rescue } from './rescue';
import type { Retried } from './retry-crashed';
import type { BatchRun } from './run-batch';

/** A webhook that has to wait for its turn on a busy machine may be that late with its look. */
const REACTION_MS = 3_000;

/** What has been seen of a run, before anything is concluded from it. */
export interface Evidence {
	/** Executions that had crashed, after *Retry*. */
	retried: Retried[];
	run: BatchRun;
	/** What came out of the executions, by their IDs. */
	output: ReadonlyMap<string, readonly OutputItem[]>;
	rescue: Rescue;
	/** Of the service, before the suite itself downloaded anything. */
	ledger: Pick<Ledger, 'tasks' | 'requests' | 'billed'>;
	log: Fleet['log'];
	/** By task. */
	served: ReadonlyMap<string, string>;
	read: ReadonlyMap<ProcessName, Hashes>;
	videos: readonly StoredVideo[];
}

export interface Verdict {
	figures: object;
	/** Empty when all is well. */
	wrong: string[];
}

export function judge(evidence: Evidence): Verdict {
	const { retried, run, output, rescue, ledger, log } = evidence;
	const items = [...retried, ...run.started].flatMap((one) => one.items.map(({ name }) => name));
	const status = new Map(run.ended.map((one) => [one.id, one.status]));
	const failed = run.started.filter(({ id }) => status.get(id) !== 'success');
	const nameOf = new Map(ledger.tasks.map(({ id, prompt }) => [id, itemOf(prompt)]));
	const deliveredBy = (some: readonly OutputItem[]) =>
		videosIn(some)
			.filter((video) => isIntact(video, evidence))
			.map(({ taskId }) => nameOf.get(taskId) ?? taskId);

	const retriedItems = retried.flatMap((one) => one.output);
	const first = new Set(deliveredBy([...output.values(), retriedItems].flat()));
	const findable = loggedTasks([...log.values()].flat());
	const lost = lostItems({
		items,
		billed: ledger.billed,
		itemOf,
		delivered: first,
		reported: new Set(failed.flatMap((one) => one.items.map(({ name }) => name))),
		findable,
	});
	const twice = billedTwice(ledger.billed, itemOf);
	const polls = pollsWhileWaiting(ledger.tasks, ledger.requests, REACTION_MS);
	const runAgain = new Set(deliveredBy(rescue.runAgain));
	const pickedUp = new Set(deliveredBy(rescue.pickedUp));
	const missing = items.filter((name) => ![first, runAgain, pickedUp].some((set) => set.has(name)));
	const waited = run.atKill.filter((one) => one.status === 'waiting');
	const waitedAndEnded = waited.filter(({ id }) => status.get(id) === 'success');
	const lags = resumeLags(evidence);
	const readBy = [...evidence.read].map(([name, hashes]) => [name, countIntact(hashes, evidence)]);

	const wrong = [
		...twice.map(({ item, taskIds }) => `Item ${item} is billed twice: ${taskIds.join(', ')}`),
		...lost.map(({ item, why }) => `Item ${item} is lost: it ${why}`),
		// The watcher of each wait asks for one of its tasks now and then; a poll of each would be many more.
		...(polls.length > run.started.length
			? polls.map(({ at, taskId }) => `Task ${taskId} was polled while waiting, at ${iso(at)}`)
			: []),
		...retried.flatMap(wrongRetry),
		...missing.map((name) => `The video of item ${name} did not come out of n8n`),
		...waited
			.filter((one) => !waitedAndEnded.includes(one))
			.map(({ id }) => `Execution ${id} waited when the worker died, and is ${status.get(id)}`),
		...readBy
			.filter(([, count]) => count !== evidence.videos.length)
			.map(([name, count]) => `${name} reads ${count} of ${evidence.videos.length} videos`),
		...(failed.length === 0 ? ['No execution died with the worker: nothing was tried'] : []),
	];
	const figures = {
		executions: run.started.length,
		items: items.length,
		billedTwice: twice.length,
		lost: lost.length,
		pollsWhileWaiting: polls.length,
		resumeLagMs: { p50: percentile(lags, 0.5), p99: percentile(lags, 0.99) },
		ended: statusCounts(run.ended),
		itemsBackByRetry: new Set(deliveredBy(retriedItems)).size,
		workerKilled: {
			waitingThen: waited.length,
			statusesAtItsReturn: statusCounts(run.atReturn),
			waitingThenAndSucceeded: waitedAndEnded.length,
			executionsDied: failed.length,
			noticedAfterMs: run.noticedAfterMs,
			itemsBackByRunningAgain: runAgain.size,
			itemsBackByTaskId: pickedUp.size,
		},
		videosRead: Object.fromEntries(readBy) as Record<string, number>,
	};
	return { figures, wrong };
}

/** Whatever had been sent before the crash is adopted, and nothing else. */
function wrongRetry({ phase, status, items, output }: Retried): string[] {
	const wanted = items.map(() => phase !== 'before a create');
	const adopted = output.map(({ json }) => json.adopted === true);
	return [
		...(status === 'success' ? [] : [`Retry of what crashed ${phase} ends as ${status}`]),
		...(adopted.join() === wanted.join()
			? []
			: [`Retry of what crashed ${phase} says adopted: ${adopted.join(', ') || 'nothing'}`]),
	];
}

/** From the moment at which a run's last task had settled to the end of its execution, in ms. */
function resumeLags({ run, ledger }: Evidence): number[] {
	return run.ended.flatMap(({ id, status, stoppedAt }) => {
		const own = ledger.tasks.filter((task) => executionOfResumeUrl(task.callbackUrl ?? '') === id);
		if (own.length === 0 || status !== 'success' || stoppedAt === null) return [];
		return [Date.parse(stoppedAt) - Math.max(...own.map(({ endsAt }) => endsAt))];
	});
}

/** Whether main, which reads every video, reads what the service has served. */
function isIntact({ taskId, binaryId }: StoredVideo, { read, served }: Evidence): boolean {
	const hash = read.get('main')?.[binaryId];
	return hash !== undefined && hash === served.get(taskId);
}

function countIntact(hashes: Hashes, { videos, served }: Evidence): number {
	return videos.filter(({ taskId, binaryId }) => hashes[binaryId] === served.get(taskId)).length;
}

function iso(at: number): string {
	return new Date(at).toISOString();
}
