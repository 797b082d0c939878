import { catalogueModel, generateFromText, modelById } from '../saved-parameters';
import type { INodeParameters } from 'n8n-workflow';
import type * as Node from '../../nodes/KirinVideo/KirinVideo.node';
import type * as Catalogue from '../../nodes/KirinVideo/request/models';
import type * as Parameters from '../../nodes/KirinVideo/request/parameters';
import type * as Request from '../../nodes/KirinVideo/request/buildRequest';
import { fieldsShown, optionsOffered, propertiesOffered, propertiesShown } from './editor';
import { reading, type ItemParameters } from './item-parameters';

/** The one thing that a new parameter takes: its row in the table of parameters. */
const seed: Parameters.Parameter = {
	label: 'Seed',
	path: 'options.seed',
	wording: { description: 'Which of many videos this one is' },
};

/** The one thing that a new model takes: its entry in the catalogue. */
const entry = {
	id: 'kirin_v9_t2v',
	name: 'Kirin V9',
	description: 'Longer, with sound',
	documentationUrl: 'https://doc.example/kirin-v9-t2v',
	errorCodePrefix: '002999',
	parameters: {
		prompt: { kind: 'text', required: true, maxCharacters: 40 },
		duration: {
			kind: 'choice',
			choices: [
				{ name: '10 Seconds', value: '10' },
				{ name: '15 Seconds', value: '15' },
			],
			default: '10',
		},
		sound: { kind: 'switch', default: false, onlyWith: { duration: ['10'] } },
		cfg_scale: { kind: 'number', least: 1, most: 20, suggestion: 7 },
		seed: { kind: 'wholeNumber', least: 0, most: 4_294_967_295, suggestion: 1 },
	},
} as Catalogue.Model;

/** The node as it would be if the table had the row and the catalogue the entry. */
function withEntry() {
	let node: typeof Node | undefined;
	let catalogue: typeof Catalogue | undefined;
	let request: typeof Request | undefined;
	jest.isolateModules(() => {
		const table = jest.requireActual<typeof Parameters>(
			'../../nodes/KirinVideo/request/parameters',
		);
		Object.assign(table.parameterFields, { seed });
		catalogue = jest.requireActual<typeof Catalogue>('../../nodes/KirinVideo/request/models');
		(catalogue.models as Catalogue.Model[]).push(entry);
		jest.doMock('../../nodes/KirinVideo/request/models', () => catalogue);
		node = jest.requireActual<typeof Node>('../../nodes/KirinVideo/KirinVideo.node');
		request = jest.requireActual<typeof Request>('../../nodes/KirinVideo/request/buildRequest');
	});
	jest.dontMock('../../nodes/KirinVideo/request/models');
	if (!node || !catalogue || !request) throw new Error('Not loaded');
	return { description: new node.KirinVideo().description, catalogue, request };
}

const { description, catalogue, request } = withEntry();
const model = entry.id;
const generate = generateFromText();

function send(values: ItemParameters) {
	const built = request.buildRequest(reading({ model, prompt: 'A kirin', ...values }));
	return request.createBody(built, 'n8n-1');
}

function choicesOf(name: string, parameters: INodeParameters) {
	const properties = propertiesShown(description, { ...generate, ...parameters });
	return properties
		.filter(({ displayName }) => displayName === name)
		.map(({ options = [] }) => options.map((option) => 'value' in option && option.value));
}

describe('A new entry in the catalogue', () => {
	it('shows its fields and no others', () => {
		expect(fieldsShown(description, { ...generate, ...catalogueModel(model) }).slice(2, 7)).toEqual(
			['Model', 'Prompt', 'Duration', 'Sound', 'Wait for Completion'],
		);
		expect(
			fieldsShown(description, { ...generate, ...catalogueModel(model), duration: '15' }),
		).not.toContain('Sound');
		const options = optionsOffered(description, { ...generate, ...catalogueModel(model) });
		expect(options).toEqual(expect.arrayContaining(['CFG Scale', 'Seed']));
		expect(options).not.toContain('Negative Prompt');
		expect(options).not.toContain('Watermark');
	});

	it('has its own choices beside those of the others, and an expression may have them all', () => {
		expect(choicesOf('Duration', catalogueModel(model))).toEqual([['10', '15']]);
		expect(choicesOf('Duration', catalogueModel('kirin_v1_t2v'))).toEqual([['5', '10']]);
		expect(choicesOf('Duration', modelById('={{ $json.model }}'))).toEqual([
			Array.from({ length: 13 }, (_, index) => String(index + 3)),
		]);
	});

	it('leaves the fields of the other models as they were', () => {
		expect(
			fieldsShown(description, {
				...generate,
				...catalogueModel('kirin_v2_6_t2v'),
				mode: 'pro',
			}).slice(2, 8),
		).toEqual(['Model', 'Prompt', 'Mode', 'Duration', 'Aspect Ratio', 'Sound']);
	});

	it('is sent with its defaults, and with what is set', () => {
		expect(send({})).toEqual({
			model,
			input: [{ params: { prompt: 'A kirin', duration: '10', external_task_id: 'n8n-1' } }],
		});
		expect(send({ sound: true, 'options.cfgScale': 20, 'options.seed': '7' })).toMatchObject({
			input: [{ params: { duration: '10', sound: 'on', cfg_scale: 20, seed: 7 } }],
		});
	});

	it.each<[ItemParameters, string]>([
		[{ prompt: 'x'.repeat(41) }, 'Prompt must have 1 to 40 characters, but has 41'],
		[{ duration: '5' }, 'Duration must be one of 10, 15, but is "5"'],
		[
			{ duration: '15', sound: true },
			'Sound can only be used with Duration 10, but Duration is "15"',
		],
		[
			{ 'options.seed': 0.5 },
			'Seed must be a whole number from 0 to 4294967295, but is the number 0.5',
		],
		[
			{ 'options.seed': -1 },
			'Seed must be a whole number from 0 to 4294967295, but is the number -1',
		],
		[{ 'options.cfgScale': 0.5 }, 'CFG Scale must be a number from 1 to 20, but is the number 0.5'],
	])('is checked by its rules: %j', (values, message) => {
		expect(() => send(values)).toThrow(message);
	});

	it('has a parameter that a model by its ID may have too, whatever its limits', () => {
		const other = reading({ model: 'kirin_v10_t2v', prompt: 'A kirin', 'options.seed': '-7' });
		expect(request.buildRequest(other).params).toMatchObject({ seed: -7 });
		const [field] = propertiesOffered(description, {
			...generate,
			...modelById('kirin_v10_t2v'),
		}).filter(({ displayName }) => displayName === 'Seed');
		expect(field).toMatchObject({ type: 'number', typeOptions: { numberPrecision: 0 } });
	});

	it('is known by its error codes and its name', () => {
		expect(catalogue.findModelByErrorCode('002999095')?.id).toBe(model);
		expect(catalogue.modelName(model)).toBe('Kirin V9');
	});
});
