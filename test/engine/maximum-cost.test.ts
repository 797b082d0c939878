import { generateFromText } from '../saved-parameters';
import { itemsOf } from './engine';
import { NODE, errorText, generating, onlyItem, run, sandboxForTests, submitting } from './kirin';

const sandbox = sandboxForTests();

/** V2.5 Turbo costs 0.21 in the sandbox, 0.35 in mode pro. */
const limited = (maximumCostUsd: unknown, parameters = {}, options = {}) =>
	submitting({
		prompt: 'A fox in the snow',
		...parameters,
		costLimits: { maximumCostUsd: maximumCostUsd as string, ...options },
	});

const noPrice = { prompt: 'A fox [sandbox: no-price]' };

function created() {
	return sandbox.current.ledger.tasks.length;
}

describe('Without a maximum cost', () => {
	it.each([{}, { maximumCostUsd: 'none' }, { whenCostUnknown: 'fail' }])(
		'there is no extra request: %j',
		async (options) => {
			onlyItem(await run(sandbox.current, submitting({ prompt: 'A fox', options })));

			expect(sandbox.current.ledger.count('precharge')).toBe(0);
			expect(created()).toBe(1);
		},
	);
});

describe('An item', () => {
	it.each(['0.22', '0.21', '0.210', 0.21, '1', ' 0.5 ', '100000000000000000000'])(
		'that costs 0.21 is submitted with the maximum %j',
		async (maximum) => {
			onlyItem(await run(sandbox.current, limited(maximum)));

			expect(sandbox.current.ledger.requests.map(({ kind }) => kind)).toEqual([
				'precharge',
				'create',
			]);
		},
	);

	it.each(['0.2099999999999999999999', 0.2, '0'])(
		'that costs 0.21 is refused with the maximum %j, and nothing is created',
		async (maximum) => {
			const text = errorText(await run(sandbox.current, limited(maximum)));

			expect(text).toContain(
				`The estimated cost of 0.21 USD is above the Maximum Cost (USD) of ${maximum}`,
			);
			expect(text).toContain('No task was created for this item, so nothing is billed');
			expect(sandbox.current.ledger.requests.map(({ kind }) => kind)).toEqual(['precharge']);
		},
	);

	it('tells a workflow the estimate and the limit', async () => {
		const result = await run(sandbox.current, limited('0.3', { mode: 'pro' }), {
			onError: 'continueRegularOutput',
		});

		expect(result.output(NODE)[0]?.json.details).toEqual({
			field: 'Maximum Cost (USD)',
			model: 'kirin_v2_5_turbo_t2v',
			estimatedCost: '0.35',
			currency: 'USD',
			maximumCost: '0.3',
		});
	});

	it('that is to wait for callbacks is held against it as well', async () => {
		const text = errorText(
			await run(
				sandbox.current,
				generateFromText({ costLimits: { maximumCostUsd: '0.2' } }, 'callback'),
			),
		);

		expect(text).toContain('0.21 USD is above the Maximum Cost (USD) of 0.2');
		expect(sandbox.current.ledger.count('create')).toBe(0);
	});

	it('of Generate below the maximum becomes a video as ever', async () => {
		const item = onlyItem(
			await run(sandbox.current, generating({ costLimits: { maximumCostUsd: '0.21' } })),
		);

		expect(item.json).toMatchObject({ status: 'completed', cost: '0.21' });
		expect(item.binary).toBeDefined();
	});

	it.each<[unknown, RegExp]>([
		['', /but is empty/],
		[null, /but is empty/],
		[-1, /the number -1/],
		['0,50', /but is "0,50"/],
		['1e3', /but is "1e3"/],
		['$1', /but is "\$1"/],
		[true, /the boolean true/],
		[[1], /a list/],
	])('with the maximum %j is refused before anything is sent', async (bad, problem) => {
		const text = errorText(
			await run(sandbox.current, limited('={{ $json.bad }}'), { items: itemsOf({ bad } as never) }),
		);

		expect(text).toMatch(/^Maximum Cost \(USD\) must be an amount such as 0\.50/);
		expect(text).toMatch(problem);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('may not have a choice for unknown costs that does not exist', async () => {
		const text = errorText(await run(sandbox.current, limited('1', {}, { whenCostUnknown: 'x' })));

		expect(text).toMatch(/^When the Cost Is Unknown must be one of fail, submit/);
	});
});

describe('When the cost is unknown', () => {
	it('an item fails, unless told otherwise', async () => {
		const text = errorText(await run(sandbox.current, limited('100', noPrice)));

		expect(text).toContain('The cost cannot be checked against the Maximum Cost (USD) of 100');
		expect(text).toContain('the service knows no price for it (COST_CACHE_MISS)');
		expect(text).toContain('No task was created for this item, so nothing is billed');
		expect(text).toContain('When the Cost Is Unknown');
		expect(created()).toBe(0);
	});

	it('an item is submitted anyway, if the user wants that', async () => {
		onlyItem(await run(sandbox.current, limited('0', noPrice, { whenCostUnknown: 'submit' })));

		expect(created()).toBe(1);
	});

	it.each([
		['is in another currency', { data: { cost: '0.10', currency: 'EUR' } }, '0.10 EUR, not in USD'],
		['has no amount and no reason', { data: { cost: null } }, 'knows no price for it\n'],
	])('so it is when the estimate %s', async (_, body, words) => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 200, body } }];
		expect(errorText(await run(sandbox.current, limited('1')))).toContain(words);
		expect(created()).toBe(0);

		onlyItem(await run(sandbox.current, limited('1', {}, { whenCostUnknown: 'submit' })));
		expect(created()).toBe(1);
	});

	it('so it is when the service cannot estimate now', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 503 } }];
		const text = errorText(await run(sandbox.current, limited('1')));
		expect(text).toContain('The cost could not be estimated: the service answered with HTTP 503');
		expect(text).toContain('No task was created, so nothing is billed');
		expect(created()).toBe(0);

		onlyItem(await run(sandbox.current, limited('1', {}, { whenCostUnknown: 'submit' })));
		expect(created()).toBe(1);
	});

	it('what would be refused in any case is refused by create itself', async () => {
		const parameters = limited('1', {}, { whenCostUnknown: 'submit' });
		const text = errorText(
			await run(sandbox.current, parameters, { credential: { apiKey: 'wrong' } }),
		);

		expect(text).toContain('did not accept the API key');
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});
});

describe('In a batch', () => {
	const items = itemsOf({ m: 'std' }, { m: 'pro' }, { m: 'std' });
	const batch = limited('0.30', { mode: '={{ $json.m }}' });

	it('only the items above the maximum are refused, with Continue On Fail', async () => {
		const result = await run(sandbox.current, batch, { items, onError: 'continueRegularOutput' });
		const output = result.output(NODE).map(({ json }) => json.error ?? json.status);

		expect(output).toEqual([
			'in_progress',
			expect.stringContaining('0.35 USD is above') as string,
			'in_progress',
		]);
		expect(created()).toBe(2);
	});

	it('the error of the first tells the tasks of the others, without', async () => {
		const text = errorText(await run(sandbox.current, batch, { items }));

		expect(text).toContain('0.35 USD is above');
		expect(created()).toBe(2);
		for (const { id } of sandbox.current.ledger.tasks) expect(text).toContain(id);
	});

	it('a busy service is waited for, and no item is lost', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 429 }, times: 7 }];
		const result = await run(sandbox.current, limited('1'), { items });

		expect(result.error).toBeUndefined();
		expect(created()).toBe(3);
	});
});

describe('A task that exists is never hidden by a price that has changed', () => {
	const dearer = {
		on: 'precharge' as const,
		kind: { status: 200, body: { data: { cost: '9.99', currency: 'USD' } } },
	};

	it('on Retry On Fail', async () => {
		sandbox.current.faults = [
			{ ...dearer, skip: 1 },
			{ on: 'get', kind: { status: 401 }, times: 1 },
		];
		const item = onlyItem(
			await run(sandbox.current, generating({ costLimits: { maximumCostUsd: '0.21' } }), {
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(item.json.status).toBe('completed');
		expect(created()).toBe(1);
		expect(sandbox.current.ledger.count('precharge')).toBe(1);
	});

	it('on Retry On Fail after a create that got lost', async () => {
		sandbox.current.faults = [
			{ ...dearer, skip: 1 },
			{ on: 'create', point: 'after', kind: 'reset', times: 1 },
			{ on: 'get', kind: { status: 401 }, times: 1 },
		];
		const item = onlyItem(
			await run(sandbox.current, generating({ costLimits: { maximumCostUsd: '0.21' } }), {
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(item.json.status).toBe('completed');
		expect(created()).toBe(1);
	});

	it('under an external task ID of the user, in a later execution', async () => {
		const parameters = limited('0.21', { options: { externalTaskId: 'order-7' } });
		const first = onlyItem(await run(sandbox.current, parameters));
		sandbox.current.faults = [dearer];
		const second = onlyItem(await run(sandbox.current, parameters));

		expect(second.json.taskId).toBe(first.json.taskId);
		expect(created()).toBe(1);
	});

	it('but where there is none, nothing is created', async () => {
		sandbox.current.faults = [dearer];
		const text = errorText(
			await run(sandbox.current, limited('0.21', { options: { externalTaskId: 'order-8' } })),
		);

		expect(text).toContain('9.99 USD is above');
		expect(created()).toBe(0);
		expect(sandbox.current.ledger.count('create')).toBe(0);
	});
});
