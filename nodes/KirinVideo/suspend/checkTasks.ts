import { backoffMs } from '../api/backoff';
import type { Api } from '../api/client';
import type { Clock } from '../api/clock';
import { refusalKind } from '../api/refusal';
import { look, taskOf } from '../task/getTask';
import { type Task, isSettled } from '../task/task';

/** What a round of looks at the tasks of a run has found. */
export interface Round {
	/** Whether all have settled, or one has not, or the service could not tell. */
	verdict: Verdict;
	/** By the ID that was asked for. */
	seen: Map<string, Task>;
}

type Verdict = 'settled' | 'unsettled' | 'unknown';

/** A caller is not kept waiting for longer looks than this, in milliseconds. */
const LOOK_TIMEOUT_MS = 10_000;
const LOOK_TRIES = 3;
const MOST_AT_ONCE = 32;

/**
 * Looks at one task, then at two, at four …, until one has not settled: few looks while tasks are under
 * way, and little time at the end.
 */
export async function lookForUnsettled(ids: string[], api: Api, clock: Clock): Promise<Round> {
	const seen = new Map<string, Task>();
	const left = [...ids];
	for (let atOnce = 1; left.length > 0; atOnce = Math.min(2 * atOnce, MOST_AT_ONCE)) {
		const looks = left.splice(0, atOnce).map(async (id) => await lookAt(id, seen, api, clock));
		const verdicts = await Promise.all(looks);
		if (verdicts.includes('unsettled')) return { verdict: 'unsettled', seen };
		if (verdicts.includes('unknown')) return { verdict: 'unknown', seen };
	}
	return { verdict: 'settled', seen };
}

async function lookAt(
	id: string,
	seen: Map<string, Task>,
	api: Api,
	clock: Clock,
): Promise<Verdict> {
	for (let tries = 1; ; tries++) {
		const answer = await look(api, id, LOOK_TIMEOUT_MS);
		const task = taskOf(answer);
		if (task) {
			seen.set(id, task);
			return isSettled(task) ? 'settled' : 'unsettled';
		}
		const refusal = refusalKind(answer);
		// Not visible for a moment, perhaps; the end of the task brings another call.
		if (refusal === 'missing') return 'unsettled';
		// A key that is not accepted any more ends every wait, with the error that says so.
		if (refusal) return 'settled';
		if (tries >= LOOK_TRIES) return 'unknown';
		await clock.sleep(backoffMs(tries, clock.random()));
	}
}
