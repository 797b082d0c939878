import {
	NodeOperationError,
	type IExecutePaginationFunctions,
	type INodeExecutionData,
	type INodeType,
} from 'n8n-workflow';
import { describeSince } from './describe-since';
import { itemsOf, runAsTool, runWorkflow, startWorkflow, workflowWith } from './engine';
import type { WorkflowOptions } from './engine';
import { EngineNodeTypes } from './node-types';
import { TinyApi } from './tiny-node';
import { startTinyServer } from './tiny-server';

// What the design builds on and n8n does not document. A change here is news for the node's author.

const TYPE = 'n8n-nodes-kirin-video.fact';

type ItemFunction = (this: IExecutePaginationFunctions) => Promise<INodeExecutionData[]>;

function factNode(perItem: ItemFunction, rest: Partial<INodeType> = {}): INodeType {
	return {
		description: {
			displayName: 'Fact',
			name: 'fact',
			group: ['transform'],
			version: 1,
			description: 'Does what the test says',
			defaults: { name: 'Fact' },
			inputs: ['main'],
			outputs: ['main'],
			usableAsTool: true,
			credentials: [{ name: 'tinyApi' }],
			requestDefaults: {},
			properties: [
				{ displayName: 'Resource', name: 'resource', type: 'string', default: 'fact' },
				{
					displayName: 'Operation',
					name: 'operation',
					type: 'string',
					default: 'check',
					routing: { send: { paginate: true }, operations: { pagination: perItem } },
				},
			],
		},
		...rest,
	};
}

function runOf(perItem: ItemFunction, options: WorkflowOptions = {}) {
	const items = itemsOf({ n: 0 }, { n: 1 }, { n: 2 });
	return {
		nodes: [factNode(perItem)],
		workflow: workflowWith({}, { name: 'Fact', type: TYPE, credentials: [], items, ...options }),
	};
}

const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 5 };

async function untilStopped(this: IExecutePaginationFunctions): Promise<void> {
	const signal = this.getExecutionCancelSignal();
	if (signal?.aborted) return;
	await new Promise((done) => signal?.addEventListener('abort', done));
}

describe('after Stop', () => {
	it.each([
		['throws', 3],
		['returns nothing', 1],
	])('a retrying node that %s is run %i times', async (what, runs) => {
		let calls = 0;
		const items = itemsOf({});
		const { promise, stop } = await startWorkflow(
			runOf(
				async function () {
					calls++;
					await untilStopped.call(this);
					if (what === 'throws') throw new NodeOperationError(this.getNode(), 'Stopped');
					return [];
				},
				{ ...retrying, items },
			),
		);
		while (calls === 0) await new Promise((done) => setTimeout(done, 5));
		stop();

		expect((await promise).status).toBe('canceled');
		expect(calls).toBe(runs);
	});
});

describe('Retry On Fail', () => {
	it('does not retry a declarative node that continues on errors', async () => {
		let calls = 0;
		await runWorkflow(
			runOf(
				async function () {
					await Promise.resolve();
					calls++;
					throw new NodeOperationError(this.getNode(), 'No');
				},
				{ ...retrying, onError: 'continueRegularOutput', items: itemsOf({}) },
			),
		);

		expect(calls).toBe(1);
	});
});

/** Of three items the second fails, as a node may tell it. */
async function runWithErrorOutput(tell: (item: number) => INodeExecutionData) {
	return await runWorkflow(
		runOf(
			async function () {
				await Promise.resolve();
				const item = this.getItemIndex();
				return [item === 1 ? tell(item) : { ...tell(item), json: {} }];
			},
			{ onError: 'continueErrorOutput', after: { n: "={{ $('Start').item.json.n }}" } },
		),
	);
}

const failed = { error: 'No', details: { taskId: 't-1' } };

describeSince('2.36.0', 'an item with an error and its details goes to the error output', () => {
	it('with its input, if the node names its origin', async () => {
		const { output } = await runWithErrorOutput((item) => ({
			json: { ...failed },
			pairedItem: { item },
		}));

		expect(output('After').map(({ json }) => json)).toEqual([{ n: 0 }, { n: 2 }]);
		expect(output('Failed').map(({ json }) => json)).toEqual([{ n: 1, ...failed }]);
	});

	it('without it, if the node does not', async () => {
		const { error, output } = await runWithErrorOutput(() => ({ json: { ...failed } }));

		expect(error?.message).toContain('Paired item data');
		expect(output('Fact', 1).map(({ json }) => json)).toEqual([failed]);
	});
});

describe('an item that carries an error goes to the error output', () => {
	const telling = (enumerable: boolean) => (item: number) =>
		Object.defineProperty(
			{ json: { ...failed }, pairedItem: { item } },
			'error',
			item === 1 ? { value: new Error('No'), enumerable } : {},
		);

	it.each([
		['its input and its whole JSON', false, { n: 1, ...failed }],
		['the message only', true, { error: 'No' }],
	])('with %s, if it is enumerable: %s', async (_, enumerable, json) => {
		const { output } = await runWithErrorOutput(telling(enumerable));

		expect(output('Fact').map((item) => item.json)).toEqual([{}, {}]);
		expect(output('Fact', 1).map((item) => item.json)).toEqual([json]);
	});
});

describe('a 401', () => {
	it.each([
		[{}, 2],
		[{ ignoreHttpStatusErrors: true }, 1],
	])('to a request with %j is answered by sending it %i times', async (options, times) => {
		const server = await startTinyServer();
		await runWorkflow({
			...runOf(
				async function () {
					const request = { url: `${server.url}/me`, ...options };
					await this.helpers.httpRequestWithAuthentication.call(this, 'tinyApi', request);
					return [];
				},
				{ credentials: ['tinyApi'], items: itemsOf({}) },
			),
			credentialTypes: [new TinyApi()],
			credentials: { tinyApi: { apiKey: 'wrong' } },
		});
		await server.close();

		expect(server.requests).toHaveLength(times);
	});
});

describe('a declarative node', () => {
	const propertiesOf = (node: INodeType) =>
		new EngineNodeTypes([node])
			.getByNameAndVersion(TYPE)
			.description.properties.map(({ name }) => name);

	it('has Request Options, unless it has a webhook', () => {
		const nothing = () => Promise.resolve([]);

		expect(propertiesOf(factNode(nothing))).toContain('requestOptions');
		expect(propertiesOf(factNode(nothing, { webhook: () => Promise.resolve({}) }))).not.toContain(
			'requestOptions',
		);
	});

	it.each([
		[true, 'custom operation'],
		[false, 'routing'],
	])('as a tool called through the engine (%s) uses its %s', async (throughEngine, way) => {
		const { answer } = await runAsTool({
			nodes: [
				factNode(() => Promise.resolve([{ json: { way: 'routing' } }]), {
					customOperations: {
						fact: { check: () => Promise.resolve([[{ json: { way: 'custom operation' } }]]) },
					},
				}),
			],
			name: 'Fact',
			type: TYPE,
			parameters: {},
			call: {},
			throughEngine,
		});

		expect(answer).toEqual([{ way }]);
	});
});
