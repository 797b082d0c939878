import * as fc from 'fast-check';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import {
	type SubmitIdentity,
	deriveExternalTaskId,
	externalTaskIdOf,
} from '../../nodes/KirinVideo/task/submit';
import { type ItemParameters, reading } from './item-parameters';
import { MASTER } from './scripted-api';

const identity: SubmitIdentity = {
	instanceId: 'instance',
	workflowId: 'workflow',
	executionId: '17',
	nodeId: 'node',
	runIndex: 0,
	itemIndex: 0,
};

const requestOf = (values: ItemParameters = {}) =>
	buildRequest(reading({ prompt: 'A kirin', ...values }));

const idOf = (rest: Partial<SubmitIdentity> = {}, values: ItemParameters = {}, attempt = 1) =>
	deriveExternalTaskId({ ...identity, ...rest }, requestOf(values), attempt);

describe('The external task ID that the node makes', () => {
	it('is the same on every try of an item', () => {
		expect(idOf({})).toBe(idOf({}));
	});

	it.each<[string, string]>([
		['instance', idOf({ instanceId: 'other' })],
		['workflow', idOf({ workflowId: 'other' })],
		['execution', idOf({ executionId: '18' })],
		['node', idOf({ nodeId: 'other' })],
		['run of the node', idOf({ runIndex: 1 })],
		['item', idOf({ itemIndex: 1 })],
		['prompt', idOf({}, { prompt: 'Another kirin' })],
		['mode', idOf({}, { mode: 'pro' })],
		['model', idOf({}, { model: MASTER })],
		['attempt', idOf({}, {}, 2)],
	])('is another one for another %s', (_, other) => {
		expect(other).not.toBe(idOf());
	});

	it('keeps apart what only looks the same when it is put together', () => {
		expect(idOf({ instanceId: 'a', workflowId: 'bc' })).not.toBe(
			idOf({ instanceId: 'ab', workflowId: 'c' }),
		);
		expect(idOf({ runIndex: 1, itemIndex: 11 })).not.toBe(idOf({ runIndex: 11, itemIndex: 1 }));
	});

	it('is short and plain, whatever it is made of', () => {
		fc.assert(
			fc.property(fc.string(), fc.nat(), fc.nat(), (executionId, itemIndex, attempt) => {
				expect(idOf({ executionId, itemIndex }, {}, attempt)).toMatch(/^n8n-[0-9a-f]{32}$/);
			}),
		);
	});

	it('differs wherever two submits differ', () => {
		const submits = fc.record({
			executionId: fc.string({ maxLength: 3 }),
			nodeId: fc.string({ maxLength: 3 }),
			itemIndex: fc.nat({ max: 20 }),
			runIndex: fc.nat({ max: 20 }),
		});
		fc.assert(
			fc.property(submits, submits, (a, b) => {
				const same = JSON.stringify(a) === JSON.stringify(b);
				expect(idOf(a) === idOf(b)).toBe(same);
			}),
		);
	});
});

describe("The user's own external task ID", () => {
	const own = requestOf({ 'options.externalTaskId': 'order-7' });

	it('is sent as it is', () => {
		expect(externalTaskIdOf(identity, own, 1)).toBe('order-7');
	});

	it('gets a number behind it for the task that follows a failed one', () => {
		expect(externalTaskIdOf(identity, own, 2)).toBe('order-7-2');
		expect(externalTaskIdOf(identity, own, 3)).toBe('order-7-3');
	});

	it('is not needed', () => {
		expect(externalTaskIdOf(identity, requestOf(), 2)).toBe(idOf({}, {}, 2));
	});
});
