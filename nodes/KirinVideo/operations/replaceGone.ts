import { VideoGone } from '../api/taskError';
import type { Item, Output } from '../batch/item';
import { paidVideoGone } from '../task/errors';
import type { CreateInput } from './create';

/**
 * Makes a video. Where an adopted one is gone and the user wants it, makes a new one in its place.
 *
 * @param make is given the external task IDs whose videos are gone
 */
export async function replacingGone(
	item: Item,
	input: Pick<CreateInput, 'whenPaidVideoIsGone'>,
	make: (gone: ReadonlySet<string>) => Promise<Output>,
): Promise<Output> {
	const gone = new Set<string>();
	for (;;) {
		const outcome = await make(gone).catch((error: unknown) => {
			if (error instanceof VideoGone && item.batchItem.adopted) return error;
			throw error;
		});
		if (!(outcome instanceof VideoGone)) return outcome;
		const { externalTaskId = '' } = outcome.details;
		if (!mayReplace(item, input) || gone.has(externalTaskId)) throw paidVideoGone(outcome);
		gone.add(externalTaskId);
	}
}

/** Only an adopted task: one that was made just now has not expired. */
export function mayReplace(
	{ batchItem }: Item,
	{ whenPaidVideoIsGone }: Pick<CreateInput, 'whenPaidVideoIsGone'>,
): boolean {
	return batchItem.adopted === true && whenPaidVideoIsGone === 'createNew';
}
