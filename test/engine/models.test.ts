import { modelById } from '../saved-parameters';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { readMp4 } from '../../sandbox';
import { PAGES, PROMPT_IDS } from '../sandbox/pages';
import { binaryBytes, itemsOf } from './engine';
import { NODE, errorText, generating, onlyItem, run, sandboxForTests, submitting } from './kirin';

const OTHER = 'kirin_v9_t2v';
const sandbox = sandboxForTests({ otherModels: [OTHER, 'kirin_v9_5_t2v'] });

/** What the service got for the only task, but for the prompt and the external task ID. */
async function sentFor(parameters: INodeParameters): Promise<IDataObject> {
	const result = await run(sandbox.current, submitting({ prompt: 'A fox', ...parameters }));
	if (result.error) throw result.error;
	const [task, ...more] = sandbox.current.ledger.tasks;
	expect(more).toEqual([]);
	const { prompt, external_task_id: externalTaskId, ...params } = task?.params ?? {};
	expect([prompt, externalTaskId]).toEqual(['A fox', task?.externalTaskId]);
	sandbox.current.reset();
	return params as IDataObject;
}

/** Whether the model's page has a parameter. */
const has = (id: string, name: string) => Object.hasOwn(PAGES[id]?.rows ?? {}, name);

/** What the node sends without being asked to. */
const defaultsOf = (id: string): IDataObject => ({
	...(has(id, 'mode') && { mode: 'std' }),
	duration: '5',
	aspect_ratio: '16:9',
});

const TURBO = 'kirin_v2_5_turbo_t2v';
const V26 = 'kirin_v2_6_t2v';
const V1 = 'kirin_v1_t2v';
const camera = { type: 'simple', config: { zoom: 5 } };

/** Each field as the editor saves it; that every model is sent what its page has, family.test.ts shows. */
const FIELDS: Array<
	[label: string, model: string, parameters: INodeParameters, sent: IDataObject]
> = [
	['Duration', TURBO, { duration: '10' }, { duration: '10' }],
	['Aspect Ratio', TURBO, { aspectRatio: '9:16' }, { aspect_ratio: '9:16' }],
	['Watermark', TURBO, { options: { watermark: true } }, { watermark_info: { enabled: true } }],
	[
		'Callback URL',
		TURBO,
		{ options: { callbackUrl: 'http://127.0.0.1:9/x' } },
		{ callback_url: 'http://127.0.0.1:9/x' },
	],
	['Mode', TURBO, { mode: 'pro' }, { mode: 'pro' }],
	['Negative Prompt', TURBO, { options: { negativePrompt: 'rain' } }, { negative_prompt: 'rain' }],
	['CFG Scale', V1, { options: { cfgScale: 0.25 } }, { cfg_scale: 0.25 }],
	['Sound', V26, { mode: 'pro', sound: true }, { mode: 'pro', sound: 'on' }],
	['Sound off', V26, { mode: 'pro', sound: false }, { mode: 'pro' }],
	[
		'Camera Control as text',
		V1,
		{ options: { cameraControl: JSON.stringify(camera) } },
		{ camera_control: camera },
	],
	[
		'Camera Control from an expression',
		V1,
		{ options: { cameraControl: `={{ ${JSON.stringify(camera).replaceAll('}}', '} }')} }}` } },
		{ camera_control: camera },
	],
	['Camera Control left empty', V1, { options: { cameraControl: '{}' } }, {}],
];

describe('A field of the editor', () => {
	it.each(FIELDS)('is sent: %s', async (_, model, parameters, sent) => {
		expect(await sentFor({ model, ...parameters })).toEqual({ ...defaultsOf(model), ...sent });
	});
});

describe.each(PROMPT_IDS)('%s', (model) => {
	it('generates a video from a prompt alone', async () => {
		const item = onlyItem(await run(sandbox.current, generating({ model })));

		expect(item.json).toMatchObject({ status: 'completed', details: { model } });
		const { seconds, width, height } = await readMp4(await binaryBytes(item));
		expect(seconds).toBeCloseTo(5, 0);
		expect(width / height).toBeCloseTo(16 / 9, 1);
	});

	it('is sent its defaults and nothing else', async () => {
		expect(await sentFor({ model })).toEqual(defaultsOf(model));
	});

	it('is not sent what it does not have, or what the editor hides, of another model', async () => {
		const left: INodeParameters = {
			mode: 'std',
			duration: '10',
			sound: true,
			options: { negativePrompt: 'rain', cfgScale: 0.25, cameraControl: JSON.stringify(camera) },
		};
		expect(await sentFor({ model, ...left })).toEqual({
			...defaultsOf(model),
			duration: '10',
			...(has(model, 'negative_prompt') && { negative_prompt: 'rain' }),
			...(has(model, 'cfg_scale') && { cfg_scale: 0.25 }),
		});
	});

	it('is sent additional parameters, which the service may refuse', async () => {
		// Pages that were not read to their end do not say what is unknown: be strict there too.
		sandbox.current.settings.vendorRules = true;
		const options = { additionalParameters: '{"seed": 7}' };
		const text = errorText(await run(sandbox.current, generating({ model, options })));

		expect(text).toContain('The service refused a parameter');
		expect(text).toContain('seed');
		expect(text).toContain('No task was created, so nothing is billed');
		expect(text).toContain(`https://doc.vtrix.ai/docs/api/vtrix/${model.replaceAll('_', '-')}`);
	});
});

describe('A rule across parameters', () => {
	it.each<[string, INodeParameters, IDataObject, string]>([
		[
			'sound without the mode pro',
			{ model: 'kirin_v2_6_t2v', mode: '={{ $json.mode }}', sound: true },
			{ mode: 'std' },
			'Sound can only be used with Mode pro, but Mode is "std"',
		],
		[
			'sound from an expression',
			{ model: 'kirin_v2_6_t2v', mode: '={{ $json.mode }}', sound: '={{ $json.sound }}' },
			{ mode: 'std', sound: 'on' },
			'Sound can only be used with Mode pro, but Mode is "std"',
		],
		[
			'camera control with the mode pro',
			{
				model: 'kirin_v1_t2v',
				mode: '={{ $json.mode }}',
				options: { cameraControl: '={{ $json.camera }}' },
			},
			{ mode: 'pro', camera },
			'Camera Control can only be used with Mode std and Duration 5, but Mode is "pro"',
		],
		[
			'camera control with 10 seconds',
			{
				model: 'kirin_v1_t2v',
				duration: '={{ $json.seconds }}',
				options: { cameraControl: '={{ $json.camera }}' },
			},
			{ seconds: 10, camera },
			'Camera Control can only be used with Mode std and Duration 5, but Duration is "10"',
		],
	])('is explained before anything is sent: %s', async (_, parameters, json, problem) => {
		const result = await run(sandbox.current, generating(parameters), { items: itemsOf(json) });

		expect(errorText(result)).toContain(problem);
		expect(errorText(result)).toContain('nothing is billed');
		expect(sandbox.current.ledger.requests).toEqual([]);
	});

	it('does not concern what stands at its default', async () => {
		const parameters = submitting({
			prompt: 'A fox',
			model: 'kirin_v2_6_t2v',
			mode: '={{ $json.mode }}',
			sound: '={{ $json.sound }}',
		});
		const items = itemsOf({ mode: 'std', sound: false }, { mode: 'pro', sound: true });
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		const sent = sandbox.current.ledger.tasks.map(({ params }) => [params.mode, params.sound]);
		expect(sent.sort()).toEqual([
			['pro', 'on'],
			['std', undefined],
		]);
	});
});

describe('A model from an expression', () => {
	it('has its own fields for each item, and may be new to the node', async () => {
		const items = itemsOf(...[...PROMPT_IDS, OTHER].map((model) => ({ model })));
		const parameters = generating({
			model: '={{ $json.model }}',
			mode: 'pro',
			sound: true,
			options: { negativePrompt: 'rain', cfgScale: 0.5 },
		});
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		const names = sandbox.current.ledger.tasks.map(({ model, params }) => [
			model,
			['mode', 'duration', 'sound', 'negative_prompt', 'cfg_scale'].filter((key) => key in params),
		]);
		expect(Object.fromEntries(names)).toEqual({
			kirin_v2_6_t2v: ['mode', 'duration', 'sound', 'negative_prompt'],
			kirin_v2_5_turbo_t2v: ['mode', 'duration', 'negative_prompt'],
			kirin_v2_1_master_t2v: ['duration'],
			kirin_v2_master_t2v: ['duration', 'negative_prompt'],
			kirin_v1_6_t2v: ['mode', 'duration', 'negative_prompt', 'cfg_scale'],
			kirin_v1_t2v: ['mode', 'duration', 'negative_prompt', 'cfg_scale'],
			[OTHER]: ['mode', 'sound', 'negative_prompt', 'cfg_scale'],
		});
	});

	it('is sent what an expression gives, also where it is what the field starts with', async () => {
		const parameters = submitting({
			prompt: 'A fox',
			model: '={{ $json.model }}',
			duration: '={{ $json.seconds }}',
		});
		const items = itemsOf({ model: OTHER, seconds: '5' });
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		const { params } = sandbox.current.ledger.tasks[0] ?? {};
		expect(params).toMatchObject({ duration: '5' });
		expect(params).not.toHaveProperty('mode');
	});

	it('may take what no known model takes', async () => {
		const parameters = submitting({
			prompt: 'A fox',
			model: '={{ $json.model }}',
			duration: '={{ $json.seconds }}',
			options: { additionalParameters: '={{ { seed: $json.seed } }}' },
		});
		const items = itemsOf({ model: OTHER, seconds: 7, seed: 42 });
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		expect(sandbox.current.ledger.tasks[0]?.params).toMatchObject({ duration: '7', seed: 42 });
	});
});

describe('Another model by its ID', () => {
	const other = modelById(OTHER);

	it('generates a video from a prompt alone, which is all that is sent', async () => {
		const item = onlyItem(await run(sandbox.current, generating(other)));

		expect(item.json).toMatchObject({ status: 'completed', details: { model: OTHER } });
		expect(item.binary?.data).toBeDefined();
		const [task] = sandbox.current.ledger.tasks;
		expect(Object.keys(task?.params ?? {}).sort()).toEqual(['external_task_id', 'prompt']);
	});

	it('is sent every option and additional parameter that the user sets', async () => {
		const sent = await sentFor({
			...other,
			options: {
				mode: 'ultra',
				duration: '7',
				aspectRatio: '21:9',
				sound: false,
				negativePrompt: 'rain',
				cfgScale: 12,
				cameraControl: JSON.stringify(camera),
				watermark: true,
				additionalParameters: '{"seed": 7, "style": {"ink": true}}',
			},
		});

		expect(sent).toEqual({
			mode: 'ultra',
			duration: '7',
			aspect_ratio: '21:9',
			sound: 'off',
			negative_prompt: 'rain',
			cfg_scale: 12,
			camera_control: camera,
			watermark_info: { enabled: true },
			seed: 7,
			style: { ink: true },
		});
	});

	it('is not sent what was left behind in the fields of the known models', async () => {
		expect(await sentFor({ ...other, mode: 'pro', duration: '10', sound: true })).toEqual({});
	});

	it('needs no prompt', async () => {
		const { error } = await run(sandbox.current, submitting({ ...other, prompt: '' }));

		expect(error).toBeUndefined();
		expect(Object.keys(sandbox.current.ledger.tasks[0]?.params ?? {})).toEqual([
			'external_task_id',
		]);
	});

	it('may have a prompt without limit, and an ID for each item', async () => {
		const items = itemsOf({ id: OTHER }, { id: 'kirin_v9_5_t2v' });
		const parameters = generating({
			...modelById('={{ $json.id }}'),
			prompt: 'x'.repeat(5000),
		});
		const result = await run(sandbox.current, parameters, { items });

		expect(result.output(NODE).map(({ json }) => json.details)).toEqual([
			expect.objectContaining({ model: OTHER }),
			expect.objectContaining({ model: 'kirin_v9_5_t2v' }),
		]);
	});

	it('is adopted after a lost answer like any other', async () => {
		sandbox.current.faults.push({ on: 'create', point: 'after', kind: 'reset', times: 1 });
		const item = onlyItem(await run(sandbox.current, generating(other)));

		expect(item.json.status).toBe('completed');
		expect(sandbox.current.ledger.billed).toHaveLength(1);
	});

	it('is named by its ID when its task fails', async () => {
		const parameters = generating({ ...other, prompt: 'A fox [sandbox: fail 095]' });
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toContain(`${OTHER} failed with an internal generation error`);
	});

	it('that the service does not know is refused in its words, at no cost', async () => {
		const parameters = generating(modelById('kirin_v8_t2v'));
		const text = errorText(await run(sandbox.current, parameters));

		expect(text).toContain('The service refused a parameter');
		expect(text).toContain('kirin_v8_t2v');
		expect(text).toContain('nothing is billed');
	});
});
