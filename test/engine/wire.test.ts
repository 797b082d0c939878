import { readFileSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { INodeParameters } from 'n8n-workflow';
import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { binaryBytes, testCredential } from './engine';
import {
	KEY,
	begin,
	errorText,
	generating,
	onTask,
	onlyItem,
	run,
	until,
	virtualTimeForTests,
} from './kirin';

/** What a server may do to a client byte by byte, in n8n's own HTTP layer. */

const MP4 = readFileSync(join(__dirname, '../../sandbox/videos/1x1-5s-plain.mp4'));
const ID = 'd5u5obte8783ap44qtj0';

type Script = (socket: Socket, hit: number) => void;

/** By the first word of the path; whatever else is asked for is never answered. */
let scripts: Record<string, Script> = {};
let hits: Record<string, number> = {};
const open = new Set<Socket>();
const server: Server = createServer((socket) => {
	open.add(socket);
	socket.on('error', () => undefined);
	socket.on('close', () => open.delete(socket));
	let head = '';
	socket.on('data', (chunk) => {
		const isKnown = head.includes('\r\n\r\n');
		head += chunk.toString('latin1');
		if (isKnown || !head.includes('\r\n\r\n')) return;
		const [method, path = ''] = head.split(' ');
		const name = path.startsWith('/file') ? 'file' : method === 'POST' ? 'create' : 'get';
		hits[name] = (hits[name] ?? 0) + 1;
		scripts[name]?.(socket, hits[name]);
	});
});
let url = '';
virtualTimeForTests();
beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	hits = {};
	scripts = {
		create: json({ id: ID, status: 'in_progress' }),
		get: json(completed()),
		file: file(),
	};
});
afterAll(() => {
	open.forEach((socket) => socket.destroy());
	server.close();
});

function completed(rest: object = {}): object {
	return { id: ID, status: 'completed', output: [{ type: 'video', url: `${url}/file` }], ...rest };
}

const head = (headers: string, status = '200 OK') => `HTTP/1.1 ${status}\r\n${headers}\r\n\r\n`;

function json(body: object | string, status?: string): Script {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return (socket) =>
		void socket.end(head(`content-length: ${Buffer.byteLength(text)}`, status) + text);
}

function file(headers = `content-length: ${MP4.length}`, bytes = MP4): Script {
	return (socket) => {
		socket.write(head(headers));
		socket.end(bytes);
	};
}

/** A byte now and then, and never an end. */
const drip: Script = (socket) => {
	socket.write(head('content-length: 100000'));
	const drop = () => {
		if (socket.destroyed) return;
		socket.write(' ');
		setTimeout(drop, 20);
	};
	drop();
};

const stallAfter =
	(bytes: number): Script =>
	(socket) => {
		socket.write(head(`content-length: ${MP4.length}`));
		socket.write(MP4.subarray(0, bytes));
	};

const first =
	(fault: Script, then: Script): Script =>
	(socket, hit) =>
		(hit === 1 ? fault : then)(socket, hit);

const quick = { requestOptions: { timeout: 400 } };
const there = {
	get current() {
		return { apiUrl: url };
	},
};

async function go(parameters: INodeParameters = {}) {
	return await run(there.current as never, generating({ ...quick, ...parameters }));
}

describe('A download that stalls after its first bytes', () => {
	it.each([0, 10, 1000])('is tried again: %d bytes', async (bytes) => {
		scripts.file = first(stallAfter(bytes), file());
		expect(await binaryBytes(onlyItem(await go()))).toEqual(MP4);
		expect(hits.file).toBe(2);
	});

	it('each time ends with an error that has the address, and leaves no connection', async () => {
		scripts.file = stallAfter(1000);
		const text = errorText(await go());
		expect(text).toContain('went silent after 1000 bytes');
		expect(text).toContain(`${url}/file`);
		expect(hits.file).toBe(3);
		await until(() => open.size === 0);
	});

	it('ends on Stop', async () => {
		scripts.file = stallAfter(1000);
		const started = await begin(there.current as never, generating());
		await until(() => hits.file === 1);
		started.stop();
		await started.promise;
		await until(() => open.size === 0);
	});
});

describe('An answer that drips', () => {
	it('to get is asked for again', async () => {
		scripts.get = first(drip, json(completed()));
		expect(onlyItem(await go()).json.status).toBe('completed');
		await until(() => open.size === 0);
	});

	it('to every get ends at the maximum wait', async () => {
		scripts.get = drip;
		const text = errorText(await go({ waiting: { maximumWaitMinutes: 0.2 } }));
		expect(text).toContain(`Task ${ID} is not finished`);
		expect(text).toContain('no answer came in time');
	});

	it('to Task → Get ends in time', async () => {
		scripts.get = drip;
		const parameters = onTask('get', { taskId: ID, ...quick });
		expect(errorText(await run(there.current as never, parameters))).toContain('could not be read');
	});

	it('to create is looked for', async () => {
		scripts.create = drip;
		expect(onlyItem(await go()).json.taskId).toBe(ID);
		expect(hits.create).toBe(1);
	});

	it('as a download is as good as silent', async () => {
		scripts.file = first(drip, file());
		expect(await binaryBytes(onlyItem(await go()))).toEqual(MP4);
	});
});

describe('A file', () => {
	it('in an encoding that nobody asked for is whole', async () => {
		const bytes = gzipSync(MP4);
		scripts.file = file(`content-encoding: gzip\r\ncontent-length: ${bytes.length}`, bytes);
		expect(await binaryBytes(onlyItem(await go()))).toEqual(MP4);
		expect(hits.file).toBe(1);
	});

	it.each(['binary/octet-stream', 'application/mp4', 'text/plain'])(
		'of the type %s is the video that it is',
		async (type) => {
			scripts.file = file(`content-type: ${type}\r\ncontent-length: ${MP4.length}`);
			expect(onlyItem(await go()).binary?.data?.mimeType).toBe('video/mp4');
		},
	);

	it('whose connection ends without a length is not whole', async () => {
		scripts.file = first(
			file('connection: close', MP4.subarray(0, MP4.length / 2)),
			file('connection: close'),
		);
		expect(await binaryBytes(onlyItem(await go()))).toEqual(MP4);
		expect(hits.file).toBe(2);
	});

	it('at a relative address lies at the API', async () => {
		scripts.get = json({ id: ID, status: 'done', output: { video_url: ' /file/x.mp4 ' } });
		const { json: item } = onlyItem(await go());
		expect(item.videoUrl).toBe(`${url}/file/x.mp4`);
	});
});

describe('An answer', () => {
	it('without end is not read to its end', async () => {
		scripts.get = first((socket) => {
			socket.write(head('transfer-encoding: chunked'));
			const chunk = Buffer.concat([
				Buffer.from('100000\r\n'),
				Buffer.alloc(0x100000, 32),
				Buffer.from('\r\n'),
			]);
			const pour = () => {
				while (!socket.destroyed && socket.write(chunk));
			};
			socket.on('drain', pour);
			pour();
		}, json(completed()));
		expect(onlyItem(await go({ requestOptions: {} })).json.status).toBe('completed');
	});

	it('about another task is not that of the one asked for', async () => {
		scripts.get = first(json(completed({ id: 'another' })), json(completed()));
		expect(onlyItem(await go()).json.taskId).toBe(ID);
		scripts.get = json(completed({ id: 'another' }));
		const text = errorText(await go({ waiting: { maximumWaitMinutes: 0.2 } }));
		expect(text).toContain('answered with another task, another');
	});

	it('with an ID of twenty digits keeps them', async () => {
		const body = `{"id":12345678901234567890,"status":"completed","output":"${url}/file"}`;
		scripts.create = json(body);
		expect(onlyItem(await go()).json.taskId).toBe('12345678901234567890');
	});

	it('of a firewall is passing for a while, and shown in the end', async () => {
		const page = '<html><p>Access denied by the wall</p></html>';
		scripts.get = first(json(page, '403 Forbidden'), json(completed()));
		expect(onlyItem(await go()).json.status).toBe('completed');
		scripts.get = json(page, '403 Forbidden');
		const text = errorText(await go());
		expect(text).toContain('such as a proxy or a firewall');
		expect(text).toContain('It says: "Access denied by the wall"');
	});

	it('in the shape of the vendor is understood', async () => {
		const videos = [{ id: 'v', url: `${url}/file`, duration: '5' }];
		scripts.get = json({
			code: 0,
			request_id: 'r',
			data: { task_id: ID, task_status: 'succeed', task_result: { videos } },
		});
		expect(onlyItem(await go()).json.videoUrl).toBe(`${url}/file`);
	});

	it('that nobody understands is shown when the wait is over', async () => {
		scripts.get = json({ id: ID, status: 'Simmering', note: 'soon' });
		const text = errorText(await go({ waiting: { maximumWaitMinutes: 0.2 } }));
		expect(text).toContain('the status "simmering", which this node does not know');
		expect(text).toContain('"note":"soon"');
	});

	it('never brings the key into an item, an error or the log', async () => {
		const quoted = [KEY, Buffer.from(`Bearer ${KEY}`).toString('base64'), encodeURIComponent(KEY)];
		scripts.get = json(completed({ model: quoted.join(' '), [KEY]: quoted }));
		for (const output of ['simplified', 'raw']) {
			const result = await go({ options: { output } });
			const all = result.stored() + result.log.join('\n');
			expect(result.error).toBeUndefined();
			for (const form of quoted) expect(all).not.toContain(form);
		}
	});
});

describe('The credential test', () => {
	it('ends without an answer, and with one that is too large', async () => {
		scripts.get = (socket) => {
			socket.write(head('connection: close'));
			socket.end(Buffer.alloc(9 * 1024 * 1024, 32));
		};
		const data = { apiKey: KEY, baseUrl: url };
		const { status, message } = await testCredential(new KirinVideo(), new KirinVideoApi(), data);
		expect(status).toBe('Error');
		expect(message).not.toContain(KEY);
	});
});
