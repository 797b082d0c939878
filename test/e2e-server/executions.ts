/** Executions in a real n8n: until they are as wanted, and what they leave behind. */
import type { Execution, N8nClient, OutputItem } from '../bench/n8n-client';

/** The items that a node of an ended execution put out, in the last of its runs if nothing else is said. */
export function itemsOf(
	{ runData }: Execution,
	node: string,
	{ run = -1, output = 0 } = {},
): OutputItem[] {
	// An execution that has crashed may have left nothing at all.
	return runData?.[node]?.at(run)?.data?.main?.[output] ?? [];
}

/** All that an execution leaves for a person to find. */
export function toldBy(execution: Execution): string {
	return JSON.stringify(execution);
}

/** An execution that has ended. @throws when it has not */
export async function ended(client: N8nClient, id: string): Promise<Execution> {
	const execution = await client.execution(id);
	if (typeof execution === 'string') throw new Error(`Execution ${id} is ${execution}`);
	return execution;
}

const CHECK_MS = 200;

/** Looks until all executions are as wanted. */
export async function untilAll(
	client: N8nClient,
	ids: string[],
	isThere: (execution: Execution | 'under way' | 'waiting') => boolean,
	{ limitMs, what }: { limitMs: number; what: string },
): Promise<void> {
	const deadline = Date.now() + limitMs;
	for (const id of ids) {
		while (!isThere(await client.execution(id))) {
			if (Date.now() > deadline) throw new Error(`Execution ${id} is not ${what} in time`);
			await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
		}
	}
}
