/** Runs workflows as somebody does who presses the button in the editor. */
import type { Execution, N8nClient } from '../bench/n8n-client';
import { ended, untilAll } from '../e2e-server/executions';

/** No workflow here takes this long, unless it hangs; n8n looks once a minute for waits that are over. */
const LIMIT_MS = 90_000;

/** The manual trigger of every workflow here. */
export const START = 'Start';

export interface ByHand {
	/** The trigger to start from. */
	trigger?: string;
	/** What the trigger puts out, where it is not the manual one. */
	item?: object;
}

/** Stores a workflow, runs it and waits for the end. */
export async function runByHand(
	client: N8nClient,
	workflow: object,
	{ trigger = START, item }: ByHand = {},
): Promise<Execution> {
	const id = await client.runManually(await client.addWorkflow(workflow), trigger, item);
	return await untilEnded(client, id);
}

export async function untilEnded(client: N8nClient, id: string): Promise<Execution> {
	const isOver = (execution: unknown) => typeof execution === 'object';
	await untilAll(client, [id], isOver, { limitMs: LIMIT_MS, what: 'over' });
	return await ended(client, id);
}
