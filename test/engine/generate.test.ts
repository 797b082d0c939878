import { readMp4 } from '../../sandbox';
import { binaryBytes, itemsOf } from './engine';
import { KEY, NODE, generating, onlyItem, run, sandboxForTests, pollsOf } from './kirin';

const sandbox = sandboxForTests();

describe('Generate', () => {
	it('turns a prompt into an item with the video and its facts', async () => {
		const result = await run(sandbox.current, generating());
		const item = onlyItem(result);
		const [task] = sandbox.current.ledger.tasks;

		expect(item.json).toEqual({
			taskId: task?.id,
			externalTaskId: task?.externalTaskId,
			status: 'completed',
			videoUrl: `${sandbox.current.filesUrl}/results/${task?.id}/video.mp4`,
			cost: task?.cost,
			details: {
				model: 'kirin_v2_5_turbo_t2v',
				discount: task?.discount,
				jobId: expect.any(String) as string,
				createdAt: new Date(task?.createdAt ?? 0).toISOString(),
				finishedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
				elapsedSeconds: expect.any(Number) as number,
				polls: sandbox.current.ledger.polls(task?.id ?? '').length,
			},
		});
		// What workflows use comes first.
		expect(Object.keys(item.json).slice(0, 4)).toEqual(['videoUrl', 'status', 'cost', 'taskId']);
		expect(item.binary?.data).toMatchObject({
			mimeType: 'video/mp4',
			fileName: `${task?.id}.mp4`,
			fileExtension: 'mp4',
			fileType: 'video',
		});
		const { seconds, width, height } = await readMp4(await binaryBytes(item));
		expect(seconds).toBeCloseTo(5, 0);
		expect(width / height).toBeCloseTo(16 / 9, 1);
	});

	it('sends what the seed page asks for, and nothing that was not set', async () => {
		await run(sandbox.current, generating());

		expect(sandbox.current.ledger.requests.find(({ kind }) => kind === 'create')?.body).toEqual({
			model: 'kirin_v2_5_turbo_t2v',
			input: [
				{
					params: {
						prompt: 'A fox in the snow',
						mode: 'std',
						duration: '5',
						aspect_ratio: '16:9',
						external_task_id: expect.stringMatching(/^n8n-[0-9a-f]{32}$/) as string,
					},
				},
			],
		});
	});

	it('sends every field of V2.5 Turbo', async () => {
		const parameters = generating({
			mode: 'pro',
			duration: '10',
			aspectRatio: '9:16',
			options: {
				negativePrompt: 'people',
				watermark: true,
				callbackUrl: 'http://127.0.0.1:9/callback',
				externalTaskId: 'order-1001',
			},
		});
		const item = onlyItem(await run(sandbox.current, parameters));
		const [task] = sandbox.current.ledger.tasks;

		expect(task?.params).toEqual({
			prompt: 'A fox in the snow',
			mode: 'pro',
			duration: '10',
			aspect_ratio: '9:16',
			negative_prompt: 'people',
			watermark_info: { enabled: true },
			callback_url: 'http://127.0.0.1:9/callback',
			external_task_id: 'order-1001',
		});
		expect(item.json).toMatchObject({
			externalTaskId: 'order-1001',
			videoUrl: expect.stringContaining('/video.mp4') as string,
			watermarkUrl: expect.stringContaining('/watermark.mp4') as string,
		});
		const { seconds, width, height } = await readMp4(await binaryBytes(item));
		expect(seconds).toBeCloseTo(10, 0);
		expect(width / height).toBeCloseTo(9 / 16, 1);
	});

	it('sends every field of V2 Master, which has no mode', async () => {
		const parameters = generating({
			model: 'kirin_v2_master_t2v',
			mode: 'pro',
			duration: '10',
			aspectRatio: '1:1',
			options: { negativePrompt: 'people', watermark: false },
		});
		const item = onlyItem(await run(sandbox.current, parameters));
		const [task] = sandbox.current.ledger.tasks;

		expect(task?.params).toEqual({
			prompt: 'A fox in the snow',
			duration: '10',
			aspect_ratio: '1:1',
			negative_prompt: 'people',
			watermark_info: { enabled: false },
			external_task_id: task?.externalTaskId,
		});
		expect(item.json.watermarkUrl).toBeUndefined();
	});

	it('leaves out the mode when an expression picks a model without one', async () => {
		const items = itemsOf({ model: 'kirin_v2_master_t2v' }, { model: 'kirin_v2_5_turbo_t2v' });
		const parameters = generating({ model: '={{ $json.model }}', mode: 'pro' });
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		const modes = sandbox.current.ledger.tasks.map(({ model, params }) => [model, params.mode]);
		expect(modes.sort()).toEqual([
			['kirin_v2_5_turbo_t2v', 'pro'],
			['kirin_v2_master_t2v', undefined],
		]);
	});

	it('gives only the address when the download is off', async () => {
		const item = onlyItem(await run(sandbox.current, generating({ downloadVideo: false })));

		expect(item.binary).toBeUndefined();
		expect(item.json.videoUrl).toBeDefined();
		expect(sandbox.current.ledger.count('download')).toBe(0);
	});

	it('puts the file into the field that the user names', async () => {
		const item = onlyItem(await run(sandbox.current, generating({ binaryPropertyName: 'teaser' })));

		expect(Object.keys(item.binary ?? {})).toEqual(['teaser']);
	});

	it('gives the task as the service sent it when the output is raw', async () => {
		const item = onlyItem(await run(sandbox.current, generating({ output: { simplify: false } })));
		const [task] = sandbox.current.ledger.tasks;

		expect(item.json).toMatchObject({
			id: task?.id,
			created_at: task?.createdAt,
			output: [{ content: [{ type: 'video', jobId: task?.jobId }] }],
			usage: { cost: task?.cost },
		});
		expect(item.binary?.data).toBeDefined();
	});

	it('keeps the cost to the last digit', async () => {
		const item = onlyItem(await run(sandbox.current, generating({ mode: 'pro', duration: '10' })));

		expect(item.json.cost).toBe(sandbox.current.ledger.tasks[0]?.cost);
		expect(typeof item.json.cost).toBe('string');
	});

	it('evaluates every field for each item', async () => {
		const one = 'one [sandbox: render 100s]';
		const items = itemsOf(
			{ p: one, d: '5', a: '16:9', m: 'std', n: 'x', f: 'first', i: 1 },
			{ p: 'two', d: 10, a: '1:1', m: 'pro', n: '', f: 'second', i: 100 },
		);
		const result = await run(
			sandbox.current,
			generating({
				prompt: '={{ $json.p }}',
				duration: '={{ $json.d }}',
				aspectRatio: '={{ $json.a }}',
				mode: '={{ $json.m }}',
				binaryPropertyName: '={{ $json.f }}',
				waiting: { strategy: 'fixed', intervalSeconds: '={{ $json.i }}' },
				options: { negativePrompt: '={{ $json.n }}' },
			}),
			{ items },
		);

		const byPrompt = new Map(sandbox.current.ledger.tasks.map((task) => [task.prompt, task]));
		expect(byPrompt.get(one)?.params).toMatchObject({
			duration: '5',
			aspect_ratio: '16:9',
			mode: 'std',
			negative_prompt: 'x',
		});
		expect(byPrompt.get('two')?.params).toMatchObject({
			duration: '10',
			aspect_ratio: '1:1',
			mode: 'pro',
		});
		expect(byPrompt.get('two')?.params).not.toHaveProperty('negative_prompt');
		expect(result.output(NODE).map(({ binary }) => Object.keys(binary ?? {}))).toEqual([
			['first'],
			['second'],
		]);
		const [first = 0, second = 0] = result.output(NODE).map(pollsOf);
		expect(first).toBeGreaterThan(second);
	});

	it('has ten items under way together and keeps their order', async () => {
		const prompts = Array.from(
			{ length: 10 },
			(_, i) => `Prompt ${i} [sandbox: render ${12 - i}s]`,
		);
		const result = await run(sandbox.current, generating({ prompt: '={{ $json.prompt }}' }), {
			items: itemsOf(...prompts.map((prompt) => ({ prompt }))),
			after: { prompt: "={{ $('Start').item.json.prompt }}", task: '={{ $json.taskId }}' },
		});

		const { tasks, requests } = sandbox.current.ledger;
		const kinds = requests.map(({ kind }) => kind);
		expect(kinds.lastIndexOf('create')).toBeLessThan(kinds.indexOf('download'));
		const promptOf = new Map(tasks.map(({ id, prompt }) => [id, prompt]));
		expect(result.output(NODE).map(({ json }) => promptOf.get(json.taskId as string))).toEqual(
			prompts,
		);
		expect(result.output('After').map(({ json }) => json.prompt)).toEqual(prompts);
		expect(result.output('After').map(({ json }) => promptOf.get(json.task as string))).toEqual(
			prompts,
		);
	});

	it('gives everyone their own video, byte by byte', async () => {
		const items = itemsOf({ a: '16:9' }, { a: '9:16' }, { a: '1:1' });
		const result = await run(sandbox.current, generating({ aspectRatio: '={{ $json.a }}' }), {
			items,
		});

		const ratios = await Promise.all(
			result.output(NODE).map(async (item) => {
				const { width, height } = await readMp4(await binaryBytes(item));
				return width / height;
			}),
		);
		expect(ratios[0]).toBeCloseTo(16 / 9, 1);
		expect(ratios[1]).toBeCloseTo(9 / 16, 1);
		expect(ratios[2]).toBeCloseTo(1, 1);
	});

	it('sends the key to the API and to nobody else', async () => {
		const result = await run(sandbox.current, generating());
		const { requests } = sandbox.current.ledger;

		const api = requests.filter(({ server }) => server === 'api');
		const files = requests.filter(({ server }) => server === 'files');
		expect(api.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
		expect(files).toHaveLength(1);
		expect(JSON.stringify(files)).not.toContain(KEY);
		expect(result.stored() + result.log.join('\n')).not.toContain(KEY);
	});
});

describe('The base URL', () => {
	it.each(['/', '//'])('may end in %s', async (slashes) => {
		const credential = { baseUrl: `${sandbox.current.apiUrl}${slashes}` };
		onlyItem(await run(sandbox.current, generating(), { credential }));
	});

	it('must be http or https', async () => {
		const { error } = await run(sandbox.current, generating(), {
			credential: { baseUrl: 'ftp://cloud.example' },
		});
		expect(error?.message).toContain('must start with http:// or https://');
		expect(error?.message).toContain('ftp://cloud.example');
	});
});

describe('Behind a gateway', () => {
	const gateway = sandboxForTests({ prefix: '/gateway' });

	it('the path in front of the API is kept', async () => {
		expect(gateway.current.apiUrl).toMatch(/\/gateway$/);
		onlyItem(await run(gateway.current, generating()));
	});
});
