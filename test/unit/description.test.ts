import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { fieldsShown as shownBy, optionsOffered as offeredBy, propertiesShown } from './editor';

const { description } = new KirinVideo();
const fieldsShown = (parameters: INodeParameters) => shownBy(description, parameters);
const optionsOffered = (parameters: INodeParameters) => offeredBy(description, parameters);

const generate = { resource: 'video', operation: 'generate' };
const turbo: INodeParameters = { ...generate, model: 'kirin_v2_5_turbo_t2v' };
const master = { ...generate, model: 'kirin_v2_master_t2v' };

describe('The fields of Generate', () => {
	it('come in the order of the design', () => {
		expect(fieldsShown(turbo)).toEqual([
			'Resource',
			'Operation',
			'Model',
			'Prompt',
			'Mode',
			'Duration',
			'Aspect Ratio',
			'Download Video',
			'Put Output File in Field',
			'Polling',
			'Options',
		]);
	});

	it('have no Mode for a model without modes', () => {
		expect(fieldsShown(master)).not.toContain('Mode');
		expect(fieldsShown(master)).toContain('Duration');
	});

	it('show all that any model has when the model is an expression', () => {
		expect(fieldsShown({ ...generate, model: '={{ $json.model }}' })).toContain('Mode');
	});

	it('hide the binary field when nothing is downloaded', () => {
		expect(fieldsShown({ ...turbo, downloadVideo: false })).not.toContain(
			'Put Output File in Field',
		);
	});

	it('start from the default of each seed page', () => {
		const defaults = NodeHelpers.getNodeParameters(
			description.properties,
			turbo,
			true,
			false,
			{ typeVersion: 1, parameters: turbo } as INode,
			description,
		);
		expect(defaults).toMatchObject({ mode: 'std', duration: '5', aspectRatio: '16:9' });
	});
});

describe('The fields of Image to Video', () => {
	const animate: INodeParameters = { resource: 'video', operation: 'imageToVideo' };
	const after = ['Prompt', 'Mode', 'Duration', 'Download Video', 'Put Output File in Field'];

	it.each<[INodeParameters, string[]]>([
		[{}, ['Image Input Binary Field', 'Tail Image Source']],
		[{ imageSource: 'url' }, ['Image URL', 'Tail Image Source']],
		[{ imageSource: 'base64' }, ['Image Base64 Text', 'Tail Image Source']],
		[
			{ imageSource: 'url', tailImageSource: 'url' },
			['Image URL', 'Tail Image Source', 'Tail Image URL'],
		],
	])('follow the sources of the images: %j', (parameters, images) => {
		expect(fieldsShown({ ...animate, ...parameters }).slice(2)).toEqual([
			'Model',
			'Image Source',
			...images,
			...after,
			'Polling',
			'Options',
		]);
	});

	it('do not insist on a prompt', () => {
		const prompts = (parameters: INodeParameters) =>
			propertiesShown(description, parameters)
				.filter(({ name }) => name === 'prompt')
				.map(({ required }) => required);
		expect(prompts(turbo)).toEqual([true]);
		expect(prompts(animate)).toEqual([undefined]);
		expect(prompts({ ...animate, model: '={{ $json.model }}' })).toEqual([undefined]);
	});

	it('offer only models that take images, and Generate only those that take text', () => {
		const offered = (parameters: INodeParameters) =>
			propertiesShown(description, parameters)
				.filter(({ name }) => name === 'model')
				.flatMap(({ options = [] }) => options.map((option) => 'value' in option && option.value));
		expect(offered(animate)).toEqual(['kirin_v2_5_turbo_i2v', 'other']);
		expect(offered(generate)).not.toContain('kirin_v2_5_turbo_i2v');
	});

	it('have the options of Generate that the model takes', () => {
		expect(optionsOffered(animate)).toEqual(optionsOffered(turbo));
	});
});

describe('The other operations show only what they use', () => {
	it.each([
		['submit', ['Model', 'Prompt', 'Mode', 'Duration', 'Aspect Ratio', 'Options']],
		['estimateCost', ['Model', 'Prompt', 'Mode', 'Duration', 'Aspect Ratio', 'Options']],
		['get', ['Task ID', 'Options']],
		['wait', ['Task ID', 'Download Video', 'Put Output File in Field', 'Polling', 'Options']],
	])('%s', (operation, fields) => {
		expect(fieldsShown({ resource: 'task', operation }).slice(2)).toEqual(fields);
	});

	it.each([
		[
			'generate',
			[
				'Additional Parameters (JSON)',
				'Callback URL',
				'External Task ID',
				'Maximum Concurrent Tasks',
				'Maximum Cost (USD)',
				'Maximum File Size (MiB)',
				'Negative Prompt',
				'On Download Error',
				'On Timeout',
				'Output',
				'Paid Video Is Gone',
				'Watermark',
				'When the Cost Is Unknown',
			],
		],
		[
			'submit',
			[
				'Additional Parameters (JSON)',
				'Callback URL',
				'External Task ID',
				'Maximum Concurrent Tasks',
				'Maximum Cost (USD)',
				'Negative Prompt',
				'Output',
				'Paid Video Is Gone',
				'Watermark',
				'When the Cost Is Unknown',
			],
		],
		['estimateCost', ['Additional Parameters (JSON)', 'Negative Prompt', 'Output', 'Watermark']],
		['get', ['Output']],
		[
			'wait',
			[
				'Maximum Concurrent Tasks',
				'Maximum File Size (MiB)',
				'On Download Error',
				'On Timeout',
				'Output',
			],
		],
	])('options of %s', (operation, options) => {
		const resource = operation === 'generate' ? 'video' : 'task';
		expect(optionsOffered({ ...turbo, resource, operation })).toEqual(options);
	});
});

describe('The node', () => {
	it('is declarative, and can be the tool of an agent', () => {
		expect(description.requestDefaults).toBeDefined();
		expect(description.usableAsTool).toBe(true);
		expect(new KirinVideo()).not.toHaveProperty('execute');
	});

	it('says in every operation what it does', () => {
		const operations = description.properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options }) => options ?? []);

		expect(operations.map(({ name }) => name)).toEqual([
			'Generate',
			'Generate and Resume on Callback',
			'Image to Video',
			'Estimate Cost',
			'Get',
			'Submit',
			'Wait',
		]);
		for (const operation of operations) {
			expect(operation).toMatchObject({
				action: expect.stringMatching(
					/^\w+ (a|for a|the cost of a) (video|task)( from an image| and resume on callback)?$/,
				) as string,
				description: expect.any(String) as string,
			});
		}
	});
});
