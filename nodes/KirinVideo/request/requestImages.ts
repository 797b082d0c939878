import { createHash } from 'node:crypto';
import type { TaskRequest } from './buildRequest';
import type { ImageParameter } from './parameters';

/**
 * The images of a request that n8n holds. Many items wait for their turn at once, so their bytes are
 * read each time they are needed, and let go right after.
 */
export interface RequestImages {
	files: Partial<Record<ImageParameter, () => Promise<Buffer>>>;
	/** Does something in line with the other items of the run: only so many images are in memory at once. */
	inLine<T>(act: () => Promise<T>): Promise<T>;
}

/** Does something with the request as it goes to the service: with its images, in Base64. */
export async function withImages<T>(
	request: TaskRequest,
	act: (whole: TaskRequest) => Promise<T>,
): Promise<T> {
	return await withEach(request, (bytes) => bytes.toString('base64'), act);
}

/** The request with a digest in place of each image: what tells it from every other, in little room. */
export async function withDigests(request: TaskRequest): Promise<TaskRequest> {
	return await withEach(
		request,
		(bytes) => createHash('sha256').update(bytes).digest('hex'),
		async (whole) => await Promise.resolve(whole),
	);
}

async function withEach<T>(
	request: TaskRequest,
	spell: (bytes: Buffer) => string,
	act: (whole: TaskRequest) => Promise<T>,
): Promise<T> {
	const { images } = request;
	if (!images) return await act(request);
	return await images.inLine(async () => {
		const params = { ...request.params };
		for (const [parameter, read] of Object.entries(images.files)) {
			params[parameter] = spell(await read());
		}
		return await act({ ...request, params });
	});
}
