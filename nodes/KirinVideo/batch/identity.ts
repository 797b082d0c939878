import type { SubmitIdentity } from '../task/submit';
import type { Run } from './batch';
import { batchKeyOf, taskMemoryOf } from './executionMemory';
import type { ItemFunctions } from './item';

/**
 * What tells the tasks of an item from all others, but for which of its videos they are. What concerns the
 * whole batch is worked out once.
 */
export function identityOf(functions: ItemFunctions, run: Run): Omit<SubmitIdentity, 'videoIndex'> {
	const itemIndex = functions.getItemIndex();
	run.identity ??= {
		batchKey: batchKeyOf(functions),
		nodeId: functions.getNode().id || functions.getNode().name,
		runIndex: Number(functions.evaluateExpression('{{ $runIndex }}', itemIndex)),
	};
	run.memory ??= taskMemoryOf(functions, run.identity.runIndex);
	return { ...run.identity, itemIndex };
}
