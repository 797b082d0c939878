import type { IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';

/** What the images go into: a request of whatever shape. */
interface WithImages {
	params: IDataObject;
	images?: RequestImages;
}

/**
 * The images of a request that n8n holds. Many items wait at once, so the bytes are read each time they
 * are needed, and released right after.
 */
export interface RequestImages {
	files: Record<string, ReadImage | ReadImage[]>;
	/** Does something while few other items of the batch have images in memory. */
	withLimit<T>(act: () => Promise<T>): Promise<T>;
}

/** The bytes of an image. */
export type ReadImage = () => Promise<Buffer>;

/** Does something with the request as it goes to the service: with its images, in Base64. */
export async function withImages<R extends WithImages, T>(
	request: R,
	act: (whole: R) => Promise<T>,
): Promise<T> {
	return await withEach(request, (bytes) => bytes.toString('base64'), act);
}

/** The request with a digest in place of each image: what tells it from every other, in little room. */
export async function withDigests<R extends WithImages>(request: R): Promise<R> {
	return await withEach(
		request,
		(bytes) => createHash('sha256').update(bytes).digest('hex'),
		async (whole) => await Promise.resolve(whole),
	);
}

async function withEach<R extends WithImages, T>(
	request: R,
	spell: (bytes: Buffer) => string,
	act: (whole: R) => Promise<T>,
): Promise<T> {
	const { images } = request;
	if (!images) return await act(request);
	return await images.withLimit(async () => {
		const params = { ...request.params };
		for (const [parameter, read] of Object.entries(images.files)) {
			params[parameter] = Array.isArray(read)
				? imageList(await Promise.all(read.map(async (one) => spell(await one()))))
				: spell(await read());
		}
		return await act({ ...request, params });
	});
}

/** A list of images as the API has it (reference: `image_list`). */
export function imageList(images: string[]): IDataObject[] {
	return images.map((image) => ({ image }));
}
