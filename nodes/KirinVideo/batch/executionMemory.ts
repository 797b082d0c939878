import { createHash, randomUUID } from 'node:crypto';
import { type IdempotencyKey, type StoredTasks, TaskMemory } from '../task/idempotency';
import type { Batch } from './batch';
import { type ItemFunctions, isAgentTool } from './item';

/**
 * What an execution remembers of a node's creates. It is in the node's context, which n8n stores with the
 * execution, so that a retried execution has it too.
 */
interface Kept {
	batchKey?: string;
	/** The run of the node that made the tasks. In a loop there are several, and only the last is retried. */
	runIndex?: number;
	tasks?: StoredTasks;
}

/** The name under which it lies in the node's context. */
const KEY = 'kirinVideoTasks';

/**
 * The idempotency key of an item: what its tasks have and no other item's, except which of its videos they
 * are. The part that the batch shares is made once.
 */
export function idempotencyKeyOf(
	functions: ItemFunctions,
	batch: Batch,
): Omit<IdempotencyKey, 'videoIndex'> {
	const itemIndex = functions.getItemIndex();
	if (!batch.idempotencyKey) {
		const runIndex = Number(functions.evaluateExpression('{{ $runIndex }}', itemIndex));
		const nodeId = functions.getNode().id || functions.getNode().name;
		batch.idempotencyKey = { batchKey: batchKeyOf(functions), nodeId, runIndex };
		batch.memory = taskMemoryOf(functions, runIndex);
	}
	return { ...batch.idempotencyKey, itemIndex };
}

/**
 * The idempotency key of a batch (docs/pay-once.md). It lives as long as the user means the same videos:
 * over Retry On Fail, a wait, and n8n's Retry, also of an execution that has crashed.
 */
export function batchKeyOf(functions: ItemFunctions): string {
	// Each call of a tool is a new video. Agents raise the run index on every try, so a derived key would
	// not outlive a try either; and a tool that MCP calls runs before there is an execution.
	if (isAgentTool(functions)) return randomUUID();
	const kept = keptIn(functions);
	kept.batchKey ??= resumeTokenKey(functions) ?? randomUUID();
	return kept.batchKey;
}

/**
 * From the execution's resume token, which n8n has from 2.14 on: a retried execution keeps it, whatever
 * else it has lost. Only the token: the address in front of it follows n8n's settings.
 */
function resumeTokenKey(functions: ItemFunctions): string | undefined {
	const token = /[?&]signature=([^&#]+)/.exec(resumeUrlOf(functions))?.[1];
	// Whoever has the token can end the execution's waits, so only its hash is kept.
	return token && createHash('sha256').update(token).digest('hex').slice(0, 32);
}

function resumeUrlOf(functions: ItemFunctions): string {
	try {
		const itemIndex = functions.getItemIndex();
		const value = functions.evaluateExpression('{{ $execution.resumeUrl }}', itemIndex);
		return typeof value === 'string' ? value : '';
	} catch {
		return '';
	}
}

/** The node's context; one that nobody keeps where n8n has none, as in a tool that MCP calls. */
export function contextOf(functions: ItemFunctions): Record<string, unknown> {
	try {
		return functions.getContext('node');
	} catch {
		return {};
	}
}

function keptIn(functions: ItemFunctions): Kept {
	const context: { [KEY]?: Kept } = contextOf(functions);
	return (context[KEY] ??= {});
}

/** The tasks of this run of the node that the execution knows to have been sent. */
export function taskMemoryOf(functions: ItemFunctions, runIndex: number): TaskMemory {
	const kept = keptIn(functions);
	if (kept.runIndex !== runIndex) Object.assign(kept, { runIndex, tasks: {} });
	return new TaskMemory((kept.tasks ??= {}));
}
