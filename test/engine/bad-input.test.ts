import { modelById } from '../saved-parameters';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { itemsOf } from './engine';
import { NODE, generating, onTask, run, sandboxForTests, submitting } from './kirin';

const sandbox = sandboxForTests();

const LONG = 'x'.repeat(2501);
const LONG_EMOJI = '🦊'.repeat(2501);

/** Every parameter, wrong in each way that a workflow can make it wrong. */
const CASES: Array<[field: string, parameters: INodeParameters, bad: Array<[unknown, RegExp]>]> = [
	[
		'Model',
		generating({ model: '={{ $json.bad }}' }),
		[
			['Kirin V9', /must be one of .*kirin_v2_master_t2v.* ID of another model .*"Kirin V9"/],
			[null, /is empty/],
			[7, /the number 7/],
			[['kirin_v2_master_t2v'], /a list/],
		],
	],
	[
		'Model',
		generating(modelById('={{ $json.bad }}')),
		[
			['Kirin V9', /ID of another model \(1 to 128 letters, .*"Kirin V9"/],
			[undefined, /is empty/],
			[9, /the number 9/],
		],
	],
	[
		'Prompt',
		generating({ prompt: '={{ $json.bad }}' }),
		[
			[undefined, /1 to 2500 characters, but is empty/],
			[null, /but is empty/],
			['', /but is empty/],
			['  \n ', /but is empty/],
			[2024, /the number 2024/],
			[true, /the boolean true/],
			[['a fox'], /a list/],
			[{ text: 'a fox' }, /the object/],
			[LONG, /1 to 2500 characters, but has 2501/],
			[LONG_EMOJI, /1 to 2500 characters, but has 2501/],
			['half an emoji \ud83e', /half a character/],
		],
	],
	[
		'Mode',
		generating({ mode: '={{ $json.bad }}' }),
		[
			['turbo', /one of std, pro, but is "turbo"/],
			['', /but is empty/],
			[null, /but is empty/],
			[1, /the number 1/],
			[['std'], /a list/],
		],
	],
	[
		'Duration',
		generating({ duration: '={{ $json.bad }}' }),
		[
			['7', /one of 5, 10, but is "7"/],
			[7, /the number 7/],
			['5s', /"5s"/],
			[null, /is empty/],
			[-5, /the number -5/],
			[[5], /a list/],
		],
	],
	[
		'Aspect Ratio',
		generating({ aspectRatio: '={{ $json.bad }}' }),
		[
			['4:3', /one of 16:9, 9:16, 1:1, but is "4:3"/],
			[1.78, /the number 1.78/],
			[undefined, /is empty/],
		],
	],
	[
		'Negative Prompt',
		generating({ options: { negativePrompt: '={{ $json.bad }}' } }),
		[
			[LONG, /at most 2500 characters, but has 2501/],
			[5, /the number 5/],
			[['blur'], /a list/],
		],
	],
	[
		'Watermark',
		generating({ options: { watermark: '={{ $json.bad }}' } }),
		[
			['yes', /must be true or false, but is "yes"/],
			[1, /the number 1/],
		],
	],
	[
		'Sound',
		generating({ model: 'kirin_v2_6_t2v', mode: 'pro', sound: '={{ $json.bad }}' }),
		[
			['yes', /must be true or false, but is "yes"/],
			[1, /the number 1/],
		],
	],
	[
		'CFG Scale',
		generating({ model: 'kirin_v1_6_t2v', options: { cfgScale: '={{ $json.bad }}' } }),
		[
			[1.5, /a number from 0 to 1, but is the number 1.5/],
			[-1, /the number -1/],
			['high', /"high"/],
		],
	],
	[
		'Camera Control',
		generating({ model: 'kirin_v1_t2v', options: { cameraControl: '={{ $json.bad }}' } }),
		[
			['zoom in', /must be a JSON object, but is "zoom in"/],
			[[{ type: 'simple' }], /a list/],
			[5, /the number 5/],
		],
	],
	[
		'Additional Parameters',
		generating({ duration: '10', options: { additionalParameters: '={{ $json.bad }}' } }),
		[
			['seed: 7', /must be a JSON object, but is "seed: 7"/],
			[{ duration: '5' }, /must not have the key duration .*: the field Duration sets it/],
			[{ external_task_id: 'x' }, /external_task_id .*: the field External Task ID sets it/],
			['{"callback_url": "https://x"}', /callback_url .*: the field Callback URL sets it/],
		],
	],
	[
		'Callback URL',
		generating({ options: { callbackUrl: '={{ $json.bad }}' } }),
		[
			['ftp://example.com', /starts with http:\/\/ or https:\/\/, but is "ftp:/],
			['example.com/hook', /"example.com\/hook"/],
			['javascript:alert(1)', /starts with/],
			['http://', /starts with/],
			[42, /the number 42/],
		],
	],
	[
		'External Task ID',
		generating({ options: { externalTaskId: '={{ $json.bad }}' } }),
		[
			['a b', /without spaces/],
			['..', /1 to 128 characters/],
			['x'.repeat(129), /1 to 128 characters without spaces, but has 129/],
			[['a'], /a list/],
			[true, /the boolean true/],
		],
	],
	[
		'Interval (Seconds)',
		generating({ waiting: { intervalSeconds: '={{ $json.bad }}' } }),
		[
			[0, /from 1 to 3600, but is the number 0/],
			[-5, /the number -5/],
			[0.2, /the number 0.2/],
			[1e9, /the number 1000000000/],
			['soon', /"soon"/],
			[null, /is empty/],
			[[5], /a list/],
		],
	],
	[
		'Maximum Wait (Minutes)',
		generating({ waiting: { maximumWaitMinutes: '={{ $json.bad }}' } }),
		[
			[0, /from 0.1 to 1440/],
			[-1, /the number -1/],
			[1e6, /from 0.1 to 1440/],
			['', /is empty/],
		],
	],
	[
		'Strategy',
		generating({ waiting: { strategy: '={{ $json.bad }}' } }),
		[['psychic', /but is "psychic"/]],
	],
	[
		'On Timeout',
		generating({ waiting: { onTimeout: '={{ $json.bad }}' } }),
		[['panic', /but is "panic"/]],
	],
	[
		'Simplify',
		generating({ output: { simplify: '={{ $json.bad }}' } }),
		[['xml', /true or false, but is "xml"/]],
	],
	[
		'On Download Error',
		generating({ output: { onDownloadError: '={{ $json.bad }}' } }),
		[['shrug', /one of fail, returnItem, but is "shrug"/]],
	],
	[
		'File Name',
		generating({ output: { fileName: '={{ $json.bad }}' } }),
		[
			['a/b', /at most 200 characters without \/ and \\, but is "a\/b"/],
			['..', /but is ".."/],
			['x'.repeat(201), /but has 201/],
			[['x'], /a list/],
		],
	],
	[
		'Maximum File Size (MiB)',
		generating({ output: { maximumFileSizeMiB: '={{ $json.bad }}' } }),
		[
			[0, /from 1 to 10240/],
			['big', /"big"/],
		],
	],
	[
		'Download Video',
		generating({ downloadVideo: '={{ $json.bad }}' }),
		[['yes', /must be true or false, but is "yes"/]],
	],
	[
		'Put Output File in Field',
		generating({ binaryPropertyName: '={{ $json.bad }}' }),
		[
			['', /name of a binary field, but is empty/],
			[3, /the number 3/],
		],
	],
	...(['get', 'wait'] as const).map(
		(operation) =>
			[
				'Task ID',
				onTask(operation, { taskId: '={{ $json.bad }}' }),
				[
					[undefined, /an ID of 1 to 128 characters without spaces, but is empty/],
					['', /is empty/],
					['two words', /"two words"/],
					['.', /but is "."/],
					[{ id: 'x' }, /the object/],
				],
			] as (typeof CASES)[number],
	),
];

describe('What is bad is refused before anything is sent', () => {
	it.each(CASES)('%s', async (field, parameters, bad) => {
		const result = await run(sandbox.current, parameters, {
			items: itemsOf(...bad.map(([value]) => ({ bad: value }) as IDataObject)),
			onError: 'continueRegularOutput',
		});
		const items = result.output(NODE);

		expect(items).toHaveLength(bad.length);
		for (const [index, [, problem]] of bad.entries()) {
			const { error, message, details } = items[index]?.json ?? {};
			expect(error).toMatch(new RegExp(`^${field.replaceAll(/[()]/g, '\\$&')} `));
			expect(error).toMatch(problem);
			expect(message).toContain('nothing is billed');
			expect(details).toEqual({ field });
		}
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});

describe('What is optional', () => {
	it('and empty is not sent', async () => {
		const items = itemsOf({ empty: '', none: null });
		const parameters = submitting({
			prompt: 'A fox',
			options: {
				negativePrompt: '={{ $json.empty }}',
				callbackUrl: '={{ $json.none }}',
				externalTaskId: '={{ $json.missing }}',
				watermark: '={{ $json.none }}',
			},
		});
		const { error } = await run(sandbox.current, parameters, { items });

		expect(error).toBeUndefined();
		expect(Object.keys(sandbox.current.ledger.tasks[0]?.params ?? {}).sort()).toEqual([
			'aspect_ratio',
			'duration',
			'external_task_id',
			'mode',
			'prompt',
		]);
	});
});
