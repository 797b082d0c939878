import type { IBinaryKeyData, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { readMp4 } from '../../sandbox';
import {
	catalogueModel,
	generateFromImage,
	generateFromText,
	modelById,
} from '../saved-parameters';
import { frame, jpeg, png, segment } from '../unit/image-bytes';
import { binaryBytes, itemsOf, storedBinary } from './engine';
import { NODE, errorText, onlyItem, run, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const photo = png(640, 360);
const other = jpeg(segment(0xe1, 2000), frame(400, 400, 0xc2));

function animating(parameters: INodeParameters = {}): INodeParameters {
	return generateFromImage(parameters);
}

const asText = (bytes: Uint8Array, rest: INodeParameters = {}) =>
	animating({ imageSource: 'base64', imageBase64: base64(bytes), ...rest });

const URL_OF_IMAGE = 'https://a.example/b.png';

/** An item with files in n8n's store. */
async function itemWith(files: Record<string, Uint8Array>): Promise<INodeExecutionData> {
	const binary: IBinaryKeyData = {};
	for (const [field, bytes] of Object.entries(files)) {
		binary[field] = await storedBinary(bytes, 'image/png');
	}
	return { json: {}, binary };
}

/** `params` of the creates. */
function sent() {
	return sandbox.current.ledger.tasks.map(({ params }) => params);
}

describe('Image to Video', () => {
	it('turns the binary field of an item into a video', async () => {
		const items = [await itemWith({ data: png(360, 640) })];
		const item = onlyItem(await run(sandbox.current, animating(), { items }));
		const [task] = sandbox.current.ledger.tasks;

		expect(item.json).toMatchObject({
			taskId: task?.id,
			status: 'completed',
			details: { model: 'kirin_v2_5_turbo_i2v' },
			cost: '0.21',
		});
		expect(sent()).toEqual([
			{
				image: base64(png(360, 640)),
				mode: 'std',
				duration: '5',
				external_task_id: task?.externalTaskId,
			},
		]);
		const { width, height } = await readMp4(await binaryBytes(item));
		expect(height).toBeGreaterThan(width);
		expect(sandbox.current.ledger.count('create')).toBe(1);
	});

	it.each<[string, INodeParameters, string]>([
		[
			'a URL',
			{ imageSource: 'url', imageUrl: 'https://example.com/a b.png' },
			'https://example.com/a b.png',
		],
		['Base64', { imageSource: 'base64', imageBase64: base64(photo) }, base64(photo)],
		[
			'Base64 with a prefix and line breaks',
			{
				imageSource: 'base64',
				imageBase64: `data:image/png;base64,\n${base64(photo).replace(/.{20}/g, '$&\n')}`,
			},
			base64(photo),
		],
		[
			'Base64 for URLs',
			{ imageSource: 'base64', imageBase64: Buffer.from(png(640, 511)).toString('base64url') },
			base64(png(640, 511)),
		],
	])('takes %s', async (_, parameters, image) => {
		onlyItem(await run(sandbox.current, animating(parameters)));

		expect(sent()).toMatchObject([{ image }]);
	});

	it('takes a file that n8n keeps in memory', async () => {
		const binary = { photo: { data: base64(other), mimeType: 'image/jpeg' } };
		const items = [{ json: {}, binary }];
		onlyItem(
			await run(sandbox.current, animating({ imageBinaryPropertyName: 'photo' }), { items }),
		);

		expect(sent()).toMatchObject([{ image: base64(other) }]);
	});

	it('sends what else the user sets, and no aspect ratio', async () => {
		const parameters = asText(photo, {
			prompt: 'It turns its head',
			duration: '10',
			aspectRatio: '1:1',
			options: { negativePrompt: 'rain', watermark: true, externalTaskId: 'order-9' },
		});
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(sent()).toEqual([
			{
				image: base64(photo),
				prompt: 'It turns its head',
				mode: 'std',
				duration: '10',
				negative_prompt: 'rain',
				watermark_info: { enabled: true },
				external_task_id: 'order-9',
			},
		]);
		expect(item.json.watermarkUrl).toBeDefined();
	});

	it('takes an image to end with, in mode pro', async () => {
		const items = [await itemWith({ first: photo, last: other })];
		const parameters = animating({
			mode: 'pro',
			imageBinaryPropertyName: 'first',
			tailImageSource: 'binary',
			tailImageBinaryPropertyName: 'last',
		});
		onlyItem(await run(sandbox.current, parameters, { items }));

		expect(sent()).toMatchObject([
			{ image: base64(photo), image_tail: base64(other), mode: 'pro' },
		]);
	});

	it.each<[INodeParameters, string]>([
		[{ tailImageSource: 'base64', tailImageBase64: base64(other) }, base64(other)],
	])('takes the last image from elsewhere than the first: %j', async (tail, image) => {
		onlyItem(await run(sandbox.current, asText(photo, { mode: 'pro', ...tail })));

		expect(sent()).toMatchObject([{ image: base64(photo), image_tail: image }]);
	});

	it('finds a header behind a lot of other data', async () => {
		const exif = Array.from({ length: 9 }, () => segment(0xe1, 65_000));
		const items = [await itemWith({ data: jpeg(...exif, frame(640, 360)) })];
		onlyItem(await run(sandbox.current, animating(), { items }));

		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});
});

describe('At the limits', () => {
	it.each<[string, Uint8Array]>([
		['300 px', png(300, 300)],
		['1:2.5', png(300, 750)],
		['2.5:1', jpeg(frame(1000, 400))],
		['one byte below 10 MB', png(640, 360, 9_999_999)],
	])('an image of %s is welcome', async (_, bytes) => {
		const items = [await itemWith({ data: bytes })];
		onlyItem(await run(sandbox.current, animating({ downloadVideo: false }), { items }));

		expect(sent()).toMatchObject([{ image: base64(bytes) }]);
	});

	it('so is a text of nearly 10 MB, prefix and all', async () => {
		const bytes = png(640, 360, 9_999_999);
		const imageBase64 = `data:image/png;base64,${base64(bytes)}`;
		onlyItem(await run(sandbox.current, asText(photo, { imageBase64, downloadVideo: false })));

		expect(sent()).toMatchObject([{ image: base64(bytes) }]);
	});
});

const BAD: Array<[string, Uint8Array, RegExp]> = [
	[
		'a GIF',
		Buffer.from('GIF89a and more'),
		/^Image must be a jpg or png image, but is a file of another kind$/,
	],
	[
		'nothing',
		Buffer.from([]),
		/^Image must be a jpg or png image, but is cut off before its width/,
	],
	['half a header', jpeg(segment(0xe1, 900), frame(640, 360).slice(0, 5)), /but is cut off before/],
	['a damaged header', jpeg(frame(640, 0)), /but its header is damaged$/],
	['299 px', png(299, 400), /^Image must have at least 300 px on each side, but has 299 × 400 px$/],
	[
		'a flat image',
		png(1001, 400),
		/^Image must have a ratio from 1:2\.5 to 2\.5:1, but has 1001 × 400 px$/,
	],
	['a tall image', png(400, 1001), /^Image must have a ratio .*400 × 1001 px$/],
	['10 MB', png(640, 360, 10_000_000), /^Image must be under 10 MB, but is 10 MB$/],
];

describe('Before anything is sent', () => {
	it.each(BAD)('%s is refused', async (_, bytes, problem) => {
		const stored = await itemWith({ data: bytes });
		const inMemory = { json: {}, binary: { data: { data: base64(bytes), mimeType: 'image/png' } } };
		const result = await run(sandbox.current, animating(), {
			items: bytes.length > 0 ? [stored, inMemory] : [stored],
			onError: 'continueRegularOutput',
		});

		for (const { json } of result.output(NODE)) {
			expect(json.error).toMatch(problem);
			expect(json.message).toContain('nothing is billed');
			expect(json.details).toEqual({ field: 'Image' });
		}
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it.each(BAD.filter(([, { length }]) => length > 0))(
		'%s as a text, too',
		async (_, bytes, problem) => {
			const result = await run(sandbox.current, asText(bytes));

			expect(result.error?.message).toMatch(problem);
			expect(sandbox.current.ledger.requests).toEqual([]);
		},
	);

	it('the image to end with is looked at as well', async () => {
		const items = [await itemWith({ data: photo, last: png(299, 300) })];
		const parameters = animating({
			...catalogueModel('kirin_v2_6_i2v'),
			mode: 'pro',
			tailImageSource: 'binary',
			tailImageBinaryPropertyName: 'last',
		});
		const text = errorText(await run(sandbox.current, parameters, { items }));

		expect(text).toMatch(/^Tail Image must have at least 300 px on each side, but has 299 × 300/);
	});

	it('an image to end with needs the mode pro', async () => {
		const parameters = asText(photo, {
			mode: '={{ "std" }}',
			tailImageSource: 'base64',
			tailImageBase64: base64(other),
		});
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toMatch(/^Tail Image can only be used with Mode pro, but Mode is "std"/);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it.each<[INodeParameters, string]>([
		[
			{ ...catalogueModel('kirin_v3_i2v'), imageSource: 'none' },
			'Image Source may only be none where there is a Tail Image',
		],
		[
			{ imageSource: '={{ "none" }}' },
			'Image Source must be one of binary, url, base64, but is "none"',
		],
		[
			{
				imageModel: '={{ "kirin_v2_master_i2v" }}',
				tailImageSource: 'url',
				tailImageUrl: URL_OF_IMAGE,
			},
			'Tail Image Source must be none: the model takes no image to end with',
		],
		[
			{ mode: 'pro', tailImageSource: 'url', tailImageUrl: URL_OF_IMAGE },
			'Image Source and Tail Image Source must be both a URL or both a file, as the service wants it, but Tail Image is a URL and Image is a file',
		],
		[
			{
				...catalogueModel('kirin_v3_i2v'),
				imageSource: 'url',
				imageUrl: URL_OF_IMAGE,
				tailImageSource: 'base64',
				tailImageBase64: base64(other),
			},
			'Image Source and Tail Image Source must be both a URL or both a file, as the service wants it, but Image is a URL and Tail Image is a file',
		],
	])('images go together as the model takes them: %j', async (parameters, problem) => {
		const text = errorText(await run(sandbox.current, asText(photo, parameters)));

		expect(text).toMatch(problem);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it.each<[string, INodeParameters, unknown, RegExp]>([
		[
			'Image Source',
			{ imageSource: '={{ $json.bad }}' },
			'fax',
			/one of binary, url, base64, but is "fax"/,
		],
		[
			'Tail Image Source',
			{ mode: 'pro', tailImageSource: '={{ $json.bad }}' },
			'fax',
			/one of none, binary, url, base64/,
		],
		[
			'Image Input Binary Field',
			{ imageBinaryPropertyName: '={{ $json.bad }}' },
			'photo',
			/which has data, but is "photo"/,
		],
		[
			'Image Input Binary Field',
			{ imageBinaryPropertyName: '={{ $json.bad }}' },
			7,
			/the number 7/,
		],
		[
			'Image URL',
			{ imageSource: 'url', imageUrl: '={{ $json.bad }}' },
			'ftp://example.com',
			/starts with http/,
		],
		['Image URL', { imageSource: 'url', imageUrl: '={{ $json.bad }}' }, null, /but is empty/],
		[
			'Image Base64 Text',
			{ imageSource: 'base64', imageBase64: '={{ $json.bad }}' },
			'https://a.example/',
			/must be an image as Base64 text, but is "https/,
		],
		[
			'Image Base64 Text',
			{ imageSource: 'base64', imageBase64: '={{ $json.bad }}' },
			'',
			/but is empty/,
		],
		[
			'Image Base64 Text',
			{ imageSource: 'base64', imageBase64: '={{ $json.bad }}' },
			1234,
			/the number 1234/,
		],
		[
			'Image Base64 Text',
			{ imageSource: 'base64', imageBase64: '={{ $json.bad }}' },
			`!${'x'.repeat(9e6)}`,
			/"!x{50,70}…/,
		],
		[
			'Model',
			{ imageModel: '={{ $json.bad }}' },
			'kirin_v2_master_t2v',
			/which makes videos from text: choose another model, or the operation for text/,
		],
		[
			'Prompt',
			{ prompt: '={{ $json.bad }}' },
			'x'.repeat(2501),
			/at most 2500 characters, but has 2501/,
		],
		[
			'Additional Parameters',
			{ options: { additionalParameters: '={{ $json.bad }}' } },
			{ image: 'https://a.example/' },
			/the field Image Source sets it/,
		],
	])('%s is checked: %j', async (field, parameters, bad, problem) => {
		const { binary } = await itemWith({ data: photo });
		const result = await run(sandbox.current, animating(parameters), {
			items: [{ json: { bad } as never, ...(binary && { binary }) }],
			onError: 'continueRegularOutput',
		});
		const { error, details } = result.output(NODE)[0]?.json ?? {};

		expect(details).toEqual({ field });
		expect(error).toMatch(problem);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('an item without files is told so', async () => {
		const text = errorText(await run(sandbox.current, animating()));

		expect(text).toMatch(
			/^Image Input Binary Field must be a binary field of the item, which has none/,
		);
	});

	it('Generate does not take a model that wants an image', async () => {
		const parameters = generateFromText({ prompt: 'A fox' });
		const model = '={{ "kirin_v2_5_turbo_i2v" }}';
		const text = errorText(await run(sandbox.current, { ...parameters, model }));

		expect(text).toContain(
			'which makes videos from images: choose another model, or the operation for images',
		);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});

describe('Reference images', () => {
	const fromImages = (parameters: INodeParameters) =>
		animating({ ...catalogueModel('kirin_v1_6_multi_i2v'), prompt: 'Both dance', ...parameters });

	it('are files of the item, by name', async () => {
		const items = [await itemWith({ person: photo, place: other })];
		const parameters = fromImages({ referenceImagesBinaryPropertyNames: 'person, place' });
		const item = onlyItem(await run(sandbox.current, parameters, { items }));

		expect(item.json.status).toBe('completed');
		expect(sent()).toMatchObject([
			{ image_list: [{ image: base64(photo) }, { image: base64(other) }], aspect_ratio: '16:9' },
		]);
	});

	it.each<[unknown, string[]]>([
		['https://a.example/1,2.png, https://a.example/3.png', ['1,2.png', '3.png']],
		[
			['https://a.example/1.png', 'https://a.example/2.png'],
			['1.png', '2.png'],
		],
	])('are addresses: %j', async (given, names) => {
		const parameters = fromImages({
			referenceImagesSource: 'url',
			referenceImagesUrls: '={{ $json.urls }}',
		});
		const items = itemsOf({ urls: given as string });
		onlyItem(await run(sandbox.current, parameters, { items }));

		expect(sent()).toMatchObject([
			{ image_list: names.map((name) => ({ image: `https://a.example/${name}` })) },
		]);
	});

	it.each<[INodeParameters, unknown, RegExp]>([
		[{}, 'a, b, a, b, a', /^Input Binary Fields must be 1 to 4 images, but are 5/],
		[{}, ' , ', /must be 1 to 4 images, but are 0/],
		[{}, null, /must be 1 to 4 images, but are 0/],
		[{}, 7, /must be a binary field of the item, which has a, b, but is the number 7/],
		[{}, 'a, c', /must be a binary field of the item, which has a, b, but is "c"/],
		[{}, 'a, b', /^Reference Image 2 must have at least 300 px/],
		[{ referenceImagesSource: 'url' }, 'a, b', /^Reference Images URLs must be a URL that starts/],
	])('are refused before anything is sent: %j %j', async (parameters, names, problem) => {
		const { binary } = await itemWith({ a: photo, b: png(100, 100) });
		const items = [{ json: { names } as never, ...(binary && { binary }) }];
		const all = fromImages({
			referenceImagesBinaryPropertyNames: '={{ $json.names }}',
			referenceImagesUrls: '={{ $json.names }}',
			...parameters,
		});

		expect(errorText(await run(sandbox.current, all, { items }))).toMatch(problem);
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});

describe('In a batch', () => {
	async function oneBad() {
		return [
			await itemWith({ data: photo }),
			await itemWith({ data: png(100, 100) }),
			await itemWith({ data: other }),
		];
	}

	it('nothing is sent when one image is bad, without Continue On Fail', async () => {
		const text = errorText(await run(sandbox.current, animating(), { items: await oneBad() }));

		expect(text).toContain('Image must have at least 300 px');
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('the other items become videos, with it', async () => {
		const result = await run(sandbox.current, animating(), {
			items: await oneBad(),
			onError: 'continueRegularOutput',
		});

		expect(result.output(NODE).map(({ json }) => json.status ?? json.error)).toEqual([
			'completed',
			expect.stringContaining('Image must have') as string,
			'completed',
		]);
		expect(new Set(sent().map(({ image }) => image))).toEqual(
			new Set([base64(photo), base64(other)]),
		);
	});

	it('no more than four images are on their way at once', async () => {
		sandbox.current.faults = [{ on: 'create', point: 'after', kind: 'slow', delayMs: 100 }];
		const items = await Promise.all(
			Array.from({ length: 12 }, async () => await itemWith({ data: photo })),
		);
		await run(sandbox.current, animating({ downloadVideo: false }), { items });

		const times = sandbox.current.ledger.requests
			.filter(({ kind }) => kind === 'create')
			.map(({ at }) => at);
		expect(times).toHaveLength(12);
		times.slice(4).forEach((at, index) => expect(at - (times[index] ?? 0)).toBeGreaterThan(80));
	});
});

describe('An image', () => {
	it('does not make Retry On Fail pay for a second task', async () => {
		sandbox.current.faults = [{ on: 'get', kind: { status: 401 }, times: 1 }];
		const items = [await itemWith({ data: photo })];
		const item = onlyItem(
			await run(sandbox.current, animating(), {
				items,
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			}),
		);

		expect(item.json.status).toBe('completed');
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('goes with the estimate that a maximum cost asks for', async () => {
		const parameters = (maximumCostUsd: string) =>
			asText(photo, { costLimits: { maximumCostUsd } });
		expect(errorText(await run(sandbox.current, parameters('0.2')))).toContain('0.21 USD is above');
		expect(sandbox.current.ledger.count('create')).toBe(0);

		onlyItem(await run(sandbox.current, parameters('0.21')));
		expect(sandbox.current.ledger.tasks).toHaveLength(1);
	});

	it('of another model is sent as it is: only the service knows what that takes', async () => {
		const result = await run(
			sandbox.current,
			asText(Buffer.from('GIF89a and more'), modelById('kirin_v9_i2v', 'image')),
		);

		expect(result.error?.message).toContain('refused a parameter');
		expect(sandbox.current.ledger.requests[0]?.body).toMatchObject({
			model: 'kirin_v9_i2v',
			input: [{ params: { image: base64(Buffer.from('GIF89a and more')) } }],
		});
	});

	it('of another model may be a file as well', async () => {
		const items = [await itemWith({ data: Buffer.from('GIF89a and more') })];
		await run(sandbox.current, animating({ imageModel: '={{ "kirin_v9_i2v" }}' }), { items });

		expect(sandbox.current.ledger.count('create')).toBe(1);
	});
});

describe('The items', () => {
	it('may each have their own source', async () => {
		const { binary } = await itemWith({ data: photo });
		const items = [
			{ json: { from: 'binary' }, ...(binary && { binary }) },
			...itemsOf({ from: 'url', url: 'https://example.com/x.png' }),
			...itemsOf({ from: 'base64', text: base64(other) }),
		];
		const parameters = animating({
			imageSource: '={{ $json.from }}',
			imageUrl: '={{ $json.url }}',
			imageBase64: '={{ $json.text }}',
		});
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		expect(
			sent()
				.map(({ image }) => image)
				.sort(),
		).toEqual([base64(photo), 'https://example.com/x.png', base64(other)].sort());
	});
});
