import { runInNewContext } from 'node:vm';
import { NodeHelpers, type INode, type INodeParameters } from 'n8n-workflow';
import { KirinVideoTrigger } from '../../nodes/KirinVideoTrigger/KirinVideoTrigger.node';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import {
	catalogueModel,
	generateFromImage,
	generateFromText,
	modelById,
	onTask,
} from '../saved-parameters';
import { entriesOffered, fieldsShown as shownBy, optionsOffered as offeredBy } from './editor';

const { description } = new KirinVideo();
const fieldsShown = (parameters: INodeParameters) => shownBy(description, parameters);
const optionsOffered = (parameters: INodeParameters) => offeredBy(description, parameters);
const namesOffered = (parameters: INodeParameters, collection: string) =>
	entriesOffered(description, parameters, collection).map(({ displayName }) => displayName);

const generate = generateFromText();
const turbo = generateFromText(catalogueModel('kirin_v2_5_turbo_t2v'));
const master = generateFromText(catalogueModel('kirin_v2_master_t2v'));

describe('The fields of Generate From Text', () => {
	it('come in the order of the design', () => {
		expect(fieldsShown(turbo)).toEqual([
			'Resource',
			'Operation',
			'Model',
			'Prompt',
			'Mode',
			'Duration',
			'Aspect Ratio',
			'Wait for Completion',
			'Download Video',
			'Put Output File in Field',
			'Waiting',
			'Output',
			'Cost Limits',
			'Options',
		]);
	});

	it('have no Mode for a model without modes', () => {
		expect(fieldsShown(master)).not.toContain('Mode');
		expect(fieldsShown(master)).toContain('Duration');
	});

	it('show all that any model has when the model is an expression', () => {
		expect(fieldsShown({ ...generate, ...modelById('={{ $json.model }}') })).toContain('Mode');
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

describe('The fields of Generate From Image', () => {
	const animate = generateFromImage();
	const after = ['Prompt', 'Mode', 'Duration', 'Wait for Completion', 'Download Video'];

	it.each<[INodeParameters, string[]]>([
		[{}, ['Image Input Binary Field']],
		[{ mode: 'pro' }, ['Image Input Binary Field', 'Tail Image Source']],
		[{ imageSource: 'url' }, ['Image URL']],
		[{ imageSource: 'base64' }, ['Image Base64 Text']],
		[
			{ mode: 'pro', imageSource: 'url', tailImageSource: 'url' },
			['Image URL', 'Tail Image Source', 'Tail Image URL'],
		],
	])('follow the sources of the images: %j', (parameters, images) => {
		expect(fieldsShown({ ...animate, ...parameters }).slice(2)).toEqual([
			'Model',
			'Image Source',
			...images,
			...after,
			'Put Output File in Field',
			'Waiting',
			'Output',
			'Cost Limits',
			'Options',
		]);
	});

	it('do not depend on the model that was chosen for the other input', () => {
		const changed = { ...animate, ...catalogueModel('kirin_v3_t2v') };
		expect(fieldsShown(changed)).toEqual(fieldsShown(animate));
		const back = { ...turbo, ...catalogueModel('kirin_v1_6_multi_i2v') };
		expect(fieldsShown(back)).toEqual(fieldsShown(turbo));
	});

	it('have the options of Generate that the model takes', () => {
		expect(optionsOffered(animate)).toEqual(optionsOffered(turbo));
	});
});

describe('The other ways of waiting and operations show only what they use', () => {
	const request = ['Model', 'Prompt', 'Mode', 'Duration', 'Aspect Ratio'];
	const file = ['Download Video', 'Put Output File in Field'];

	it.each<[string, INodeParameters, string[]]>([
		[
			"Don't Wait",
			generateFromText({}, 'none'),
			[...request, 'Wait for Completion', 'Output', 'Cost Limits', 'Options'],
		],
		[
			'Resume on Callback',
			generateFromText({}, 'callback'),
			[
				...request,
				'Wait for Completion',
				expect.stringContaining('The service has to reach this n8n') as string,
				...file,
				'Waiting',
				'Output',
				'Cost Limits',
				'Options',
			],
		],
		['Estimate Cost', onTask('estimateCost'), [...request, 'Output', 'Options']],
		['Get', onTask('get'), ['Task ID', 'Output']],
		['Wait', onTask('wait'), ['Task ID', ...file, 'Waiting', 'Output', 'Options']],
	])('%s', (_, parameters, fields) => {
		expect(fieldsShown(parameters).slice(2)).toEqual(fields);
	});

	it.each<[string, INodeParameters, string[]]>([
		[
			'Generate From Text',
			turbo,
			[
				'Additional Parameters',
				'Callback URL',
				'External Task ID',
				'Maximum Concurrent Tasks',
				'Negative Prompt',
				'Videos per Item',
				'Watermark',
			],
		],
		[
			'Resume on Callback, which gives an address of its own',
			generateFromText({}, 'callback'),
			[
				'Additional Parameters',
				'External Task ID',
				'Maximum Concurrent Tasks',
				'Negative Prompt',
				'Videos per Item',
				'Watermark',
			],
		],
		[
			'Estimate Cost',
			onTask('estimateCost'),
			['Additional Parameters', 'Negative Prompt', 'Watermark'],
		],
		['Wait', onTask('wait'), ['Maximum Concurrent Tasks']],
	])('options of %s', (_, parameters, options) => {
		expect(optionsOffered(parameters)).toEqual(options);
	});

	it.each<[string, INodeParameters, string[]]>([
		[
			'Generate From Text',
			turbo,
			[
				'Download All Files',
				'File Name',
				'Maximum File Size (MiB)',
				'On Download Error',
				'Simplify',
			],
		],
		["Don't Wait", generateFromText({}, 'none'), ['Simplify']],
		['Get', onTask('get'), ['Simplify']],
	])('what Output offers for %s', (_, parameters, entries) => {
		expect(namesOffered(parameters, 'output')).toEqual(entries);
	});

	it.each<[string, INodeParameters, string[]]>([
		[
			'Generate From Text',
			turbo,
			['Interval (Seconds)', 'Maximum Wait (Minutes)', 'On Timeout', 'Strategy'],
		],
		['Resume on Callback', generateFromText({}, 'callback'), ['Maximum Wait (Minutes)']],
	])('what Waiting offers for %s', (_, parameters, entries) => {
		expect(namesOffered(parameters, 'waiting')).toEqual(entries);
	});

	it('the interval of each strategy where it starts', () => {
		const intervals = ([strategy]: string[]) =>
			entriesOffered(description, turbo, 'waiting', strategy ? { strategy } : {})
				.filter(({ name }) => name === 'intervalSeconds')
				.map((property) => property.default);
		expect([[], ['adaptive'], ['fixed']].map(intervals)).toEqual([[1], [1], [5]]);
	});
});

describe('The node', () => {
	it('tells where the service is to call while it waits', () => {
		const tooltip = description.waitingNodeTooltip ?? '';
		const resumeUrl = 'http://localhost:5678/webhook-waiting/12?signature=secret';
		const code = /^={{(.*)}}$/.exec(tooltip)?.[1] ?? '';

		// As n8n does it: the expression is JavaScript, in a context of its own.
		const told = runInNewContext(code, { $execution: { resumeUrl } }) as string;
		expect(told).toContain('calls n8n at http://localhost:5678. If');
		expect(told).not.toContain('secret');
	});

	it('is declarative, and can be the tool of an agent', () => {
		expect(description.requestDefaults).toBeDefined();
		expect(description.usableAsTool).toBeTruthy();
		expect(new KirinVideo()).not.toHaveProperty('execute');
	});

	it('says in every operation what it does', () => {
		const operations = description.properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ options }) => options ?? []);

		expect(operations.map(({ name }) => name)).toEqual([
			'Generate From Text',
			'Generate From Image',
			'Estimate Cost From Image',
			'Estimate Cost From Text',
			'Get',
			'Wait',
		]);
		for (const operation of operations) {
			expect(operation).toMatchObject({
				action: expect.stringMatching(
					/^(Generate video from|Estimate cost of video from) (text|image)$|^Get task$|^Wait for task$/,
				) as string,
				description: expect.any(String) as string,
			});
		}
	});
});

it('No condition of either node is there and undefined, which n8n 2.0 fails on', () => {
	const undefinedIn = (value: unknown, path: string): string[] => {
		if (value === undefined) return [path];
		if (typeof value !== 'object' || value === null) return [];
		return Object.entries(value).flatMap(([key, one]) => undefinedIn(one, `${path}.${key}`));
	};
	for (const node of [new KirinVideo(), new KirinVideoTrigger()]) {
		const found = undefinedIn(node.description.properties, node.description.name);
		expect(found.filter((path) => path.includes('displayOptions'))).toEqual([]);
	}
});

describe('Nothing in the description', () => {
	it('is a regular expression for n8n, which fails executions where a busy machine takes too long', () => {
		for (const { description: one } of [new KirinVideo(), new KirinVideoTrigger()]) {
			expect(JSON.stringify(one.properties)).not.toMatch(/"regex"/);
		}
	});
});
