import type { IdempotencyKey } from '../task/submit';
import type { Batch } from './batch';
import { batchKeyOf, taskMemoryOf } from './executionMemory';
import type { ItemFunctions } from './item';

/**
 * What tells the tasks of an item from all others, but for which of its videos they are. What concerns the
 * whole batch is worked out once.
 */
export function idempotencyKeyOf(
	functions: ItemFunctions,
	batch: Batch,
): Omit<IdempotencyKey, 'videoIndex'> {
	const itemIndex = functions.getItemIndex();
	batch.idempotencyKey ??= {
		batchKey: batchKeyOf(functions),
		nodeId: functions.getNode().id || functions.getNode().name,
		runIndex: Number(functions.evaluateExpression('{{ $runIndex }}', itemIndex)),
	};
	batch.memory ??= taskMemoryOf(functions, batch.idempotencyKey.runIndex);
	return { ...batch.idempotencyKey, itemIndex };
}
