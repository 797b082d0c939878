import type { INodeParameters } from 'n8n-workflow';
import { type Waiting, generateFromImage, generateFromText } from '../saved-parameters';
import { png } from '../unit/image-bytes';
import { itemsOf } from './engine';
import { NODE, errorText, run, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

/** V2.5 Turbo costs 0.21 in the sandbox, 0.35 in mode pro; for 10 s twice as much. */
const within = (
	maximumTotalCostUsd: string,
	parameters: INodeParameters = {},
	waiting: Waiting = 'none',
) =>
	generateFromText(
		{
			prompt: '=Fox {{ $itemIndex }}',
			...parameters,
			costLimits: { maximumTotalCostUsd, ...(parameters.costLimits as object) },
		},
		waiting,
	);

const three = () => itemsOf({}, {}, {});

function counts() {
	const { ledger } = sandbox.current;
	return { estimates: ledger.count('precharge'), creates: ledger.count('create') };
}

describe('A budget of the run', () => {
	it.each<Waiting>(['poll', 'callback', 'none'])(
		'lets all items through that it is enough for, and asks for one price: %s',
		async (waiting) => {
			const result = await run(sandbox.current, within('0.63', {}, waiting), { items: three() });

			expect(result.error).toBeUndefined();
			expect(counts()).toEqual({ estimates: 1, creates: 3 });
		},
	);

	it.each<Waiting>(['poll', 'callback', 'none'])(
		'keeps all of them from being submitted where it is not: %s',
		async (waiting) => {
			const text = errorText(
				await run(sandbox.current, within('0.629', {}, waiting), { items: three() }),
			);

			expect(text).toContain(
				'The estimated cost of 0.63 USD for 3 items is above the Maximum Total Cost (USD) of 0.629',
			);
			expect(text).toContain('No task was created for this item, so nothing is billed');
			expect(text).toContain('The first 2 items would fit');
			expect(counts()).toEqual({ estimates: 1, creates: 0 });
		},
	);

	it.each([
		['0.2', 'Not even the first item fits'],
		['0.21', 'The first item alone would fit'],
	])('of %s says what fits: %s', async (maximum, words) => {
		const result = await run(sandbox.current, within(maximum), { items: three() });
		expect(errorText(result)).toContain(words);
	});

	it('counts images and the prices of unlike items', async () => {
		const image = Buffer.from(png(640, 360)).toString('base64');
		const parameters = generateFromImage(
			{
				mode: '={{ $json.mode }}',
				imageSource: 'base64',
				imageBase64: image,
				costLimits: { maximumTotalCostUsd: '0.91' },
			},
			'none',
		);
		const items = itemsOf({ mode: 'std' }, { mode: 'pro' }, { mode: 'pro' });
		expect((await run(sandbox.current, parameters, { items })).error).toBeUndefined();
		expect(counts()).toEqual({ estimates: 2, creates: 3 });
	});

	it('holds for items whose concurrency is limited', async () => {
		const options = { maxConcurrentTasks: 1 };
		const parameters = within('0.5', { options }, 'poll');

		expect(errorText(await run(sandbox.current, parameters, { items: three() }))).toContain('0.63');
		expect(counts().creates).toBe(0);
	});

	it('ends every item with the same error under Continue On Fail', async () => {
		const result = await run(sandbox.current, within('0.5'), {
			items: three(),
			onError: 'continueRegularOutput',
		});

		expect(result.output(NODE).map(({ json }) => json.details)).toEqual(
			Array(3).fill({
				field: 'Maximum Total Cost (USD)',
				estimatedCost: '0.63',
				currency: 'USD',
				maximumCost: '0.5',
			}),
		);
		expect(counts().creates).toBe(0);
	});

	it('does not count an item that is refused for another reason, under Continue On Fail', async () => {
		const parameters = within('0.42', { duration: '={{ $json.seconds }}' });
		const result = await run(sandbox.current, parameters, {
			items: itemsOf({ seconds: 5 }, { seconds: 6 }, { seconds: 5 }),
			onError: 'continueRegularOutput',
		});

		expect(result.output(NODE).map(({ json }) => json.error ?? 'submitted')).toEqual([
			'submitted',
			expect.stringContaining('Duration must be one of') as string,
			'submitted',
		]);
	});

	it('is the smallest that an expression gives, and "none" binds nobody', async () => {
		const parameters = within('={{ $json.budget }}');
		const tight = itemsOf({ budget: 'none' }, { budget: '0.5' }, { budget: '9' });
		expect(errorText(await run(sandbox.current, parameters, { items: tight }))).toContain(
			'Maximum Total Cost (USD) of 0.5',
		);

		const free = itemsOf({ budget: 'none' }, { budget: 'none' });
		expect((await run(sandbox.current, parameters, { items: free })).error).toBeUndefined();
		expect(counts().creates).toBe(2);
	});

	it('that is no amount is refused before anything is sent', async () => {
		const text = errorText(await run(sandbox.current, within('cheap'), { items: three() }));

		expect(text).toContain('Maximum Total Cost (USD) must be an amount such as 0.50');
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});

describe('When a price is not known', () => {
	const noPrice = { prompt: '=Fox {{ $itemIndex }} [sandbox: no-price]' };

	it('nothing is submitted', async () => {
		const text = errorText(await run(sandbox.current, within('9', noPrice), { items: three() }));

		expect(text).toContain(
			'The cost cannot be checked against the Maximum Total Cost (USD) of 9: the service knows no price for it (COST_CACHE_MISS)',
		);
		expect(counts()).toEqual({ estimates: 1, creates: 0 });
	});

	it('everything is, where the user wants that', async () => {
		const costLimits = { whenCostUnknown: 'submit' };
		const parameters = within('0.1', { ...noPrice, costLimits });

		expect((await run(sandbox.current, parameters, { items: three() })).error).toBeUndefined();
		expect(counts().creates).toBe(3);
	});

	it('an estimate that fails counts as one', async () => {
		sandbox.current.faults = [{ on: 'precharge', kind: { status: 400 } }];
		const text = errorText(await run(sandbox.current, within('9'), { items: three() }));

		expect(text).toContain('The cost could not be estimated');
		expect(counts().creates).toBe(0);
	});
});

const dearer = {
	status: 200,
	body: { status: 'success', data: { cost: '9.99', currency: 'USD' } },
};

describe('On a retry', () => {
	it('what was created before counts as paid, even where prices have risen', async () => {
		sandbox.current.faults = [
			{ on: 'get', kind: { status: 401 }, times: 1 },
			{
				on: 'precharge',
				skip: 1,
				kind: dearer,
			},
		];
		const result = await run(sandbox.current, within('0.63', {}, 'poll'), {
			items: three(),
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});

		expect(result.error).toBeUndefined();
		expect(result.output(NODE)).toHaveLength(3);
		expect(sandbox.current.ledger.tasks).toHaveLength(3);
		expect(counts().estimates).toBe(1);
	});

	it('a create whose answer was lost is named when it does not fit', async () => {
		sandbox.current.faults = [
			{ on: 'create', kind: 'reset' },
			{ on: 'get', kind: { status: 401 } },
			{ on: 'precharge', skip: 1, kind: dearer },
		];
		const text = errorText(
			await run(sandbox.current, within('0.63', {}, 'poll'), {
				items: three(),
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(text).toContain('is above');
		expect(text).toMatch(
			/An earlier create may have reached the service .+ external task ID n8n-\w+/,
		);
	});

	it('what was refused was not paid, and has to fit like anything new', async () => {
		sandbox.current.faults = [
			{ on: 'create', kind: { status: 402 }, times: 3 },
			{ on: 'precharge', skip: 1, kind: dearer },
		];
		const text = errorText(
			await run(sandbox.current, within('0.63', {}, 'poll'), {
				items: three(),
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(text).toContain('is above');
		expect(sandbox.current.ledger.tasks).toHaveLength(0);
	});

	it('a video in place of a paid one that is gone has to fit as well', async () => {
		const parameters = within(
			'0.21',
			{
				prompt: 'Fox [sandbox: expired 410]',
				costLimits: { whenPaidVideoIsGone: 'createNew' },
			},
			'poll',
		);
		sandbox.current.faults = [
			{ on: 'get', kind: { status: 401 }, times: 1 },
			{ on: 'precharge', skip: 1, kind: dearer },
		];
		const text = errorText(
			await run(sandbox.current, parameters, {
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(text).toContain('The estimated cost of 9.99 USD for 1 item is above');
		expect(text).toMatch(
			/The video of task \w+, which was paid before, is gone\. No new one was created in its place/,
		);
		expect(counts()).toEqual({ estimates: 2, creates: 1 });
	});

	it('an item that is paid already is told so when the others do not fit', async () => {
		const hare = "'A hare ' + Math.random() + ' [sandbox: get 401 times 1]'";
		const parameters = within(
			'0.5',
			{ prompt: `={{ $itemIndex === 0 ? 'A fox' : ${hare} }}` },
			'poll',
		);
		sandbox.current.faults = [{ on: 'precharge', skip: 1, kind: dearer }];
		const text = errorText(
			await run(sandbox.current, parameters, {
				items: itemsOf({}, {}),
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(counts()).toEqual({ estimates: 2, creates: 2 });
		expect(text).toContain('The estimated cost of 9.99 USD for 2 items is above');
		expect(text).toMatch(
			/A create of this item had left before \(external task ID n8n-\w+\), and does not count/,
		);
	});

	it('an own ID of another execution counts, because nobody has looked whether it is there', async () => {
		const parameters = within('0.2', { options: { externalTaskId: 'order-1' } });
		await run(sandbox.current, { ...parameters, costLimits: {} });

		expect(errorText(await run(sandbox.current, parameters))).toContain('0.21 USD for 1 item');
		expect(counts().creates).toBe(1);
	});
});
