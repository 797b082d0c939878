/** What a run took, read from n8n's record of it and from what the service saw. */
import type { ContenderId } from './contender';
import type { Execution, NodeRun } from './n8n-client';
import type { Witness } from './witness';
import { ITEMS_NODE } from './workflow';

/** One task's way, in seconds since the contender was handed the items. */
export interface Lane {
	created: number;
	doneAt: number;
	/** When its download began: only then the video is of use. */
	inHand: number;
}

/** How a run went. */
export interface Course {
	/** From the items being there to the end of the contender's last node, as n8n recorded it. */
	seconds: number;
	lanes: Lane[];
	polls: number;
	requests: number;
}

/** What one run took. Memory and CPU are of n8n's main process, and missing where they cannot be read. */
export interface RunResult extends Course {
	contender: ContenderId;
	scenario: string;
	tasks: number;
	/** Whether the execution occupied n8n in the middle of its wait, or was stored as waiting. */
	held?: 'running' | 'stored';
	cpuSeconds?: number;
	/** Above what n8n had just before the run: at its most, and in the middle of the wait. */
	peakMiB?: number;
	waitingMiB?: number;
	/** All of n8n at its most. */
	wholePeakMiB?: number;
}

const COUNTED = new Set(['create', 'get', 'download']);

/** How a run went that has ended. */
export function courseOf(execution: Execution, witness: Witness): Course {
	const { begin, end } = spanOf(execution);
	return {
		seconds: (end - begin) / 1000,
		lanes: lanesOf(witness, begin),
		polls: witness.requests.filter(({ kind }) => kind === 'get').length,
		requests: witness.requests.filter(({ kind }) => COUNTED.has(kind)).length,
	};
}

/** From the end of the node that makes the items to the end of all that follows, ms since the epoch. */
function spanOf({ runData }: Execution): { begin: number; end: number } {
	const endOf = ({ startTime, executionTime }: NodeRun) => startTime + executionTime;
	const items = runData[ITEMS_NODE]?.[0];
	if (!items) throw new Error('n8n recorded no run of the node that makes the items.');
	return { begin: endOf(items), end: Math.max(...Object.values(runData).flat().map(endOf)) };
}

function lanesOf({ tasks, requests }: Witness, begin: number): Lane[] {
	const downloads = new Map<string | undefined, number>();
	for (const { kind, taskId, at } of requests) {
		if (kind === 'download' && !downloads.has(taskId)) downloads.set(taskId, at);
	}
	return tasks.map(({ id, createdAt, endsAt }) => ({
		created: (createdAt - begin) / 1000,
		doneAt: (endsAt - begin) / 1000,
		inHand: ((downloads.get(id) ?? NaN) - begin) / 1000,
	}));
}
