import { binaryBytes, itemsOf } from './engine';
import { NODE, errorText, generating, onlyItem, run, sandboxForTests } from './kirin';

const sandbox = sandboxForTests();

function downloads() {
	return sandbox.current.ledger.requests.filter(({ kind }) => kind === 'download');
}

describe('A download', () => {
	it.each([
		['a broken connection', 'reset' as const],
		['a stream that breaks off', 'truncate' as const],
		['a 503', { status: 503 }],
		['an empty file', 'empty' as const],
	])('is tried again after %s', async (_, kind) => {
		sandbox.current.faults = [{ on: 'download', kind, times: 1 }];
		const item = onlyItem(await run(sandbox.current, generating()));

		expect(downloads()).toHaveLength(2);
		expect((await binaryBytes(item)).length).toBeGreaterThan(1000);
	});

	it('that stays broken never loses the paid task', async () => {
		sandbox.current.faults = [{ on: 'download', kind: 'truncate' }];
		const text = errorText(await run(sandbox.current, generating()));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain(`The video of task ${task?.id} is finished but could not be downloaded`);
		expect(text).toContain(`${sandbox.current.filesUrl}/results/${task?.id}/video.mp4`);
		expect(text).toContain('Task → Wait');
		expect(text).toContain('is completed and billed');
	});

	it.each([403, 404])(
		'of an address that stays bad (%i) is given up after a while',
		async (status) => {
			const parameters = generating({ prompt: `A fox [sandbox: expired ${status}]` });
			const text = errorText(await run(sandbox.current, parameters));

			expect(text).toContain(`HTTP ${status}`);
			expect(text).toContain(sandbox.current.ledger.tasks[0]?.id);
			expect(downloads().length).toBeGreaterThan(1);
		},
	);

	it('that is labelled as something else is the video that it is', async () => {
		sandbox.current.faults = [{ on: 'download', kind: 'wrong-type' }];
		const item = onlyItem(await run(sandbox.current, generating()));

		expect(item.binary?.data?.mimeType).toBe('video/mp4');
		expect(downloads()).toHaveLength(1);
	});

	it('follows redirects, to http and https only', async () => {
		const parameters = generating();
		sandbox.current.faults = [
			{ on: 'download', kind: { location: '?moved', status: 302 }, times: 1 },
		];
		onlyItem(await run(sandbox.current, parameters));
		expect(downloads()).toHaveLength(2);

		sandbox.current.faults = [{ on: 'download', kind: { location: 'file:///etc/hostname' } }];
		expect(errorText(await run(sandbox.current, parameters))).toContain('not http');
	});

	it('gives up on redirects that never end', async () => {
		sandbox.current.faults = [{ on: 'download', kind: { location: '?again', status: 302 } }];

		expect(errorText(await run(sandbox.current, generating()))).toContain('redirects more than');
	});

	it('of a result without a video says so', async () => {
		const parameters = generating({ prompt: 'A fox [sandbox: no-output]' });
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toContain('the result has no video');
		expect(text).toContain(sandbox.current.ledger.tasks[0]?.id);
	});

	it('of a large video arrives whole', async () => {
		const parameters = generating({ prompt: 'A fox [sandbox: size 20MiB]' });
		const item = onlyItem(await run(sandbox.current, parameters));

		expect((await binaryBytes(item)).length).toBe(20 * 1024 * 1024);
	});

	it('does not wait for a silent host longer than the user says', async () => {
		sandbox.current.faults = [{ on: 'download', kind: 'hang', times: 1 }];
		onlyItem(await run(sandbox.current, generating({ requestOptions: { timeout: 200 } })));

		expect(downloads()).toHaveLength(2);
	});

	it('gives the file the name that the user wants, by item', async () => {
		const parameters = generating({ output: { fileName: '={{ $json.slug }}' } });
		const items = itemsOf({ slug: 'Fox at dawn' }, { slug: '' });
		const result = await run(sandbox.current, parameters, { items });
		const [named, other] = result.output(NODE);

		expect(named?.binary?.data?.fileName).toBe('Fox at dawn.mp4');
		expect(other?.binary?.data?.fileName).toBe(`${other?.json.taskId as string}.mp4`);
	});

	it('of a file over the limit is not begun', async () => {
		const prompt = 'A fox [sandbox: size 3MiB]';
		const output = { maximumFileSizeMiB: 2 };
		const text = errorText(await run(sandbox.current, generating({ prompt, output })));

		expect(text).toContain('larger than the limit of 2 MiB');
		expect(text).toContain(sandbox.current.ledger.tasks[0]?.id);
		expect(downloads()).toHaveLength(1);
	});

	it('that fails can leave the item without the video, with a warning', async () => {
		const parameters = generating({
			prompt: 'A fox [sandbox: expired]',
			output: { onDownloadError: 'returnItem' },
		});
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(item.binary).toBeUndefined();
		expect(item.json).toMatchObject({
			taskId: sandbox.current.ledger.tasks[0]?.id,
			status: 'completed',
			videoUrl: expect.stringContaining('video.mp4') as string,
			warning: expect.stringContaining('could not be downloaded') as string,
		});
	});

	it('asks for a fresh address when the old one has expired', async () => {
		sandbox.current.faults = [{ on: 'download', kind: { status: 403 }, times: 1 }];
		await run(sandbox.current, generating());

		const kinds = sandbox.current.ledger.requests.map(({ kind }) => kind);
		expect(kinds.slice(kinds.indexOf('download'))).toEqual(['download', 'get', 'download']);
	});
});

describe('Download All Files', () => {
	const all = (prompt: string, output: object = {}, more: object = {}) =>
		generating({ prompt, output: { downloadAllFiles: true, ...output }, ...more });

	it('puts what comes beside the video into fields of their own, in the order of the service', async () => {
		const parameters = all('A fox [sandbox: outputs 2]', { fileName: 'fox' });
		parameters.options = { watermark: true };
		const item = onlyItem(await run(sandbox.current, parameters));

		expect(
			Object.entries(item.binary ?? {}).map(([name, { fileName }]) => [name, fileName]),
		).toEqual([
			['data', 'fox.mp4'],
			['data_1', 'fox_1.mp4'],
			['data_2', 'fox_2.mp4'],
		]);
		const watermarked = await binaryBytes(item, 'data_2');
		expect(watermarked.equals(await binaryBytes(item, 'data'))).toBe(false);
		expect(downloads().map(({ path }) => path.split('/').pop())).toEqual([
			'video.mp4',
			'video-2.mp4',
			'watermark.mp4',
		]);
	});

	it('is one file where there is only the video', async () => {
		const item = onlyItem(await run(sandbox.current, all('A fox')));
		expect(Object.keys(item.binary ?? {})).toEqual(['data']);
	});

	it('names the fields after the one that the user has chosen', async () => {
		const parameters = all('A fox [sandbox: outputs 2]', {}, { binaryPropertyName: 'clip' });
		const item = onlyItem(await run(sandbox.current, parameters));
		expect(Object.keys(item.binary ?? {})).toEqual(['clip', 'clip_1']);
	});

	it('checks each of them like the first', async () => {
		sandbox.current.faults = [{ on: 'download', kind: 'truncate', skip: 1 }];
		const text = errorText(await run(sandbox.current, all('A fox [sandbox: outputs 2]')));
		const [task] = sandbox.current.ledger.tasks;

		expect(text).toContain(`File 2 of task ${task?.id} is finished but could not be downloaded`);
		expect(text).toContain('is completed and billed. Do not run the item again: get it with');
		expect(text).toContain('video-2.mp4');
	});

	it('can give those that could be fetched, with a warning about the others', async () => {
		sandbox.current.faults = [{ on: 'download', kind: 'html', skip: 1, times: 3 }];
		const output = { onDownloadError: 'returnItem' };
		const item = onlyItem(await run(sandbox.current, all('A fox [sandbox: outputs 3]', output)));

		expect(Object.keys(item.binary ?? {})).toEqual(['data', 'data_2']);
		expect(item.json.warning).toContain('gives an HTML page, not a video, an image or sound');
	});

	it('asks for a fresh address of the file that has expired', async () => {
		sandbox.current.faults = [{ on: 'download', kind: { status: 403 }, skip: 1, times: 1 }];
		const item = onlyItem(await run(sandbox.current, all('A fox [sandbox: outputs 2]')));

		expect(Object.keys(item.binary ?? {})).toEqual(['data', 'data_1']);
		const kinds = sandbox.current.ledger.requests.map(({ kind }) => kind);
		expect(kinds.slice(kinds.indexOf('download'))).toEqual([
			...['download', 'download', 'get', 'download'],
		]);
	});
});
