import type { IDataObject } from 'n8n-workflow';
import type { Api } from '../api/client';
import type { Answer } from '../api/answer';
import type { Clock } from '../api/clock';
import { decimalText, isAmount } from '../api/decimal';
import { type OnBusy, type Outcome, READ_POLICY, retry } from '../api/retry';
import { defined, excerpt, number, record, text } from '../api/untrusted';
import { type TaskRequest, estimateBody } from '../request/buildRequest';
import { withImages } from '../request/requestImages';
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
	return defined({
		cost,
		currency: currencyIn(text(stated?.currency)?.trim()),
		discount: cost === undefined ? undefined : number(stated?.discount),
		sampleCount: cost === undefined ? undefined : number(stated?.sample_count),
		originalModel: wordIn(stated?.original_model),
		billingModel: wordIn(stated?.billing_model),
		updatedAt: epochMs(stated?.updated_at),
		hash: wordIn(stated?.hash),
		reason: cost === undefined ? reasonIn(stated, layers) : undefined,
		raw,
	});
}

const MAX_WORD_CHARACTERS = 128;

function wordIn(value: unknown): string | undefined {
	const word = text(value);
	return word === undefined ? undefined : excerpt(word, MAX_WORD_CHARACTERS);
}

const MAX_CURRENCY_CHARACTERS = 20;
const MAX_REASON_CHARACTERS = 1_000;

function reasonIn(
	stated: Record<string, unknown> | undefined,
	layers: Array<Record<string, unknown>>,
): string | undefined {
	const reason = text(stated?.reason, ...layers.map(messageOf));
	return reason === undefined ? undefined : excerpt(reason, MAX_REASON_CHARACTERS);
}

/** ISO codes have three letters. */
function currencyIn(stated: string = CURRENCY): string {
	return /^[a-z]{3}$/i.test(stated)
		? stated.toUpperCase()
		: excerpt(stated, MAX_CURRENCY_CHARACTERS);
}

function messageOf(layer: Record<string, unknown>): unknown {
	return layer.message;
}

/** An estimate as the JSON of an item, also where no price is known. */
export function simplifyEstimate(
	{ cost, currency, discount, sampleCount, reason, ...more }: Estimate,
	{ model, params }: TaskRequest,
): IDataObject {
	const { originalModel, billingModel, updatedAt, hash } = more;
	const details: IDataObject = defined({
		originalModel,
		billingModel,
		updatedAt: updatedAt === undefined ? undefined : new Date(updatedAt).toISOString(),
		hash,
	});
	return defined({
		known: cost !== undefined,
		cost,
		currency: cost === undefined ? undefined : currency,
		discount,
		sampleCount,
		reason,
		model: model.id,
		mode: params.mode,
		duration: params.duration,
		details: Object.keys(details).length > 0 ? details : undefined,
	});
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
