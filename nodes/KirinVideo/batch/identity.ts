import type { SubmitIdentity } from '../task/submit';
import type { Run } from './batch';
import { batchKeyOf, taskMemoryOf } from './executionMemory';
import type { ItemFunctions } from './item';

/** What tells the tasks of an item from all others. What concerns the whole batch is worked out once. */
export function identityOf(functions: ItemFunctions, run: Run): SubmitIdentity {
	const itemIndex = functions.getItemIndex();
	run.identity ??= {
		batchKey: batchKeyOf(functions),
		nodeId: functions.getNode().id || functions.getNode().name,
		runIndex: Number(functions.evaluateExpression('{{ $runIndex }}', itemIndex)),
	};
	run.memory ??= taskMemoryOf(functions, run.identity.runIndex);
	return { ...run.identity, itemIndex, videoIndex: 0 };
}
