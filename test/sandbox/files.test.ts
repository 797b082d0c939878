/** The results: real videos of the asked length and shape, and files of any size. */
import { startSandbox, readMp4, type Sandbox } from '../../sandbox';
import { clientOf, download, urlsOf, type Client } from './client';

let sandbox: Sandbox;
let client: Client;

beforeAll(async () => {
	sandbox = await startSandbox({ renderSeconds: 0 });
	client = clientOf(sandbox);
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

async function resultUrl(prompt = 'x'): Promise<string> {
	return urlsOf(await client.settle({ prompt }))[0] ?? '';
}

describe.each(['5', '10'])('%s seconds', (duration) => {
	test.each([
		['16:9', 1280, 720],
		['9:16', 720, 1280],
		['1:1', 720, 720],
	])('at %s', async (aspect_ratio, width, height) => {
		const watermark_info = { enabled: true };
		const task = await client.settle({ prompt: 'x', duration, aspect_ratio, watermark_info });
		const urls = urlsOf(task);
		expect(urls.map((url) => url.split('/').pop())).toEqual(['video.mp4', 'watermark.mp4']);
		const files = await Promise.all(urls.map((url) => download(url)));
		for (const { data, headers } of files) {
			expect(headers['content-type']).toBe('video/mp4');
			expect(headers['content-length']).toBe(String(data.length));
			const facts = await readMp4(data);
			expect(facts).toEqual({
				seconds: expect.closeTo(Number(duration), 1) as number,
				width,
				height,
			});
			// The index stands in front of the pictures.
			expect(data.indexOf('moov')).toBeLessThan(data.indexOf('mdat'));
		}
		expect(files[0]?.data.equals(files[1]?.data ?? Buffer.alloc(0))).toBe(false);
	});
});

test.each([
	['3', 5],
	['7', 5],
	['8', 10],
	['15', 10],
])('%s seconds are shown as the nearer of two lengths', async (duration, seconds) => {
	const task = await client.settle({ prompt: 'x', duration }, 'kirin_v3_t2v');
	const { data } = await download(urlsOf(task)[0] ?? '');
	expect((await readMp4(data)).seconds).toBeCloseTo(seconds, 1);
	expect(sandbox.ledger.tasks).toMatchObject([{ duration: Number(duration) }]);
	// A price in proportion, to the millionth: 0.42 for 5 s.
	const cost = String((Number(duration) * 84) / 1000);
	expect(Number((task.usage as { cost: string }).cost)).toBe(Number(cost));
});

test('results are on another origin, which asks for no key', async () => {
	const url = await resultUrl();
	expect(new URL(url).origin).toBe(sandbox.filesUrl);
	expect(sandbox.filesUrl).not.toBe(sandbox.apiUrl);
	expect((await download(url)).status).toBe(200);
	expect(sandbox.ledger.requests.at(-1)?.headers).not.toHaveProperty('authorization');
});

test('there is nothing before a task completes, and no watermark unasked', async () => {
	const { data } = await client.create({ prompt: '[sandbox: never]' });
	const folder = `${sandbox.filesUrl}/results/${String(data.id)}`;
	expect((await download(`${folder}/video.mp4`)).status).toBe(404);
	const url = await resultUrl();
	expect((await download(url.replace('video.mp4', 'watermark.mp4'))).status).toBe(404);
	expect((await download(`${sandbox.filesUrl}/`)).status).toBe(404);
});

test('HEAD and ranges', async () => {
	const url = await resultUrl();
	const { data: whole } = await download(url);
	const head = await download(url, {}, 'HEAD');
	expect(head.headers).toMatchObject({
		'content-length': String(whole.length),
		'accept-ranges': 'bytes',
	});
	for (const [range, start, end] of [
		['bytes=0-99', 0, 100],
		['bytes=1000-', 1000, whole.length],
		['bytes=-50', whole.length - 50, whole.length],
		['bytes=10-99999999', 10, whole.length],
	] as const) {
		const part = await download(url, { range });
		expect(part.status).toBe(206);
		expect(part.headers['content-range']).toBe(`bytes ${start}-${end - 1}/${whole.length}`);
		expect(part.data.equals(whole.subarray(start, end))).toBe(true);
	}
	const beyond = await download(url, { range: `bytes=${whole.length}-` });
	expect(beyond.status).toBe(416);
	expect((await download(url, { range: 'lines=1-2' })).status).toBe(200);
});

test('a file of a given size is still the video', async () => {
	const { data } = await download(await resultUrl('[sandbox: size 3MiB]'));
	expect(data.length).toBe(3 * 1024 * 1024);
	expect(await readMp4(data)).toMatchObject({ width: 1280, height: 720 });
	// The boxes fill the file exactly.
	let at = 0;
	while (at < data.length) at += data.readUInt32BE(at);
	expect(at).toBe(data.length);
});

test('a huge file is sent while it is made', async () => {
	sandbox.settings.videoBytes = 5 * 2 ** 30;
	const url = await resultUrl();
	const head = await download(url, {}, 'HEAD');
	expect(head.headers['content-length']).toBe(String(5 * 2 ** 30));
	const { data } = await download(url, { range: `bytes=${2 ** 32}-${2 ** 32 + 9}` });
	expect(data.equals(Buffer.alloc(10))).toBe(true);
});

test('a file smaller than the video', async () => {
	const { data } = await download(await resultUrl('[sandbox: size 1000]'));
	expect(data.length).toBe(1000);
	expect(data.toString('latin1', 4, 8)).toBe('ftyp');
});
