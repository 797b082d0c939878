import { deriveExternalTaskId } from '../../nodes/KirinVideo/task/idempotency';
import { buildRequest } from '../../nodes/KirinVideo/request/buildRequest';
import { withDigests, withImages } from '../../nodes/KirinVideo/request/requestImages';
import { reading } from './item-parameters';

const identity = {
	batchKey: 'batch',
	nodeId: 'node',
	runIndex: 0,
	itemIndex: 0,
	videoIndex: 0,
};

/** A request with one image, and how often that was read. */
function requestWith(content: string) {
	let reads = 0;
	let isInLine = false;
	const request = buildRequest(reading({}), 'image');
	request.images = {
		files: {
			image: async () => {
				expect(isInLine).toBe(true);
				reads++;
				return await Promise.resolve(Buffer.from(content));
			},
		},
		async withLimit(act) {
			isInLine = true;
			return await act().finally(() => (isInLine = false));
		},
	};
	return { request, reads: () => reads, isInLine: () => isInLine };
}

async function idOf(content: string) {
	return deriveExternalTaskId(identity, await withDigests(requestWith(content).request), 1);
}

describe('The image of a request', () => {
	it('is part of the external task ID, by what it shows', async () => {
		expect(await idOf('a fox')).toBe(await idOf('a fox'));
		expect(await idOf('a fox')).not.toBe(await idOf('a hare'));
	});

	it('is there in Base64 while the request is sent, and neither before nor after', async () => {
		const { request, reads, isInLine } = requestWith('a fox');
		expect(reads()).toBe(0);
		const sent = await withImages(request, async ({ params }) => {
			expect(isInLine()).toBe(true);
			return await Promise.resolve(params.image);
		});
		expect(sent).toBe(Buffer.from('a fox').toString('base64'));
		expect(request.params).not.toHaveProperty('image');
		expect(isInLine()).toBe(false);
	});

	it('is read anew each time that it is sent', async () => {
		const { request, reads } = requestWith('a fox');
		await withImages(request, async () => await Promise.resolve());
		await withImages(request, async () => await Promise.resolve());
		expect(reads()).toBe(2);
	});

	it('is not kept in its digest', async () => {
		const { params } = await withDigests(requestWith('a fox'.repeat(1000)).request);
		expect(params.image).toMatch(/^[0-9a-f]{64}$/);
	});
});

describe('A request without images', () => {
	it('is sent as it is', async () => {
		const request = buildRequest(reading({ prompt: 'A kirin' }));
		expect(await withDigests(request)).toBe(request);
		expect(await withImages(request, async (whole) => await Promise.resolve(whole))).toBe(request);
	});
});
