import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { mp4, quickTime, webm } from './iso-video';
import { judge } from './judge';
import { spread } from './spread';
import type { Answer, Lie, LyingServer } from './lying-server';
import type { WayName } from './ways';
import { wireWorldForTests } from './wire-world';

const wire = wireWorldForTests();

/** Every way that ends with a file. */
const WAYS_TO_A_FILE: WayName[] = ['poll', 'callback', 'wait', 'trigger'];

const video = mp4(50_000);
const MP4 = { 'content-type': 'video/mp4' };

/** What a whole answer may look like and still be the video. */
const GOOD: Record<string, Answer> = {
	'comes with a length': { headers: MP4, body: video },
	'comes in chunks': { headers: MP4, body: video, length: 'chunked' },
	'ends with the connection': { headers: MP4, body: video, length: 'none' },
};
for (const [encoding, encode] of [
	['gzip', gzipSync],
	['br', brotliCompressSync],
	['deflate', deflateSync],
] as const) {
	const headers = { ...MP4, 'content-encoding': encoding };
	const body = encode(video);
	GOOD[`is encoded by ${encoding}, with a length`] = { headers, body };
	GOOD[`is encoded by ${encoding}, in chunks`] = { headers, body, length: 'chunked' };
	GOOD[`is encoded by ${encoding}, to the end of the connection`] = {
		headers,
		body,
		length: 'none',
	};
}
for (const type of [
	'application/octet-stream',
	'binary/octet-stream',
	'application/mp4',
	'application/x-mp4',
	'video/x-m4v',
	'VIDEO/MP4; charset=binary',
	'application/force-download',
	'application/x-download',
	'text/plain; charset=utf-8',
	'application/json',
	'image/jpeg',
	'',
	'nonsense',
]) {
	GOOD[`is labelled "${type}"`] = { headers: { 'content-type': type }, body: video };
}
GOOD['has no label'] = { body: video };

/** Each row with three of the four ways to a file. */
function bySomeWays<Row extends object>(rows: Row[]): Array<Row & { way: WayName }> {
	return spread(rows, WAYS_TO_A_FILE, 3).map(({ row, column }) => ({ ...row, way: column }));
}

describe('A video', () => {
	const rows = bySomeWays(Object.keys(GOOD).map((how) => ({ how })));
	it.each(rows)('that $how is delivered whole ($way)', async ({ how, way }) => {
		const lived = await wire.current.live(way, { download: GOOD[how] });

		expect(judge(wire.current, way, lived)).toEqual([]);
		expect(lived.error).toBeUndefined();
		expect(lived.file?.equals(video)).toBe(true);
		expect(lived.items[0]?.binary?.data).toMatchObject({
			mimeType: 'video/mp4',
			fileExtension: 'mp4',
		});
		// One download is enough: nothing was taken for cut.
		expect(wire.current.server.requests.filter(({ kind }) => kind === 'download')).toHaveLength(1);
	});

	it('is asked for without an encoding', async () => {
		await wire.current.live('wait', {});
		const [download] = wire.current.server.requests.filter(({ kind }) => kind === 'download');

		expect(download?.headers['accept-encoding'] ?? 'identity').toMatch(/^identity\b(?!.*gzip)/);
	});

	it.each([
		{ kind: 'WebM', body: webm(), mimeType: 'video/webm', extension: 'webm' },
		{ kind: 'QuickTime', body: quickTime(), mimeType: 'video/quicktime', extension: 'mov' },
		{ kind: 'MP4', body: mp4(), mimeType: 'video/mp4', extension: 'mp4' },
	])('is named by what it is, not by its label: $kind', async (row) => {
		for (const type of ['video/mp4', 'video/webm', 'application/octet-stream']) {
			await wire.current.reset();
			const { body, mimeType, extension } = row;
			const lived = await wire.current.live('wait', {
				download: { headers: { 'content-type': type }, body },
			});
			const data = lived.items[0]?.binary?.data;

			expect(data).toMatchObject({ mimeType });
			expect(data?.fileName).toMatch(new RegExp(`\\.${extension}$`));
		}
	});
});

const HTML = '<!DOCTYPE html><html><body>Please sign in</body></html>';
const XML = '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>';

/** What answers with 200 and is no video, or not all of it. */
const BAD: Record<string, Answer> = {
	'a page labelled as a video': { headers: MP4, body: HTML },
	'a page labelled as one': { headers: { 'content-type': 'text/html' }, body: HTML },
	'an XML error labelled as bytes': {
		headers: { 'content-type': 'application/octet-stream' },
		body: XML,
	},
	'a JSON error labelled as a video': { headers: MP4, body: { message: 'Not for you' } },
	'a picture labelled as a video': {
		headers: MP4,
		body: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
	},
	'nothing at all': { headers: MP4, body: '' },
	'a file that is shorter than its length': {
		headers: MP4,
		body: video,
		delivery: { cutAt: 30_000 },
	},
	'a file that is cut by a reset': {
		headers: MP4,
		body: video,
		delivery: { cutAt: 30_000, cut: 'reset' },
	},
	'a file without a length, cut by a reset': {
		headers: MP4,
		body: video,
		length: 'none',
		delivery: { cutAt: 30_000, cut: 'reset' },
	},
	'a file without a length, cut in order': {
		headers: MP4,
		body: video,
		length: 'none',
		delivery: { cutAt: 30_000 },
	},
	'a file in chunks, cut in order': {
		headers: MP4,
		body: video,
		length: 'chunked',
		delivery: { cutAt: 30_000 },
	},
	'an encoded file that is cut': {
		headers: { ...MP4, 'content-encoding': 'gzip' },
		body: gzipSync(video),
		delivery: { cutAt: 100 },
	},
	'an encoding that it has not': {
		headers: { ...MP4, 'content-encoding': 'gzip' },
		body: video,
	},
};

describe('An address that gives', () => {
	const rows = bySomeWays(Object.keys(BAD).map((what) => ({ what })));
	it.each(rows)('$what gives no file, and the error has the address ($way)', async (row) => {
		const { current } = wire;
		const lived = await current.live(row.way, { download: BAD[row.what] });
		const [task] = current.server.tasks;

		expect(judge(current, row.way, lived)).toEqual([]);
		expect(lived.file).toBeUndefined();
		expect(lived.error).toContain(task?.id);
		expect(lived.error).toContain(`${current.server.filesUrl}/videos/`);
	});

	it.each(bySomeWays(Object.keys(BAD).map((what) => ({ what }))))(
		'$what once is asked again ($way)',
		async ({ what, way }) => {
			const { current } = wire;
			current.server.video = video;
			const lived = await current.live(way, { download: [BAD[what]] });

			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.file?.equals(video)).toBe(true);
		},
	);
});

/** What a store says of a file that was just published, or when it has much to do. */
const LATER: Record<string, Answer[]> = {
	'404 for a while': [{ status: 404 }, { status: 404 }, { status: 404 }],
	'403 for a while': [
		{ status: 403, body: XML },
		{ status: 403, body: XML },
	],
	'202 for a while': [
		{ status: 202, body: '' },
		{ status: 202, body: '' },
	],
	'204 once': [{ status: 204 }],
	'425 once': [{ status: 425 }],
	'429 with Retry-After': [{ status: 429, headers: { 'retry-after': '7' } }],
	'503 twice': [{ status: 503 }, { status: 503 }],
	'a broken connection twice': [
		{ delivery: { from: 'head', cutAt: 0, cut: 'reset' } },
		{ delivery: { from: 'head', cutAt: 0 } },
	],
};

describe('A store that answers', () => {
	it.each(bySomeWays(Object.keys(LATER).map((what) => ({ what }))))(
		'$what gives the file in the end ($way)',
		async ({ what, way }) => {
			const { current } = wire;
			const lived = await current.live(way, { download: LATER[what] });

			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.file?.equals(mp4())).toBe(true);
		},
	);

	it.each(bySomeWays([{ status: 404 }, { status: 410 }, { status: 403 }]))(
		'$status for good ends the download, and the error has the address ($way)',
		async ({ status, way }) => {
			const { current } = wire;
			const lived = await current.live(way, { download: { status } });

			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.error).toContain(`${current.server.filesUrl}/videos/`);
			expect(lived.error).toContain(String(status));
		},
	);
});

/** The same result in other words; `url` is where the file lies. */
const OUTPUTS: Record<string, (url: string, server: LyingServer) => unknown> = {
	'a path on the host of the API': () => [{ content: [{ type: 'video', url: '/videos/a.mp4' }] }],
	'an address without its scheme': (url) => [
		{ content: [{ type: 'video', url: url.replace('http:', '') }] },
	],
	'spaces around the address': (url) => [{ content: [{ type: 'video', url: ` ${url}\n` }] }],
	'a plain string': (url) => url,
	'a list of strings': (url) => [url],
	'{video_url}': (url) => ({ video_url: url }),
	'[{video_url}]': (url) => [{ video_url: url }],
	'{url}': (url) => ({ url }),
	'{videos: [{url}]}': (url) => ({ videos: [{ id: 'v1', url, duration: '5' }] }),
	'{video: {url}}': (url) => ({ video: { url } }),
	'a content of type video_url': (url) => [{ type: 'video_url', url }],
};

describe('A result that is told as', () => {
	it.each(bySomeWays(Object.keys(OUTPUTS).map((how) => ({ how }))))(
		'$how is delivered ($way)',
		async ({ how, way }) => {
			const { current } = wire;
			const lie: Lie = ({ task }) => {
				if (!task?.isDone()) return undefined;
				const url = `${current.server.filesUrl}/videos/${task.id}.mp4`;
				const body = { ...current.server.taskJson(task) };
				return { body: { ...body, output: OUTPUTS[how]?.(url, current.server) } };
			};
			const lived = await current.live(way, { get: lie });

			expect(judge(current, way, lived)).toEqual([]);
			expect(lived.file?.equals(mp4())).toBe(true);
			expect(lived.items[0]?.json.videoUrl).toMatch(/^http:\/\/127\.0\.0\.[12]:\d+\/videos\//);
		},
	);

	it('an address of no known kind is shown as it is', async () => {
		const { current } = wire;
		const address = 'oss://bucket/videos/fox.mp4';
		const lie: Lie = ({ task }) =>
			task?.isDone()
				? { body: { ...current.server.taskJson(task), output: [{ type: 'video', url: address }] } }
				: undefined;
		const lived = await current.live('wait', { get: lie });

		expect(lived.error).toContain(address);
		expect(judge(current, 'wait', lived)).toEqual([]);
	});
});

describe('Two videos', () => {
	const two =
		(types: [string, string]): Lie =>
		({ task }) => {
			const { current } = wire;
			if (!task?.isDone()) return undefined;
			const url = (name: string) => `${current.server.filesUrl}/videos/${name}.mp4`;
			const content = [
				{ type: types[0], url: url('first') },
				{ type: types[1], url: url('second') },
			];
			return { body: { ...current.server.taskJson(task), output: [{ content }] } };
		};

	it.each<WayName>(['poll', 'callback'])(
		'without a watermark asked for are two videos (%s)',
		async (way) => {
			const { json } =
				(await wire.current.live(way, { get: two(['video', 'video']) })).items[0] ?? {};

			expect(json).not.toHaveProperty('watermarkUrl');
			expect(JSON.stringify(json)).toContain('second.mp4');
			expect(json?.videoUrl).toContain('first.mp4');
		},
	);

	it.each<WayName>(['poll', 'callback'])(
		'with a watermark asked for are the video and its copy, in this order (%s)',
		async (way) => {
			const lie = two(['video', 'video']);
			const options = { extraOptions: { watermark: true } };
			const { json } = (await wire.current.live(way, { get: lie }, options)).items[0] ?? {};

			expect(json?.videoUrl).toContain('first.mp4');
			expect(json?.watermarkUrl).toContain('second.mp4');
		},
	);

	it('of which one says that it has a watermark are told apart by that', async () => {
		const lie = two(['video_watermark', 'video']);
		const { json } = (await wire.current.live('poll', { get: lie })).items[0] ?? {};

		expect(json?.watermarkUrl).toContain('first.mp4');
		expect(json?.videoUrl).toContain('second.mp4');
	});
});
