import type { IDataObject } from 'n8n-workflow';
import { itemsOf } from './engine';
import { KEY, NODE, errorText, onTask, onlyItem, run, sandboxForTests, submitting } from './kirin';

const sandbox = sandboxForTests();

const estimating = (parameters = {}) =>
	onTask('estimateCost', { prompt: 'A fox in the snow', ...parameters });

/** The service answers precharge with this body. */
function answers(body: IDataObject, status = 200, times?: number) {
	const fault = { on: 'precharge' as const, kind: { status, body } };
	sandbox.current.faults = [{ ...fault, ...(times !== undefined && { times }) }];
}

function createdNothing() {
	expect(sandbox.current.ledger.tasks).toEqual([]);
	expect(sandbox.current.ledger.count('create')).toBe(0);
}

describe('Estimate Cost', () => {
	it('gives the exact price and creates nothing', async () => {
		const parameters = estimating({ mode: 'pro', duration: '10' });
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(item.json).toEqual({
			known: true,
			cost: '0.70',
			currency: 'USD',
			discount: 0.7,
			sampleCount: expect.any(Number) as number,
			model: 'kirin_v2_5_turbo_t2v',
			mode: 'pro',
			duration: '10',
			details: {
				originalModel: 'kirin_v2_5_turbo_t2v',
				billingModel: 'kirin_v2_5_turbo_t2v',
				updatedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
				hash: expect.stringMatching(/^v1:[0-9a-f]{64}$/) as string,
			},
		});
		expect(sandbox.current.ledger.count('precharge')).toBe(1);
		createdNothing();
	});

	it('is the price that the task then has', async () => {
		const parameters = { prompt: 'A fox', model: 'kirin_v2_master_t2v', duration: '10' };
		const { json } = onlyItem(await run(sandbox.current, estimating(parameters)));
		await run(sandbox.current, submitting(parameters));

		expect(json.cost).toBe(sandbox.current.ledger.tasks[0]?.cost);
		expect(json).not.toHaveProperty('mode');
	});

	it('takes a price that is not known as an answer', async () => {
		const parameters = estimating({ prompt: 'A fox [sandbox: no-price]' });
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(item.json).toMatchObject({ known: false, reason: 'COST_CACHE_MISS' });
		expect(item.json).not.toHaveProperty('cost');
	});

	it('gives what the service sent when the output is raw', async () => {
		const item = onlyItem(await run(sandbox.current, estimating({ output: { simplify: false } })));

		expect(item.json).toMatchObject({
			status: 'success',
			data: { cost: '0.21', currency: 'USD', discount: 0.7, sample_count: 4 },
		});
	});

	it('ignores options that only a task has', async () => {
		const options = { callbackUrl: 'not a URL', externalTaskId: 'a b', negativePrompt: 'rain' };
		onlyItem(await run(sandbox.current, estimating({ options })));

		const [request] = sandbox.current.ledger.requests;
		expect(request?.body).toEqual({
			model: 'kirin_v2_5_turbo_t2v',
			input: [
				{
					params: {
						prompt: 'A fox in the snow',
						mode: 'std',
						duration: '5',
						aspect_ratio: '16:9',
						negative_prompt: 'rain',
					},
				},
			],
		});
	});

	it('gives each of many items its own price, in order', async () => {
		const items = itemsOf(...Array.from({ length: 30 }, (_, n) => ({ d: n % 2 ? '10' : '5' })));
		const result = await run(sandbox.current, estimating({ duration: '={{ $json.d }}' }), {
			items,
		});

		expect(result.output(NODE).map(({ json }) => json.cost)).toEqual(
			items.map(({ json }) => (json.d === '10' ? '0.42' : '0.21')),
		);
		createdNothing();
	});

	it('waits for a busy service, and loses no item', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 429 }, times: 8 }];
		const result = await run(sandbox.current, estimating(), { items: itemsOf({}, {}, {}) });

		expect(result.error).toBeUndefined();
		expect(result.output(NODE).map(({ json }) => json.known)).toEqual([true, true, true]);
	});

	it('asks again when the service stumbles, and gives up in the end', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 502 }, times: 3 }];
		onlyItem(await run(sandbox.current, estimating()));
		expect(sandbox.current.ledger.count('precharge')).toBe(4);

		sandbox.current.faults = [{ on: 'precharge', kind: { status: 502 } }];
		const text = errorText(await run(sandbox.current, estimating()));
		expect(text).toContain('The cost could not be estimated: the service answered with HTTP 502');
		expect(text).toContain('nothing is billed');
	});

	it('says what an answer is not that tells no price', async () => {
		answers({ hello: 'world' });
		expect(errorText(await run(sandbox.current, estimating()))).toContain(
			'the service answered with something that is not an estimate',
		);
	});

	it.each([
		[400, 'refused a parameter', "The model's rules: https://doc.vtrix.ai"],
		[401, 'did not accept the API key', 'Check the key'],
		[402, 'refused the request for lack of credit', 'Top up'],
		[404, 'does not know this address', 'Check the base URL'],
	])('that is refused with HTTP %i says so at once', async (status, what, next) => {
		answers({ error: { code: 'NO', message: `not with ${KEY}` } }, status);
		const text = errorText(await run(sandbox.current, estimating()));

		expect(text).toContain(`The cost could not be estimated: The service ${what}`);
		expect(text).toContain(next);
		expect(text).not.toContain(KEY);
		expect(sandbox.current.ledger.count('precharge')).toBe(1);
	});

	it('refuses bad input before anything is sent', async () => {
		const text = errorText(await run(sandbox.current, estimating({ duration: '7' })));

		expect(text).toContain('Duration must be one of 5, 10');
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('gives up on a service that stays busy', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 429, retryAfter: 700 } }];
		expect(errorText(await run(sandbox.current, estimating()))).toContain('HTTP 429');
	});
});
