/** Executions in n8n: until they have ended, and what came out of them. */
import type { ExecutionSummary, N8nClient, OutputItem } from '../bench/n8n-client';
import { ended, itemsOf } from '../e2e-server/executions';
import { KIRIN_NODE } from './workflows';

const CHECK_MS = 500;
/** n8n lists no more than so many at once. */
const LIST_LENGTH = 100;
const UNDER_WAY = new Set(['new', 'running', 'waiting', 'unknown']);

/** Waits until `isEnough` holds of the given executions, and returns them in that state. */
export async function untilExecutions(
	client: N8nClient,
	ids: readonly string[],
	isEnough: (all: ExecutionSummary[]) => boolean,
	{ limitMs, what }: { limitMs: number; what: string },
): Promise<ExecutionSummary[]> {
	const wanted = new Set(ids);
	const deadline = performance.now() + limitMs;
	for (;;) {
		const listed = await client.executions(LIST_LENGTH);
		const own = listed.filter(({ id }) => wanted.has(id));
		if (own.length === wanted.size && isEnough(own)) return own;
		if (performance.now() > deadline) {
			throw new Error(`After ${limitMs / 1000} s not ${what}: ${countByStatus(own)}`);
		}
		await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
	}
}

export function haveAllEnded(all: ExecutionSummary[]): boolean {
	return all.every(({ status }) => !UNDER_WAY.has(status));
}

export function countOf(all: readonly ExecutionSummary[], status: string): number {
	return all.filter((one) => one.status === status).length;
}

export function statusCounts(all: readonly ExecutionSummary[]): Record<string, number> {
	const statuses = [...new Set(all.map(({ status }) => status))].sort();
	return Object.fromEntries(statuses.map((status) => [status, countOf(all, status)]));
}

function countByStatus(all: readonly ExecutionSummary[]): string {
	const counts = Object.entries(statusCounts(all)).map(([status, count]) => `${count} ${status}`);
	return counts.join(', ') || 'there are none';
}

/** The items that Kirin Video put out in an execution that has ended. */
export async function videoItemsOf(client: N8nClient, id: string): Promise<OutputItem[]> {
	return itemsOf(await ended(client, id), KIRIN_NODE);
}
