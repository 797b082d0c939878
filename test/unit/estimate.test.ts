import * as fc from 'fast-check';
import { simplifyEstimate } from '../../nodes/KirinVideo/output/itemJson';
import { buildRequest, estimateBody } from '../../nodes/KirinVideo/request/buildRequest';
import { readEstimate } from '../../nodes/KirinVideo/task/estimate';
import { reading } from './item-parameters';

describe('An estimate', () => {
	const data = { cost: '0.035', currency: 'USD', discount: 0.7 };

	it.each<[string, unknown]>([
		['as the reference shows it', { status: 'success', data }],
		['without an envelope', data],
		['in the envelope of a task', { data, status: { code: 200, message: 'success' } }],
		['in both envelopes', { data: { status: 'success', data }, status: { code: 200 } }],
		['with the cost as a number', { status: 'success', data: { ...data, cost: 0.035 } }],
		['without a currency', { status: 'success', data: { cost: '0.035', discount: 0.7 } }],
		['in small letters', { status: 'SUCCESS', data: { ...data, currency: ' usd ' } }],
		['with spaces', { data: { ...data, cost: ' 0.035 ' } }],
	])('is read %s', (_, body) => {
		expect(readEstimate(body)).toEqual({ ...data, raw: body });
	});

	it('in another currency keeps it', () => {
		expect(readEstimate({ data: { cost: '3', currency: 'eur' } })).toMatchObject({
			cost: '3',
			currency: 'EUR',
		});
	});

	it('may be in credits, and tells how many tasks it rests on', () => {
		const body = { data: { cost: 12, currency: 'credit', sample_count: 40, updated_at: 1 } };
		expect(readEstimate(body)).toEqual({
			cost: '12',
			currency: 'credit',
			sampleCount: 40,
			updatedAt: 1_000,
			raw: body,
		});
	});

	it.each<[string, unknown, string | undefined]>([
		[
			'as the reference shows it',
			{ status: 'failed', data: { cost: null, reason: 'COST_CACHE_MISS' } },
			'COST_CACHE_MISS',
		],
		['without an envelope', { cost: null, reason: 'NO_PRICE' }, 'NO_PRICE'],
		['with a reason alone', { data: { reason: 'NO_PRICE' } }, 'NO_PRICE'],
		['without a reason', { status: 'success', data: { cost: null } }, undefined],
		['with words in place of a reason', { status: 'Failed', message: 'no price' }, 'no price'],
		['as a failure with nothing in it', { status: 'failed', data: null }, undefined],
		['as a failure that names a cost', { status: 'failed', data: { cost: '0.2' } }, undefined],
		['with a cost that is no amount', { data: { cost: 'on request' } }, undefined],
		['with a cost below nothing', { data: { cost: -1 } }, undefined],
		['with a cost that is an object', { data: { cost: { amount: 1 } } }, undefined],
	])('may say that there is none, %s', (_, body, reason) => {
		const estimate = readEstimate(body);
		expect(estimate).toMatchObject({ raw: body });
		expect(estimate).not.toHaveProperty('cost');
		expect(estimate?.reason).toBe(reason);
	});

	it.each<[unknown]>([
		[undefined],
		[null],
		['0.35'],
		[[]],
		[{}],
		[{ id: 'a', status: 'in_progress' }],
		[{ status: { code: 402, message: 'Insufficient credits' }, data: null }],
	])('is not %j', (body) => {
		expect(readEstimate(body)).toBeUndefined();
	});

	it('is never read with a cost that is no amount', () => {
		const json = fc.jsonValue() as fc.Arbitrary<unknown>;
		fc.assert(
			fc.property(fc.record({ status: json, data: fc.record({ cost: json }) }), (body) => {
				expect(readEstimate(body)?.cost ?? '0').toMatch(/^\d+(\.\d+)?$/);
			}),
		);
	});
});

describe('The item of an estimate', () => {
	const request = buildRequest(reading({ prompt: 'A kirin', mode: 'pro', duration: '10' }));
	const about = { model: 'kirin_v2_5_turbo_t2v', mode: 'pro', duration: '10' };

	it('has the cost, and what it is the cost of', () => {
		const estimate = { cost: '0.70', currency: 'USD', discount: 0.7, raw: {} };
		expect(simplifyEstimate(estimate, request)).toEqual({
			known: true,
			cost: '0.70',
			currency: 'USD',
			discount: 0.7,
			...about,
		});
	});

	it('says that no price is known, and why', () => {
		const estimate = { currency: 'USD', reason: 'COST_CACHE_MISS', raw: {} };
		expect(simplifyEstimate(estimate, request)).toEqual({
			known: false,
			reason: 'COST_CACHE_MISS',
			...about,
		});
	});

	it('is asked for with what has a price, and nothing that leads to a task', () => {
		const values = {
			prompt: 'A kirin',
			'options.callbackUrl': 'https://example.com/hook',
			'options.externalTaskId': 'order-7',
		};
		expect(estimateBody(buildRequest(reading(values)))).toEqual({
			model: 'kirin_v2_5_turbo_t2v',
			input: [{ params: { prompt: 'A kirin', mode: 'std', duration: '5', aspect_ratio: '16:9' } }],
		});
	});
});
