import type { Api } from '../api/client';
import type { Answer } from '../api/answer';
import type { Clock } from '../api/clock';
import { decimalText, isAbove, isAmount } from '../api/decimal';
import { type OnBusy, type Outcome, READ_POLICY, retry } from '../api/retry';
import type { TaskError } from '../api/taskError';
import { cut, defined, excerpt, number, record, text } from '../api/untrusted';
import { type TaskRequest, estimateBody } from '../request/buildRequest';
import { withImages } from '../request/requestImages';
import { costAboveMaximum, costUnknown, estimateFailed } from './errors';
import { epochMs } from './task';

/** The price of a task before it is created (reference: "Transport", precharge). */

export interface Estimate {
	/** Exact decimal string; undefined when the service knows no price. */
	cost?: string;
	/** ISO codes in capitals; anything else, such as "credit", as the service spells it. */
	currency: string;
	discount?: number;
	/** How many tasks of before the price rests on. */
	sampleCount?: number;
	/** The models that it was reckoned by, where the service names others. */
	originalModel?: string;
	billingModel?: string;
	/** Milliseconds since the epoch: when the price was last brought up to date. */
	updatedAt?: number;
	/** The service's digest of the parameters. */
	hash?: string;
	/** The service's word for why it knows no price. */
	reason?: string;
	/** The answer exactly as the service sent it. */
	raw: Record<string, unknown>;
}

/** Every price of the API is in USD (both seed pages: "Total cost in USD"), so one without a currency is. */
const CURRENCY = 'USD';

const FAILED = ['failed', 'fail', 'error'];

/** The estimate lies in `data`, and the gateway's envelope may lie around that. */
const MAX_LAYERS = 3;

/** @returns undefined when `body` tells neither a price nor that there is none */
export function readEstimate(body: unknown): Estimate | undefined {
	const layers: Array<Record<string, unknown>> = [];
	for (let next = record(body); next && layers.length < MAX_LAYERS; next = record(next.data)) {
		layers.push(next);
	}
	const [raw] = layers;
	const stated = layers.find((layer) => 'cost' in layer || 'reason' in layer);
	const hasFailed = layers.some(({ status }) =>
		FAILED.includes(text(status)?.trim().toLowerCase() ?? ''),
	);
	if (!raw || (!stated && !hasFailed)) return undefined;

	const spelled = decimalText(stated?.cost)?.trim();
	const cost = !hasFailed && isAmount(spelled) ? spelled : undefined;
	const reason = text(stated?.reason, ...layers.map(({ message }) => message));
	return defined({
		cost,
		currency: currencyIn(text(stated?.currency)?.trim()),
		discount: cost === undefined ? undefined : number(stated?.discount),
		sampleCount: cost === undefined ? undefined : number(stated?.sample_count),
		originalModel: cut(text(stated?.original_model), MAX_WORD_CHARACTERS),
		billingModel: cut(text(stated?.billing_model), MAX_WORD_CHARACTERS),
		updatedAt: epochMs(stated?.updated_at),
		hash: cut(text(stated?.hash), MAX_WORD_CHARACTERS),
		reason: cost === undefined ? cut(reason, MAX_REASON_CHARACTERS) : undefined,
		raw,
	});
}

const MAX_WORD_CHARACTERS = 128;

const MAX_CURRENCY_CHARACTERS = 20;
const MAX_REASON_CHARACTERS = 1_000;

/** ISO codes have three letters. */
function currencyIn(stated: string = CURRENCY): string {
	return /^[a-z]{3}$/i.test(stated)
		? stated.toUpperCase()
		: excerpt(stated, MAX_CURRENCY_CHARACTERS);
}

/** What an estimate needs. */
export interface EstimateOptions {
	api: Api;
	clock: Clock;
	signal?: AbortSignal;
	onBusy: OnBusy;
}

/** Requests the price. It creates nothing, so transient errors are retried. */
export async function estimate(
	request: TaskRequest,
	{ api, clock, signal, onBusy }: EstimateOptions,
): Promise<Outcome<Estimate>> {
	const send = async () =>
		await withImages(
			request,
			async (whole) =>
				await api.call({
					method: 'POST',
					path: '/model/v1/generation/precharge',
					body: estimateBody(whole),
				}),
		);
	return await retry(send, estimateOf, READ_POLICY, { clock, signal, onBusy });
}

function estimateOf(answer: Answer): Estimate | undefined {
	return answer.kind === 'response' && answer.status >= 200 && answer.status < 300
		? readEstimate(answer.body)
		: undefined;
}

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

const MAX_SHOWN_CHARACTERS = 100;

function whyUnknown({ cost, currency, reason }: Estimate): string {
	if (cost !== undefined) return `the estimate is ${cost} ${excerpt(currency, 10)}, not in USD`;
	const said = reason ? ` (${excerpt(reason, MAX_SHOWN_CHARACTERS)})` : '';
	return `the service knows no price for it${said}`;
}
