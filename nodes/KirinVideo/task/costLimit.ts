import { isAbove } from '../api/decimal';
import type { Outcome } from '../api/retry';
import type { TaskError } from '../api/taskError';
import { excerpt } from '../api/untrusted';
import type { TaskRequest } from '../request/buildRequest';
import { costAboveMaximum, costUnknown, estimateFailed } from './errors';
import { type Estimate, type EstimateOptions, estimate } from './estimate';

/** The most that one task may cost. */
export interface CostLimit {
	/** The limit's name as the editor shows it. */
	field: string;
	/** Exact decimal string in USD. */
	maximum: string;
	/** What to do with an item when there is no estimate in USD. */
	whenUnknown: 'fail' | 'submit';
}

/**
 * Estimates the cost of a request and compares it with the limit.
 *
 * @returns why the item may not be submitted, if so: its estimate is above the limit, or there is none
 *   and the user does not want such items submitted
 * @throws Stopped when the signal aborts
 */
export async function objectionByLimit(
	request: TaskRequest,
	limit: CostLimit,
	options: EstimateOptions,
): Promise<TaskError | undefined> {
	const estimated = await estimate(request, options);
	const cost = costOf(estimated);
	if (cost === undefined) return objectionToUnknown(estimated, request, limit);
	const held = { ...limit, model: request.model.id };
	return isAbove(cost, limit.maximum) ? costAboveMaximum(cost, held) : undefined;
}

/** The cost in USD; undefined when the service gives none in USD. */
export function costOf(estimated: Outcome<Estimate>): string | undefined {
	return 'value' in estimated && estimated.value.currency === 'USD'
		? estimated.value.cost
		: undefined;
}

/** Why an item without a known price may not be submitted, if so. */
export function objectionToUnknown(
	estimated: Outcome<Estimate>,
	request: TaskRequest,
	limit: CostLimit,
): TaskError | undefined {
	// Submitted anyway: if the key or a parameter is refused, the create's own error says so.
	if (limit.whenUnknown === 'submit') return undefined;
	return 'value' in estimated
		? costUnknown(whyUnknown(estimated.value), { ...limit, model: request.model.id })
		: estimateFailed(estimated.answer, estimated.kind, request.model);
}

const MAX_REASON_CHARACTERS = 100;

function whyUnknown({ cost, currency, reason }: Estimate): string {
	if (cost !== undefined) return `the estimate is ${cost} ${excerpt(currency, 10)}, not in USD`;
	const said = reason ? ` (${excerpt(reason, MAX_REASON_CHARACTERS)})` : '';
	return `the service knows no price for it${said}`;
}
