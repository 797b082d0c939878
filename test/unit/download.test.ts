import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IHttpRequestOptions } from 'n8n-workflow';
import { Stopped } from '../../nodes/KirinVideo/api/clock';
import { TaskError } from '../../nodes/KirinVideo/api/taskError';
import { type DownloadOptions, download } from '../../nodes/KirinVideo/output/download';
import { type Task, readTask } from '../../nodes/KirinVideo/task/task';
import { TASK_ID, taskBody } from './scripted-api';
import { taskErrorOf, wordsOf } from './task-error';
import { VirtualClock } from './virtual-clock';

const URL_OF_VIDEO = 'https://files.example/x.mp4';

/** A box of an ISO media file: its size and name, and what is in it. */
function box(name: string, content = ''): Buffer {
	const size = Buffer.alloc(4);
	size.writeUInt32BE(8 + content.length);
	return Buffer.concat([size, Buffer.from(name + content, 'latin1')]);
}

/** The smallest file that passes for a whole MP4, of 40 bytes. */
const VIDEO = Buffer.concat([box('ftyp', 'isomisom'), box('moov'), box('mdat', '12345678')]);

function taskWith(url: string): Task {
	const output = [{ type: 'video', url }];
	const task = readTask(taskBody({ status: 'completed', output }));
	if (!task) throw new Error('That is no task');
	return task;
}

interface Reply {
	status?: number;
	headers?: Record<string, string>;
	/** What arrives; with `breaks`, before the connection does. */
	body?: Buffer;
	breaks?: boolean;
}

function streamOf({ body = VIDEO, breaks }: Reply): Readable {
	return Readable.from(
		(async function* () {
			yield await Promise.resolve(body.subarray(0, 5));
			yield body.subarray(5);
			if (breaks) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		})(),
	);
}

const whole: Reply = {
	headers: { 'content-type': 'video/mp4', 'content-length': String(VIDEO.length) },
};

/** As n8n reads what goes into a file. */
async function piped(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	const sink = new Writable({
		write(chunk: Buffer, _, done) {
			chunks.push(chunk);
			done();
		},
	});
	await pipeline(stream, sink);
	return Buffer.concat(chunks);
}

/** As n8n reads what goes into the database, which is its way in queue mode. */
async function listenedTo(stream: Readable): Promise<Buffer> {
	const chunks: Buffer[] = [];
	await new Promise((resolve, reject) => {
		stream.on('data', (chunk: Buffer) => chunks.push(chunk));
		stream.once('end', resolve);
		stream.once('error', reject);
	});
	return Buffer.concat(chunks);
}

/** A download from a host that gives these replies in turn, the last one for ever. */
function downloading(
	replies: Array<Reply | Error>,
	rest: Partial<DownloadOptions> = {},
	storeFault?: Error,
	read = piped,
) {
	const clock = new VirtualClock();
	const requests: IHttpRequestOptions[] = [];
	const streams: Readable[] = [];
	const stored: Array<{ name: string; type: string; bytes: Buffer }> = [];
	const functions = {
		helpers: {
			async httpRequest(request: IHttpRequestOptions) {
				requests.push(request);
				const reply = replies[Math.min(requests.length, replies.length) - 1] ?? whole;
				if (reply instanceof Error) throw reply;
				const stream = streamOf(reply);
				streams.push(stream);
				return await Promise.resolve({
					statusCode: reply.status ?? 200,
					headers: reply.headers ?? {},
					body: stream,
				});
			},
			async prepareBinaryData(stream: Readable, name: string, type: string) {
				const bytes = await read(stream);
				if (storeFault) throw storeFault;
				stored.push({ name, type, bytes });
				return { data: 'stored', mimeType: type, fileName: name };
			},
		},
	};
	const options = {
		functions: functions as never,
		connection: {},
		clock,
		maximumBytes: 1024 * 1024,
		refresh: async () => await Promise.resolve(taskWith(URL_OF_VIDEO)),
		...rest,
	};
	const run = async (url = URL_OF_VIDEO) =>
		await download(taskWith(url), { taskId: TASK_ID, externalTaskId: 'order-7' }, options);
	return {
		run,
		options,
		requests,
		streams,
		stored,
		clock,
		urls: () => requests.map(({ url }) => url),
	};
}

const redirect = (location: string): Reply => ({ status: 302, headers: { location } });

describe('A download', () => {
	it('stores the video whole, under the name of its task', async () => {
		const { run, stored, requests } = downloading([whole]);
		await expect(run()).resolves.toMatchObject({ mimeType: 'video/mp4' });
		expect(stored).toEqual([{ name: `${TASK_ID}.mp4`, type: 'video/mp4', bytes: VIDEO }]);
		expect(requests).toHaveLength(1);
	});

	it('stores it whole where n8n listens to the stream, as it does to fill its database', async () => {
		const { run, stored } = downloading([whole], {}, undefined, async (stream) => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			return await listenedTo(stream);
		});
		await run();
		expect(stored).toMatchObject([{ bytes: VIDEO }]);
		const { run: runAtOnce, stored: storedAtOnce } = downloading(
			[whole],
			{},
			undefined,
			listenedTo,
		);
		await runAtOnce();
		expect(storedAtOnce).toMatchObject([{ bytes: VIDEO }]);
	});

	it('is a stream, with no key and no redirects but our own', async () => {
		const { run, requests } = downloading([whole]);
		await run();
		expect(requests[0]).toMatchObject({
			url: URL_OF_VIDEO,
			method: 'GET',
			encoding: 'stream',
			disableFollowRedirect: true,
		});
		expect(requests[0]?.headers).toEqual({ 'Accept-Encoding': 'identity' });
		expect(requests[0]).not.toHaveProperty('auth');
	});

	it.each([
		'video/mp4',
		'VIDEO/MP4; codecs="avc1"',
		'video/webm',
		'application/mp4',
		'application/octet-stream',
		'binary/octet-stream',
		'text/html',
		'x',
		'',
	])('is what its bytes are, whatever its label "%s" says', async (label) => {
		const { run, stored } = downloading([{ headers: { 'content-type': label } }]);
		await run();
		expect(stored).toEqual([{ name: `${TASK_ID}.mp4`, type: 'video/mp4', bytes: VIDEO }]);
	});

	it('is named by what it is', async () => {
		const webm = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d', 'hex');
		const { run, stored } = downloading([{ ...whole, body: webm }]);
		await run();
		expect(stored).toMatchObject([{ name: `${TASK_ID}.webm`, type: 'video/webm' }]);
	});

	it('of a kind that is known by its label alone goes by that', async () => {
		const body = Buffer.from([7, 0, 1, 255, 3, 0, 0, 254, 9, 9, 9, 0, 0, 0, 1, 2, 3, 4]);
		const labelled = (label: string) => downloading([{ headers: { 'content-type': label }, body }]);
		const { run, stored } = labelled('video/x-new');
		await run();
		expect(stored).toMatchObject([{ name: `${TASK_ID}.new`, type: 'video/x-new' }]);
		const error = await taskErrorOf(labelled('video/mp4').run());
		expect(error.message).toMatch(/gives video\/mp4, not a video/);
		expect((await taskErrorOf(labelled('').run())).message).toMatch(/gives something, not a/);
	});

	it('has a name that is one, whatever the task ID', async () => {
		const task = readTask({
			id: '../../etc/pass wd',
			status: 'completed',
			output: URL_OF_VIDEO,
		}) as Task;
		const { options, stored } = downloading([whole]);
		await download(task, { taskId: task.taskId }, options);
		expect(stored).toMatchObject([{ name: '______etc_pass_wd.mp4' }]);
	});

	it("goes through the user's proxy", async () => {
		const proxy = { host: 'proxy.example', port: 3128 };
		const { run, requests } = downloading([whole], { connection: { proxy } });
		await run();
		expect(requests[0]).toMatchObject({ proxy });
	});
});

describe('A redirect of a download', () => {
	it('is followed, to another host too', async () => {
		const { run, urls } = downloading([redirect('https://cdn.example/y'), redirect('/z'), whole]);
		await run();
		expect(urls()).toEqual([URL_OF_VIDEO, 'https://cdn.example/y', 'https://cdn.example/z']);
	});

	it.each(['ftp://files.example/x', 'file:///etc/passwd', 'data:video/mp4;base64,AAAA'])(
		'to %s is refused',
		async (location) => {
			const { run, requests, streams } = downloading([redirect(location)]);
			const error = await taskErrorOf(run());
			expect(error.message).toMatch(/redirects to something that is not http/);
			expect(requests).toHaveLength(1);
			expect(streams[0]?.destroyed).toBe(true);
		},
	);

	it('to nonsense is not blamed on the API key', async () => {
		const error = await taskErrorOf(downloading([redirect('http://')]).run());
		expect(wordsOf(error)).not.toMatch(/API key|base URL/);
	});

	it('that never ends is given up', async () => {
		const { run, requests } = downloading([redirect('/round')]);
		expect((await taskErrorOf(run())).message).toMatch(/redirects more than 5 times/);
		expect(requests).toHaveLength(6);
	});

	it('without a target is a failure', async () => {
		const error = await taskErrorOf(downloading([{ status: 302 }]).run());
		expect(error.message).toMatch(/HTTP 302/);
	});
});

const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

const passing: Array<[string, Reply | Error, RegExp]> = [
	['HTTP 500', { status: 500 }, /HTTP 500/],
	['HTTP 503', { status: 503 }, /HTTP 503/],
	['HTTP 429', { status: 429 }, /HTTP 429/],
	['no connection', broken, /the connection broke/],
	['a broken connection', { ...whole, breaks: true }, /the connection broke/],
	['half a file', { body: VIDEO.subarray(0, 30) }, /the file breaks off after 30 bytes/],
	['a file that ends between two boxes', { body: VIDEO.subarray(0, 24) }, /breaks off after 24/],
	[
		'a damaged file',
		{ body: Buffer.concat([VIDEO.subarray(0, 16), Buffer.alloc(8, 3)]) },
		/damaged/,
	],
	['an empty file', { body: Buffer.alloc(0) }, /the file is empty/],
	['a few bytes', { body: Buffer.from('hi') }, /gives a text, not a video/],
	['a page', { ...whole, body: Buffer.from('<!DOCTYPE html><p>No') }, /an HTML page, not a video/],
	['XML', { ...whole, body: Buffer.from('<?xml version="1.0"?>') }, /gives XML, not a video/],
	['JSON', { ...whole, body: Buffer.from('{"message":"no such file"}') }, /JSON, not a video/],
	['a text', { ...whole, body: Buffer.from('The file has gone.') }, /a text, not a video/],
];

describe.each(passing)('A download that meets %s', (_, fault, words) => {
	it('is tried again', async () => {
		const { run, requests } = downloading([fault, fault, whole]);
		await expect(run()).resolves.toMatchObject({ fileName: `${TASK_ID}.mp4` });
		expect(requests).toHaveLength(3);
	});

	it('three times does not lose the paid video: the error has its address and the task ID', async () => {
		const { run, requests, clock } = downloading([fault]);
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(words);
		expect(wordsOf(error)).toContain(TASK_ID);
		expect(error.description).toContain(URL_OF_VIDEO);
		expect(error.description).toMatch(/completed and billed/);
		expect(error.details).toMatchObject({ status: 'completed', videoUrl: URL_OF_VIDEO });
		expect(requests).toHaveLength(3);
		expect(clock.elapsed()).toBe(3_000);
	});
});

describe('A store that is full', () => {
	it('is told as such, and not as a fault of the network', async () => {
		const { run, requests } = downloading([whole], {}, new Error('no room left'));
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(/n8n could not store it after 40 bytes/);
		expect(error.description).toMatch(/completed and billed/);
		expect(requests).toHaveLength(3);
	});
});

describe('A size that was announced', () => {
	it.each(['5', '999'])('counts nothing: it may be that of an encoding, %s', async (length) => {
		const headers = { 'content-length': length };
		await expect(downloading([{ headers }]).run()).resolves.toBeDefined();
	});

	it('above the limit keeps the file from being fetched', async () => {
		const { run, requests, stored, streams } = downloading([whole], { maximumBytes: 10 });
		expect((await taskErrorOf(run())).message).toMatch(/larger than the limit/);
		expect(requests).toHaveLength(1);
		expect(stored).toEqual([]);
		expect(streams[0]?.destroyed).toBe(true);
	});

	it('or not, a file above the limit is broken off and not tried again', async () => {
		const { run, requests, stored } = downloading([{}], { maximumBytes: 10 });
		expect((await taskErrorOf(run())).message).toMatch(/larger than the limit/);
		expect(requests).toHaveLength(1);
		expect(stored).toEqual([]);
	});

	it('above a limit that is no whole number names it as it is', async () => {
		const huge = { headers: { 'content-length': '9999999' } };
		const { run } = downloading([huge], { maximumBytes: 1.25 * 1024 * 1024 });
		expect((await taskErrorOf(run())).message).toContain('larger than the limit of 1.25 MiB');
	});

	it('at the limit is welcome', async () => {
		await expect(downloading([whole], { maximumBytes: VIDEO.length }).run()).resolves.toBeDefined();
	});
});

describe('An address that is no longer good', () => {
	it.each([401, 403, 404, 410])('is asked for anew: HTTP %d', async (status) => {
		const refresh = jest.fn(
			async () => await Promise.resolve(taskWith('https://files.example/new')),
		);
		const { run, urls } = downloading([{ status }, whole], { refresh });
		await expect(run()).resolves.toBeDefined();
		expect(urls()).toEqual([URL_OF_VIDEO, 'https://files.example/new']);
		expect(refresh).toHaveBeenCalledTimes(1);
	});

	it.each([401, 403, 404, 410])('and is the only one ends it: HTTP %d', async (status) => {
		const { run, requests } = downloading([{ status }]);
		expect((await taskErrorOf(run())).message).toContain(`HTTP ${status}`);
		expect(requests).toHaveLength(1);
	});

	it('does not swallow Stop while a fresh one is asked for', async () => {
		const refresh = async () => await Promise.reject(new Stopped());
		await expect(downloading([{ status: 403 }], { refresh }).run()).rejects.toBeInstanceOf(Stopped);
	});

	it('and cannot be asked for does not hide that the video is paid and where it was', async () => {
		const refresh = async (): Promise<Task> =>
			await Promise.reject(new TaskError('Task a could not be read', 'Try again later.'));
		const error = await taskErrorOf(downloading([{ status: 403 }], { refresh }).run());
		expect(error.message).toContain('HTTP 403');
		expect(error.description).toMatch(/completed and billed/);
		expect(error.description).toContain(URL_OF_VIDEO);
	});

	it('is not asked for anew when it was never good', async () => {
		const refresh = jest.fn();
		const { run } = downloading([{ status: 400 }], { refresh });
		await taskErrorOf(run());
		expect(refresh).not.toHaveBeenCalled();
	});
});

describe('An address that the key was blanked out of', () => {
	it('is asked for anew before anything is fetched', async () => {
		const { run, urls } = downloading([whole]);
		await run('https://files.example/x.mp4?key=[API key]');
		expect(urls()).toEqual([URL_OF_VIDEO]);
	});
});

describe('A file that is not there yet', () => {
	it.each([202, 403, 404])('of a task that has just ended is waited for: %d', async (status) => {
		const { run, requests, clock } = downloading(
			[{ status }, { status }, { status }, { status }, whole],
			{ isFresh: true },
		);
		await expect(run()).resolves.toBeDefined();
		expect(requests).toHaveLength(5);
		expect(clock.elapsed()).toBe(15_000);
	});

	it('is waited for also where each answer of the service has another address', async () => {
		let signatures = 0;
		const refresh = async () =>
			await Promise.resolve(taskWith(`${URL_OF_VIDEO}?signature=${++signatures}`));
		const replies = [404, 403, 404, 403].map((status) => ({ status }));
		const { run, urls, clock } = downloading([...replies, whole], { isFresh: true, refresh });
		await expect(run()).resolves.toBeDefined();
		expect(new Set(urls()).size).toBe(5);
		expect(clock.elapsed()).toBe(7_000);
	});

	it('is waited for a while, not for ever', async () => {
		const { run, clock, requests } = downloading([{ status: 404 }], { isFresh: true });
		expect((await taskErrorOf(run())).message).toContain('HTTP 404');
		expect(clock.elapsed()).toBeLessThanOrEqual(60_000);
		expect(requests.length).toBeGreaterThan(5);
	});

	it('and says so is waited for, whenever its task has ended', async () => {
		const { run, requests } = downloading([{ status: 202 }, whole]);
		await expect(run()).resolves.toBeDefined();
		expect(requests).toHaveLength(2);
	});
});

describe('A download that drags on', () => {
	it('is ended, although its host is never silent', async () => {
		const { run, clock, requests } = downloading([whole], {}, undefined, async (stream) => {
			clock.advance(40 * 60_000);
			return await piped(stream);
		});
		const error = await taskErrorOf(run());
		expect(error.message).toMatch(/in the longest time that a download may take/);
		expect(requests).toHaveLength(3);
	});
});

describe('A result', () => {
	it('without a video has nothing to download', async () => {
		const task = readTask(taskBody({ status: 'completed' }));
		const { requests } = downloading([whole]);
		const options = { functions: {}, clock: new VirtualClock(), connection: {} } as never;
		const error = await taskErrorOf(download(task as Task, { taskId: TASK_ID }, options));
		expect(error.message).toMatch(/the result has no video/);
		expect(requests).toEqual([]);
	});

	it.each(['ftp://files.example/x.mp4', '/x.mp4', 'javascript:alert(1)'])(
		'at %s is not fetched',
		async (url) => {
			const { run, requests } = downloading([whole]);
			expect((await taskErrorOf(run(url))).message).toMatch(/not an http or https URL/);
			expect(requests).toEqual([]);
		},
	);
});

describe('Stop', () => {
	it('keeps a download from beginning', async () => {
		const { run, requests } = downloading([whole], { signal: AbortSignal.abort() });
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(requests).toEqual([]);
	});

	it('ends the pause before the next try', async () => {
		const stop = new AbortController();
		const { run, requests, clock } = downloading([{ status: 503 }], { signal: stop.signal });
		clock.at(500, () => stop.abort());
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(requests).toHaveLength(1);
	});

	it('in the midst of the file is Stop, not a failed download', async () => {
		const stop = new AbortController();
		const { run, requests } = downloading([{ ...whole, breaks: true }], { signal: stop.signal });
		const end = run();
		stop.abort();
		await expect(end).rejects.toBeInstanceOf(Stopped);
		expect(requests.length).toBeLessThanOrEqual(1);
	});

	it('goes to the request itself', async () => {
		const stop = new AbortController();
		const { run, requests } = downloading([whole], { signal: stop.signal }, undefined, async () => {
			stop.abort();
			return await new Promise(() => undefined);
		});
		await expect(run()).rejects.toBeInstanceOf(Stopped);
		expect(requests[0]?.abortSignal?.aborted).toBe(true);
	});
});
