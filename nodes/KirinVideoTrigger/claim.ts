import type { IExecuteFunctions } from 'n8n-workflow';
import { type Task, eventOf } from './seenEvents';

/**
 * As many entries as n8n's Remove Duplicates keeps by default. An event takes two of them.
 */
const MAX_ENTRIES = 10_000;

/** The claim that this process made last: n8n reads its table and then writes it, so one at a time. */
let lastClaim: Promise<unknown> = Promise.resolve();

/**
 * Claims an event for this execution, in n8n's own table of processed data, which the node Remove
 * Duplicates uses too. Only an execution can reach that table, which is why the trigger has an
 * `execute`.
 *
 * Beside the event, the table keeps which execution has claimed it, in the same write. So an execution
 * that n8n runs a second time, because its process died between the claim and the end of the node,
 * emits its event. A retried execution has an ID of its own; whoever presses Retry wants it to run, so
 * it always emits.
 *
 * The workflow's static data would not do: n8n loads it with every call and saves it as a whole, and
 * so does every execution that changes it, so that entries get lost, and those of other nodes too.
 *
 * @returns whether this execution is to emit the event
 */
export async function claim(functions: IExecuteFunctions, task: Task): Promise<boolean> {
	const event = eventOf(task);
	const ownClaim = `${event} in execution ${functions.getExecutionId()}`;
	const record = async () =>
		await functions.helpers.checkProcessedAndRecord([event, ownClaim], 'node', {
			mode: 'entries',
			maxEntries: MAX_ENTRIES,
		});
	const recorded = lastClaim.then(record, record);
	lastClaim = recorded;
	const { new: fresh } = await recorded;
	return fresh.includes(event) || !fresh.includes(ownClaim) || functions.getMode() === 'retry';
}
