import { VideoGone } from '../api/taskError';
import type { Item, Output } from '../batch/item';
import type { SettleInput } from '../fields/settleFields';
import { kindOf } from '../request/buildRequest';
import { paidVideoGone } from '../task/errors';
import { type CreateInput, create } from './create';
import { settle, withVideo } from './settle';

/** Submit, poll, download. */
export async function produce(item: Item, input: CreateInput & SettleInput): Promise<Output> {
	const { maximumWaitMs } = input.schedule;
	return await replacingGone(item, input, async (gone) => {
		const ended = await create(
			item,
			{ ...input, gone },
			maximumWaitMs,
			async (submitted, since) => {
				const { task, externalTaskId, adopted } = submitted;
				const ids = { taskId: task.taskId, externalTaskId };
				// Of an adopted task nobody knows when it began, so there is nothing to learn from it.
				const kind = adopted ? undefined : kindOf(input.request);
				return await settle(item, input, { ids, task, kind, since });
			},
		);
		return await withVideo(item, ended, input, mayReplace(item, input));
	});
}

/**
 * Makes a video and, where the one that is adopted is gone and the user wants that, a new one in its place.
 *
 * @param make gets the external task IDs whose videos are gone
 */
export async function replacingGone(
	item: Item,
	input: Pick<CreateInput, 'whenPaidVideoIsGone'>,
	make: (gone: ReadonlySet<string>) => Promise<Output>,
): Promise<Output> {
	const gone = new Set<string>();
	for (;;) {
		const outcome = await make(gone).catch((error: unknown) => {
			if (error instanceof VideoGone && item.member.adopted) return error;
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
	{ member }: Item,
	{ whenPaidVideoIsGone }: Pick<CreateInput, 'whenPaidVideoIsGone'>,
): boolean {
	return member.adopted === true && whenPaidVideoIsGone === 'createNew';
}
