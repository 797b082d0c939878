import type {
	DeclarativeRestApiSettings,
	IExecutePaginationFunctions,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';
import { perItem } from '../../nodes/KirinVideo/operations/perItem';
import type { Operation } from '../../nodes/KirinVideo/batch/item';
import { report } from '../../nodes/KirinVideo/output/itemLog';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import type { Task } from '../../nodes/KirinVideo/task/task';

/** Errors that nobody foresaw: a bug of ours, or of n8n. The task must not be lost over them. */

type Pagination = (
	this: IExecutePaginationFunctions,
	request: DeclarativeRestApiSettings.ResultOptions,
) => Promise<INodeExecutionData[]>;

function itemFunctions(
	continueOnFail: boolean,
	getCredentials = () => Promise.resolve({}),
): IExecutePaginationFunctions {
	const node = {
		id: 'n',
		name: 'Kirin Video',
		type: 'kirinVideo',
		parameters: {},
	} as unknown as INode;
	const executeData = { node, data: { main: [[{ json: {} }]] }, source: null };
	return {
		getItemIndex: () => 0,
		getExecuteData: () => executeData,
		getContext: () => ({}),
		getNode: () => node,
		getNodeParameter: (_: string, fallback: unknown) => fallback,
		getExecutionCancelSignal: () => undefined,
		getCredentials,
		getInstanceId: () => 'instance',
		getMode: () => 'trigger',
		getExecutionId: () => '1',
		getWorkflow: () => ({ id: 'w', active: false }),
		evaluateExpression: () => 0,
		continueOnFail: () => continueOnFail,
		logger: { info: () => undefined, warn: () => undefined },
	} as unknown as IExecutePaginationFunctions;
}

async function perform(
	operation: Operation<unknown>,
	continueOnFail = false,
	getCredentials?: () => Promise<object>,
) {
	const request = { options: { baseURL: 'http://127.0.0.1:9' } };
	const pagination = perItem(operation).operations?.pagination as Pagination;
	return await pagination.call(
		itemFunctions(continueOnFail, getCredentials),
		request as DeclarativeRestApiSettings.ResultOptions,
	);
}

describe('An unforeseen error', () => {
	const afterSubmit: Operation<unknown> = {
		check: () => undefined,
		perform(item) {
			report(item, { taskId: 'd5u5', externalTaskId: 'n8n-1' });
			throw new TypeError('x is not a function');
		},
	};

	it('tells the task that was created', async () => {
		await expect(perform(afterSubmit)).rejects.toMatchObject({
			message: 'The node failed unexpectedly: x is not a function',
			description: expect.stringContaining('d5u5 (external task ID n8n-1) exists') as string,
		});
	});

	it('tells it even when the credential cannot be read any more', async () => {
		const gone = () => Promise.reject(new Error('no such credential'));

		await expect(perform(afterSubmit, false, gone)).rejects.toMatchObject({
			description: expect.stringContaining('d5u5') as string,
		});
	});

	it('is an item under Continue On Fail', async () => {
		const [item] = await perform(afterSubmit, true);

		expect(item?.json.details).toMatchObject({ taskId: 'd5u5', externalTaskId: 'n8n-1' });
	});

	it('of an answer that got lost names the external task ID', async () => {
		const whileSubmitting: Operation<unknown> = {
			check: () => undefined,
			perform(item) {
				report(item, { externalTaskId: 'n8n-1' });
				throw new Error('no');
			},
		};

		await expect(perform(whileSubmitting)).rejects.toMatchObject({
			description: expect.stringMatching(/may exist.*Task → Get.*n8n-1/) as string,
		});
	});

	it('after a failed task names the create that replaces it', async () => {
		const replacing: Operation<unknown> = {
			check: () => undefined,
			perform(item) {
				report(item, { taskId: 'failed-one', externalTaskId: 'n8n-1' });
				report(item, { externalTaskId: 'n8n-2' });
				throw new Error('no');
			},
		};
		const [item] = await perform(replacing, true);

		expect(item?.json.message).toMatch(/may exist.*n8n-2.*failed-one, which failed/);
		expect(item?.json.details).not.toHaveProperty('taskId');
		expect(item?.json.details).toMatchObject({ replacedTaskIds: ['failed-one'] });
	});

	it('tells a failed task even where the error itself speaks of nothing but the next create', async () => {
		const refused: Operation<unknown> = {
			check: () => undefined,
			perform(item) {
				const failed = { taskId: 'failed-one', status: 'failed', contents: [], raw: {} } as Task;
				report(item, { taskId: 'failed-one', externalTaskId: 'n8n-1' }, failed);
				throw new TaskError('too dear', 'No task was created for this item.');
			},
		};
		const [item] = await perform(refused, true);

		expect(item?.json.message).toMatch(/No task was created.*failed-one, which failed/);
		expect(item?.json.details).toMatchObject({ replacedTaskIds: ['failed-one'] });
	});

	it('while the input is read says that nothing was submitted', async () => {
		const whileReading: Operation<unknown> = {
			check() {
				throw new Error('bad parameter');
			},
			perform: () => Promise.reject(new Error('must not be reached')),
		};

		await expect(perform(whileReading)).rejects.toMatchObject({
			message: 'bad parameter',
			description: expect.stringContaining('Nothing was submitted') as string,
		});
	});
});
