import { createHash } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { generateFromText } from '../saved-parameters';
import { describeSince } from './describe-since';
import { callResumeUrl, itemsOf, runWorkflow } from './engine';
import {
	type KirinOptions,
	NODE,
	errorText,
	generating,
	onlyItem,
	run,
	runOptions,
	sandboxForTests,
	until,
} from './kirin';
import { retryCrashed, retryExecution } from './retrying';
import type { EngineRun } from './execution';

/** What n8n's Retry in the list of executions costs. */

const sandbox = sandboxForTests();
const three = itemsOf({ p: 'one' }, { p: 'two' }, { p: 'three' });
const each: INodeParameters = generating({ prompt: '={{ $json.p }}' });

/** Started by a trigger: what is started by hand is seldom retried. */
const asUsual = (options: KirinOptions = {}): KirinOptions => ({
	...options,
	run: { mode: 'trigger', ...options.run },
});

async function retry(failed: EngineRun, parameters: INodeParameters, options: KirinOptions = {}) {
	return await retryExecution(runOptions(sandbox.current, parameters, options), failed);
}

const tasks = () => sandbox.current.ledger.tasks;

/** The second item's first poll is refused, which ends the run. */
function failTheSecond() {
	sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1, promptIncludes: 'two' }];
}

describe.each([
	['with a resume token', undefined],
	['without one, as before n8n 2.14', ''],
])('Retry of a failed execution (%s)', (_, resumeToken) => {
	const started = (options: KirinOptions = {}) => asUsual({ ...options, run: { resumeToken } });

	it('creates nothing where every task is there, and says what it adopted', async () => {
		failTheSecond();
		const options = started({ items: three });
		const failed = await run(sandbox.current, each, options);
		expect(errorText(failed)).toContain('Press Retry in the list of executions');
		expect(tasks()).toHaveLength(3);

		const retried = await retry(failed, each, options);
		expect(retried.error).toBeUndefined();
		expect(retried.output(NODE).map(({ json }) => json)).toMatchObject(
			['one', 'two', 'three'].map((prompt) => ({
				taskId: tasks().find(({ params }) => params.prompt === prompt)?.id,
				status: 'completed',
				adopted: true,
			})),
		);
		expect(sandbox.current.ledger.count('create')).toBe(3);
	});

	it('makes anew only what has failed', async () => {
		sandbox.current.settings.markers = '[sandbox: fail]';
		const options = started({ items: itemsOf({ p: 'one' }) });
		const failed = await run(sandbox.current, each, options);
		sandbox.current.settings.markers = '';

		const item = onlyItem(await retry(failed, each, options));
		expect(tasks().map(({ outcome }) => outcome)).toEqual(['failed', 'completed']);
		expect(item.json).not.toHaveProperty('adopted');
	});

	it('fetches the video that could not be downloaded', async () => {
		sandbox.current.faults = [{ on: 'download', kind: { status: 500 }, times: 3 }];
		const failed = await run(sandbox.current, generating(), started());
		expect(errorText(failed)).toContain('could not be downloaded');

		const item = onlyItem(await retry(failed, generating()));
		expect(item.json.adopted).toBe(true);
		expect(item.binary?.data).toBeDefined();
		expect(tasks()).toHaveLength(1);
	});

	it('pays for nothing where the credential belongs to another account, and says so', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1 }];
		const failed = await run(sandbox.current, generating(), started());
		sandbox.current.faults = [{ on: 'get', kind: { status: 404 } }];

		const retried = await retry(failed, generating());
		expect(errorText(retried)).toContain('credential may belong to another account');
		expect(errorText(retried)).toContain(tasks()[0]?.id);
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});
});

describeSince('2.14.0', 'Retry of a crashed execution', () => {
	it('adopts every task by the resume token alone', async () => {
		const options = asUsual({ items: three });
		const crashed = await run(sandbox.current, each, options);
		const retried = await retryCrashed(runOptions(sandbox.current, each, options), crashed);

		expect(retried.output(NODE).every(({ json }) => json.adopted === true)).toBe(true);
		expect(sandbox.current.ledger.count('create')).toBe(3);
	});

	it('finds the task also where n8n is reached at another address by now', async () => {
		const crashed = await run(sandbox.current, generating(), asUsual());
		const options = runOptions(sandbox.current, generating(), {
			run: { webhookWaitingBaseUrl: 'https://moved.example/webhook-waiting' },
		});
		const item = onlyItem(await retryCrashed(options, crashed));

		expect(item.json.adopted).toBe(true);
		expect(tasks()).toHaveLength(1);
	});

	it('finds the task of a create whose answer never came, by the ID that was logged before', async () => {
		sandbox.current.faults = [{ on: 'create', point: 'after', kind: 'reset', times: 1 }];
		const crashed = await run(sandbox.current, generating(), asUsual());
		const [task] = tasks();
		const line = crashed.log.findIndex((one) => one.includes('Creating a task'));
		expect(crashed.log[line]).toContain(task?.externalTaskId);
		expect(crashed.log[line]).toMatch(/^info /);
		expect(crashed.log.findIndex((one) => one.includes(String(task?.id)))).toBeGreaterThan(line);
	});
});

describe('Retry of an execution that has waited for callbacks', () => {
	it('adopts its task, whose callbacks went to another address', async () => {
		const parameters = generateFromText({}, 'callback');
		sandbox.current.settings.markers = '[sandbox: render 120s]';
		const options = runOptions(sandbox.current, parameters, asUsual());
		const waiting = await runWorkflow(options);
		expect(waiting.status).toBe('waiting');
		await until(() => tasks().every(({ endsAt }) => endsAt <= Date.now()));
		sandbox.current.faults = [{ on: 'download', kind: { status: 500 }, times: 3 }];
		const body = { id: tasks()[0]?.id };
		const { resumed } = await callResumeUrl(options, waiting, { body });
		expect(resumed && errorText(resumed)).toContain('could not be downloaded');

		const retried = await retryExecution(options, resumed as EngineRun);
		expect(retried.error).toBeUndefined();
		expect(retried.output(NODE).map(({ json }) => json.adopted)).toEqual([true]);
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});
});

describe('Retry of a run of the node in a loop', () => {
	/** Start → two nodes that each pass an item on to Kirin Video, which so runs twice. */
	function twice(options: KirinOptions = {}) {
		const prepared = runOptions(sandbox.current, generating(), asUsual(options));
		const { workflow } = prepared;
		const [start] = workflow.nodes;
		const round = (name: string) => ({
			...start!,
			id: name,
			name,
			type: 'n8n-nodes-base.noOp',
		});
		const to = (node: string) => ({ node, type: 'main' as const, index: 0 });
		return {
			...prepared,
			workflow: {
				...workflow,
				nodes: [...workflow.nodes, round('A'), round('B')],
				connections: {
					...workflow.connections,
					Start: { main: [[to('A'), to('B')]] },
					A: { main: [[to(NODE)]] },
					B: { main: [[to(NODE)]] },
				},
			},
		};
	}

	it('adopts the round that failed and not the one before, with the same prompt', async () => {
		// The second round's download is the one that fails.
		sandbox.current.faults = [{ on: 'download', kind: { status: 500 }, times: 3, skip: 1 }];
		const options = twice();
		const failed = await runWorkflow(options);
		expect(errorText(failed)).toContain('could not be downloaded');
		expect(tasks()).toHaveLength(2);

		const retried = await retryExecution(options, failed);
		const rounds = retried.taskData(NODE).map(({ data }) => data?.main?.[0]?.[0]?.json.taskId);
		expect(rounds).toEqual(tasks().map(({ id }) => id));
		expect(sandbox.current.ledger.count('create')).toBe(2);
	});
});

describe('A paid video whose file has expired', () => {
	async function expired(parameters: INodeParameters) {
		sandbox.current.settings.markers = '[sandbox: expired 404]';
		const failed = await run(sandbox.current, parameters, asUsual());
		sandbox.current.settings.markers = '';
		return failed;
	}

	it('is an error that says so, and nothing is paid for again', async () => {
		const failed = await expired(generating());
		const text = errorText(await retry(failed, generating()));

		expect(text).toContain('its file is no longer there');
		expect(text).toContain('Paid Video Is Gone');
		expect(text).toContain(tasks()[0]?.id);
		expect(tasks()).toHaveLength(1);
	});

	it('is made anew once where the user wants that, and found by the next Retry', async () => {
		const parameters = generating({ costLimits: { whenPaidVideoIsGone: 'createNew' } });
		const failed = await expired(parameters);
		const item = onlyItem(await retry(failed, parameters));
		expect(tasks()).toHaveLength(2);
		expect(item.json).toMatchObject({
			taskId: tasks()[1]?.id,
			details: { replacedTaskIds: [tasks()[0]?.id] },
		});
		expect(item.json).not.toHaveProperty('adopted');

		const again = onlyItem(await retry(failed, parameters));
		expect(again.json).toMatchObject({ taskId: tasks()[1]?.id, adopted: true });
		expect(tasks()).toHaveLength(2);
	});
});

describe('A new execution', () => {
	it('makes a new video, also where its ID and everything else is that of an earlier one', async () => {
		const options = asUsual({ run: { executionId: '1' } });
		await run(sandbox.current, generating(), options);
		const item = onlyItem(await run(sandbox.current, generating(), options));

		expect(tasks()).toHaveLength(2);
		expect(item.json).not.toHaveProperty('adopted');
	});

	it('looks nothing up before it creates', async () => {
		await run(sandbox.current, generating(), asUsual());
		const kinds = sandbox.current.ledger.requests.map(({ kind }) => kind);
		expect(kinds[0]).toBe('create');
	});
});

describeSince('2.14.0', 'An execution', () => {
	it('keeps no copy of its resume token with the node', async () => {
		const ended = await run(sandbox.current, generating(), asUsual());
		const { resumeToken, executionData } = ended.run.data;
		expect(resumeToken).toBeDefined();
		expect(JSON.stringify(executionData?.contextData)).not.toContain(resumeToken);
		const key = createHash('sha256').update(String(resumeToken)).digest('hex').slice(0, 32);
		expect(JSON.stringify(executionData?.contextData)).toContain(key);
	});
});

describe('Retry is promised', () => {
	const failing = generating();
	beforeEach(() => (sandbox.current.faults = [{ on: 'download', kind: { status: 500 } }]));

	it('in the error of an execution that is in the list', async () => {
		expect(errorText(await run(sandbox.current, failing, asUsual()))).toContain('Press Retry');
	});

	it.each(['manual', 'integrated', 'evaluation'] as const)(
		'not in mode %s, where another Retry is at hand, or none',
		async (mode) => {
			const failed = await run(sandbox.current, failing, { run: { mode } });
			expect(errorText(failed)).not.toContain('Press Retry');
		},
	);

	it('not where On Error lets the execution succeed', async () => {
		const options = asUsual({ onError: 'continueRegularOutput' });
		const item = onlyItem(await run(sandbox.current, failing, options));
		expect(JSON.stringify(item.json)).toContain('could not be downloaded');
		expect(JSON.stringify(item.json)).not.toContain('Press Retry');
	});
});

describe('Own External Task IDs', () => {
	it('that look like numbered ones never lead to the video of another item', async () => {
		const items = itemsOf({ p: 'one', id: 'teaser' }, { p: 'two', id: 'teaser-2' });
		const parameters = generating({
			prompt: '={{ $json.p }}',
			options: { externalTaskId: '={{ $json.id }}' },
		});
		sandbox.current.faults = [];
		sandbox.current.settings.markers = '';
		const failing = generating({
			prompt: '={{ $json.p + ($json.id === "teaser" ? " [sandbox: fail]" : "") }}',
			options: { externalTaskId: '={{ $json.id }}' },
		});
		const failed = await run(sandbox.current, failing, asUsual({ items }));
		const retried = await retry(failed, parameters, { items });

		// The stored node is what n8n runs again, so the first fails once more: under an ID of its own.
		expect(errorText(retried)).toContain('failed');
		const made = tasks().map(({ externalTaskId }) => externalTaskId);
		expect(new Set(made).size).toBe(made.length);
		expect(made.filter((id) => id === 'teaser-2')).toHaveLength(1);
		expect(made[2]).toMatch(/^own-[0-9a-f]{32}$/);
	});
});
