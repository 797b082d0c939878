import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import { systemClock, throwIfStopped } from '../api/clock';
import { TaskError } from '../api/taskError';
import type { Batch } from './batch';
import type { ItemFunctions } from './item';

/** Returns an input error instead of throwing it, because the batch must know of it before any item begins. */
export async function errorAsValue<T>(
	read: () => Promise<T>,
	signal: AbortSignal | undefined,
): Promise<T | TaskError> {
	try {
		return await read();
	} catch (error) {
		throwIfStopped(signal);
		if (error instanceof TaskError) return error;
		return new TaskError(
			error instanceof Error ? error.message : String(error),
			'Nothing was submitted for this item, so nothing is billed. Correct the parameter and run again.',
		);
	}
}

/**
 * Without Continue On Fail a single bad item fails the run, and n8n drops what the others produce. So
 * that nothing is paid for in vain, no item begins before all have been checked.
 *
 * @returns false when this item must not begin, because another item's error will end the run
 */
export async function mayBegin(functions: ItemFunctions, batch: Batch): Promise<boolean> {
	// n8n prepares all items at once; when this resumes, each of them has joined the batch or failed to.
	await systemClock.sleep(0);
	if (!functions.continueOnFail()) {
		await batch.allChecked();
		if (batch.hasRefused()) return false;
	}
	const isAbsent = (itemIndex: number) => expressionFails(functions, itemIndex);
	batch.absent ??= batch.missing().filter(isAbsent).length;
	return functions.continueOnFail() || batch.absent === 0;
}

/** n8n evaluates every expression of an item before it calls the node; one that throws ends the whole run. */
function expressionFails(functions: ItemFunctions, itemIndex: number): boolean {
	return expressionsIn(functions.getNode().parameters).some((expression) => {
		try {
			functions.evaluateExpression(expression, itemIndex);
			return false;
		} catch {
			return true;
		}
	});
}

function expressionsIn(value: INodeParameters | NodeParameterValueType): string[] {
	if (typeof value === 'string') return value.startsWith('=') ? [value.slice(1)] : [];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap((nested: NodeParameterValueType) => expressionsIn(nested));
}
