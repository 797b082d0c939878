/** A process that performs the runs it is sent, several at a time. */
import type { RunPlan } from './plan';
import { verdictOn, type Verdict } from './verdict';

export interface Task {
	id: number;
	plan: RunPlan;
}

export type Answer = { id: number; verdict: Verdict } | { id: number; problem: string };

process.on('message', ({ id, plan }: Task) => {
	verdictOn(plan).then(
		(verdict) => answer({ id, verdict }),
		(error: unknown) => {
			const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
			answer({ id, problem });
		},
	);
});

/** Nobody waits for the rest of a campaign that could not go on. */
function answer(message: Answer): void {
	if (process.connected) process.send?.(message);
}

process.on('disconnect', () => process.exit());
