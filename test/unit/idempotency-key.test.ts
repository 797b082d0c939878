import * as fc from 'fast-check';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import {
	type IdempotencyKey,
	deriveExternalTaskId,
	externalTaskIdOf,
} from '../../nodes/KirinVideo/task/idempotency';
import { type ItemParameters, reading } from './item-parameters';
import { MASTER } from './scripted-api';

const identity: IdempotencyKey = {
	batchKey: 'batch',
	nodeId: 'node',
	runIndex: 0,
	itemIndex: 0,
	videoIndex: 0,
};

const requestOf = (values: ItemParameters = {}) =>
	buildRequest(reading({ prompt: 'A kirin', ...values }));

const idOf = (rest: Partial<IdempotencyKey> = {}, values: ItemParameters = {}, attempt = 1) =>
	deriveExternalTaskId({ ...identity, ...rest }, requestOf(values), attempt);

describe('The external task ID that the node makes', () => {
	it('is the same on every try of an item', () => {
		expect(idOf({})).toBe(idOf({}));
	});

	it.each<[string, string]>([
		['batch', idOf({ batchKey: 'other' })],
		['node', idOf({ nodeId: 'other' })],
		['run of the node', idOf({ runIndex: 1 })],
		['item', idOf({ itemIndex: 1 })],
		['video of the item', idOf({ videoIndex: 1 })],
		['prompt', idOf({}, { prompt: 'Another kirin' })],
		['mode', idOf({}, { mode: 'pro' })],
		['model', idOf({}, { model: MASTER })],
		['attempt', idOf({}, {}, 2)],
	])('is another one for another %s', (_, other) => {
		expect(other).not.toBe(idOf());
	});

	it('does not depend on what is not the video: the address for callbacks', () => {
		const told = { 'options.callbackUrl': 'https://hooks.example/a?x=1' };
		expect(requestOf(told).params.callback_url).toBe('https://hooks.example/a?x=1');
		expect(idOf({}, told)).toBe(idOf());
	});

	it('keeps apart what only looks the same when it is put together', () => {
		expect(idOf({ batchKey: 'a', nodeId: 'bc' })).not.toBe(idOf({ batchKey: 'ab', nodeId: 'c' }));
		expect(idOf({ runIndex: 1, itemIndex: 11 })).not.toBe(idOf({ runIndex: 11, itemIndex: 1 }));
	});

	it('is short and plain, whatever it is made of', () => {
		fc.assert(
			fc.property(fc.string(), fc.nat(), fc.nat(), (batchKey, itemIndex, attempt) => {
				expect(idOf({ batchKey, itemIndex }, {}, attempt)).toMatch(/^n8n-[0-9a-f]{32}$/);
			}),
		);
	});

	it('differs wherever two submits differ', () => {
		const submits = fc.record({
			batchKey: fc.string({ maxLength: 3 }),
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

	it('is followed by hashes after failed tasks, the same in every execution', () => {
		const [second, third] = [
			externalTaskIdOf(identity, own, 2),
			externalTaskIdOf(identity, own, 3),
		];
		expect(second).toMatch(/^own-[0-9a-f]{32}$/);
		expect(third).not.toBe(second);
		expect(externalTaskIdOf({ ...identity, batchKey: 'other', itemIndex: 5 }, own, 2)).toBe(second);
	});

	it.each([2, 3, 10])(
		'never leads to an ID that is the own one of another item: attempt %d',
		(n) => {
			expect(externalTaskIdOf(identity, own, n)).not.toBe(`order-7-${n}`);
		},
	);

	it('stays within what the service takes, however long it is', () => {
		const long = requestOf({ 'options.externalTaskId': 'x'.repeat(128) });
		expect(externalTaskIdOf(identity, long, 2).length).toBeLessThanOrEqual(128);
	});

	it('is not needed', () => {
		expect(externalTaskIdOf(identity, requestOf(), 2)).toBe(idOf({}, {}, 2));
	});
});
