import { systemClock } from '../../nodes/KirinVideo/api/clock';
import { limitClock } from '../../nodes/KirinVideo/api/deadline';
import { ConcurrencyLimiter } from '../../nodes/KirinVideo/batch/limiter';
import { addImages } from '../../nodes/KirinVideo/fields/images/imageInput';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import { reading } from './item-parameters';

type ItemContext = Parameters<typeof addImages>[2];

/** An item with an image in a store of binary data that never gives it. */
function withSilentStore(): ItemContext {
	const never = new Promise<never>(() => undefined);
	const helpers = {
		assertBinaryData: () => ({ id: 'filesystem:image', bytes: 1_000, mimeType: 'image/png' }),
		getBinaryStream: () => never,
		getBinaryDataBuffer: () => never,
	};
	const functions = { helpers, getExecutionCancelSignal: () => undefined };
	const images = new ConcurrencyLimiter(systemClock);
	return { functions, batch: { images } } as unknown as ItemContext;
}

describe("An image that n8n's store does not give", () => {
	const clock = { ...limitClock };
	afterEach(() => void Object.assign(limitClock, clock));

	it('is refused in time, before anything is sent', async () => {
		let now = 0;
		Object.assign(limitClock, {
			now: () => now,
			sleep: async (ms: number) => {
				now += ms;
				await new Promise((resolve) => setImmediate(resolve));
			},
			tickMs: 10_000,
		});
		const read = reading({ model: 'kirin_v2_5_turbo_i2v' });
		const adding = addImages(buildRequest(read, 'image'), read, withSilentStore());

		await expect(adding).rejects.toThrow(/^Image could not be read/);
		expect(now).toBeGreaterThanOrEqual(60_000);
	});
});
