/**
 * Every field of both nodes. Labels and words are those of the descriptions; which operations and which
 * models have a field follows from the tables of operations, parameters and models.
 */
import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { imageFieldsOf } from '../nodes/KirinVideo/fields/images/imageFields';
import { operations, operationsBy } from '../nodes/KirinVideo/operations/operations';
import { modelsFor, parametersOf, type ModelInput } from '../nodes/KirinVideo/request/models';
import {
	type Field,
	imageSourceFields,
	modelFieldFor,
	parameterFields,
	taskFields,
} from '../nodes/KirinVideo/request/parameters';
import { markdownTable } from './markdown-table';
import {
	type Entry,
	choicesOf,
	entriesOf,
	isShownForAnyModel,
	sentence,
	valuesIn,
} from './node-fields';

const NONE = '–';

/** What a table says of a field. */
interface Row {
	label: string;
	api: string;
	text: string;
	values: string;
	preset: string;
	/** The values of the operations that have it. */
	operations: string[];
}

/** The tables of what stands outside of collections, by the names of their places on the page. */
export function fieldTables(node: INodeTypeDescription): Record<string, string> {
	const entries = entriesOf(node);
	const single = entries.filter(({ path }) => !path.includes('.'));
	const places = grouped(single, placeOf);
	const said: Row[] = [];
	return Object.fromEntries(
		[...places].map(([place, own]) => {
			const rows = rowsOf(own, entries);
			const table = tableOf(withoutSaid(rows, said, 'As above.'));
			said.push(...rows);
			return [place, table];
		}),
	);
}

/** A section with a table for each collection, in the order of the editor. */
export function collectionSections(node: INodeTypeDescription): string {
	const entries = entriesOf(node);
	const inside = entries.filter(({ path }) => path.includes('.'));
	return [...grouped(inside, ({ path }) => path.split('.')[0] ?? '')]
		.map(([name, own]) => {
			const collection = node.properties.find((property) => property.name === name);
			const where = collection?.isNodeSetting ? "Among the node's _Settings_." : '';
			const words = [sentence(collection?.description), where].filter(Boolean).join(' ');
			return [
				`## ${collection?.displayName}`,
				...(words ? [words] : []),
				tableOf(rowsOf(own, entries)),
			].join('\n\n');
		})
		.join('\n\n');
}

/** The one table of the trigger. */
export function triggerTable(trigger: INodeTypeDescription, node: INodeTypeDescription): string {
	const [own, others] = [trigger, node].map((one) => rowsOf(entriesOf(one), entriesOf(one))) as [
		Row[],
		Row[],
	];
	// The node says more of the same fields, because it may be a tool.
	const labels = others.map(({ label }) => label);
	const said = own.filter(({ label }) => labels.includes(label));
	return tableOf(withoutSaid(own, said, 'As for [Task → Wait](fields.md#output).'));
}

/** Fields that another table says the same of make one row together: nobody has to read that twice. */
function withoutSaid(rows: Row[], said: Row[], reference: string): Row[] {
	// The second image's fields are those of the first.
	const whatIsSaid = ({ label, text, values, preset }: Row) =>
		JSON.stringify([label, text, values, preset]).replaceAll('Tail Image', 'Image');
	// Each input has models of its own.
	const isSaid = (row: Row, index: number) =>
		row.label !== modelFieldFor.text.label &&
		[...said, ...rows.slice(0, index)].some((other) => whatIsSaid(other) === whatIsSaid(row));
	return together(rows, isSaid, reference);
}

/** The rows that `isOne` is true of, as one row at the end. */
function together(rows: Row[], isOne: (row: Row, index: number) => boolean, text: string): Row[] {
	const ones = rows.filter(isOne);
	const [first] = ones;
	if (!first) return rows;
	const row: Row = {
		label: ones.map(({ label }) => label).join(', '),
		api: '',
		text,
		values: '',
		preset: '',
		operations: [...new Set(ones.flatMap((one) => one.operations))],
	};
	return [...rows.filter((one) => !ones.includes(one)), row];
}

/** Which table a field stands in, by what the operations that have it are about. */
function placeOf({ operations: having }: Entry): string {
	const all = (wanted: string[]) => having.every((operation) => wanted.includes(operation));
	if (all(operationsBy.input.text)) return 'fields';
	if (all(operationsBy.input.image)) return 'image fields';
	return all(operationsBy.takingTaskId) ? 'task fields' : 'result fields';
}

const ONLY_BY_ID = 'only by ID';

/** One row for each label, whatever number of variants of the field stand in the node. */
function rowsOf(entries: Entry[], all: Entry[]): Row[] {
	const rows = [...grouped(entries, ({ property }) => property.displayName)].map(
		([label, variants]): Row => {
			const shown = variants.filter(isShownForAnyModel);
			const having = [...new Set(variants.flatMap(({ operations: one }) => one))];
			if (shown.length === 0) {
				return { label, api: '', text: ONLY_BY_ID, values: '', preset: '', operations: having };
			}
			const path = (shown[0] as Entry).path;
			return {
				label,
				api: apiNameOf(path),
				text: [...textsOf(shown, all), havingModels(path, having)].filter(Boolean).join(' '),
				values: valuesOfAll(shown.map(({ property }) => property)),
				preset: presetsOf(shown, all),
				operations: having,
			};
		},
	);
	return together(
		rows,
		({ text }) => text === ONLY_BY_ID,
		'Only for a model by its ID that the list does not have. Passed on as they are, and not sent unless added.',
	);
}

/** What the variants say of themselves; with their conditions, where they differ. */
function textsOf(shown: Entry[], all: Entry[]): string[] {
	const texts = shown.map(({ property }) => sentence(property.description ?? property.hint));
	const conditions = shown.map((entry) => conditionOf(entry, all));
	if (new Set(texts).size === 1) {
		const [text = ''] = texts;
		const [condition] = conditions;
		return condition && new Set(conditions).size === 1 ? [text, `Only ${condition}.`] : [text];
	}
	const told = [...new Set(texts.map((text, index) => withCondition(conditions[index], text)))];
	// Where one input knows a limit and another does not, the limit is told.
	const isTold = (text: string) =>
		told.some((other) => other !== text && other.startsWith(text.slice(0, -1)));
	return told.filter((text) => !isTold(text));
}

function withCondition(condition: string | undefined, text: string): string {
	return condition ? `${condition[0]?.toUpperCase()}${condition.slice(1)}: ${text}` : text;
}

/** "with _Strategy_ Fixed", of a variant that shows only while another field has a certain value. */
function conditionOf({ path, property }: Entry, all: Entry[]): string | undefined {
	const conditions = Object.entries(property.displayOptions?.show ?? {})
		.filter(([name]) => !['resource', 'operation', '/operation'].includes(name))
		.map(([name, values = []]) => {
			if (name === '@tool') return 'as a tool';
			const folder = path.slice(0, path.lastIndexOf('.') + 1);
			const other = [`${folder}${name}`, name.replace(/^\//, '')]
				.map((wanted) => all.find((entry) => entry.path === wanted)?.property)
				.find(Boolean);
			if (!other) throw new Error(`A field depends on ${name}, which is not there`);
			const value = values.map((one) => nameOfValue(other, one)).join(' or ');
			return `with _${other.displayName}_ ${value}`;
		});
	return conditions.length > 0 ? conditions.join(' and ') : undefined;
}

function tableOf(rows: Row[]): string {
	const shown = operations.filter(({ value }) =>
		rows.some((row) => row.operations.includes(value)),
	);
	const differ = rows.some((row) => row.operations.length < shown.length);
	const columns: Array<[head: string, cell: (row: Row) => string]> = [
		['field', ({ label }) => label],
	];
	if (rows.some(({ api }) => api)) columns.push(['API', ({ api }) => api]);
	if (differ) columns.push(['for', (row) => listOf(row.operations, shown)]);
	columns.push(
		['what it does', ({ text }) => text],
		['values', ({ values }) => values],
		['default', ({ preset }) => preset],
	);
	const table = markdownTable(
		columns.map(([head]) => head),
		rows.map((row) => columns.map(([, cell]) => cell(row).replaceAll('|', '\\|'))),
	);
	if (shown.length === 0) return table;
	const names = shown.map(({ name }) => name).join(', ');
	return `For ${shown.length === operations.length ? 'every operation' : names}:\n\n${table}`;
}

/** "Get, Wait", or "all but Get" where that is shorter. */
function listOf(values: string[], all: readonly INodePropertyOptions[]): string {
	const [having, lacking] = [true, false].map((has) =>
		all.filter(({ value }) => values.includes(String(value)) === has).map(({ name }) => name),
	) as [string[], string[]];
	if (lacking.length === 0) return 'all';
	return lacking.length < having.length ? `all but ${lacking.join(', ')}` : having.join(', ');
}

/** Parameters of the API by the paths of the fields that set them. */
const apiNames = new Map<string, string>([
	...Object.values(modelFieldFor).map(({ path }): [string, string] => [path, 'model']),
	...namesBy({ ...parameterFields, ...taskFields, ...imageSourceFields }),
	...Object.entries(imageFieldsOf).flatMap(([name, { binary, url, base64 }]) =>
		[binary, url, base64].map(({ path }): [string, string] => [path, name]),
	),
]);

function namesBy(fields: Record<string, Field>): Array<[path: string, name: string]> {
	return Object.entries(fields).map(([name, { path }]) => [path, name]);
}

function apiNameOf(path: string): string {
	const name = apiNames.get(path);
	return name === undefined ? '' : `\`${name}\``;
}

/** Where few models have a parameter they are named; where most do, the table of models tells. */
function havingModels(path: string, having: string[]): string {
	const inputs = (Object.keys(operationsBy.input) as ModelInput[]).filter((input) =>
		operationsBy.input[input].some((operation) => having.includes(operation)),
	);
	const all = inputs.flatMap((input) => modelsFor(input));
	const models = all.filter((model) =>
		parametersOf(model).some(([parameter]) => apiNames.get(path) === parameter),
	);
	if (models.length === 0 || models.length === all.length) return '';
	if (models.length > all.length / 2) return 'For [models that have it](models.md).';
	const names = [...new Set(models.map(({ name }) => name))];
	return `For ${names.join(', ').replace(/, ([^,]*)$/, ' and $1')}.`;
}

function nameOfValue(property: INodeProperties, value: unknown): string {
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return choicesOf(property).find((choice) => choice.value === value)?.name ?? String(value);
}

/** What the variants of a field take together. */
function valuesOfAll(properties: INodeProperties[]): string {
	const isChoice = ({ type }: INodeProperties) => type === 'options' || type === 'multiOptions';
	if (!properties.every(isChoice)) return [...new Set(properties.map(valuesOf))].join('<br>');
	const choices = properties.flatMap((property) => choicesOf(property).map(tellChoice));
	return [...new Set(choices)].join('<br>');
}

function valuesOf(property: INodeProperties): string {
	const { type, placeholder, typeOptions: { minValue, maxValue } = {} } = property;
	switch (type) {
		case 'resourceLocator':
			return 'a model of [the list](models.md), or any by its ID';
		case 'boolean':
			return 'on, off';
		case 'json':
			return 'a JSON object';
		case 'fixedCollection':
			return `a list, each with ${valuesIn(property)
				.map(({ displayName }) => displayName)
				.join(', ')}`;
		case 'number':
			if (maxValue !== undefined) return `${minValue} to ${maxValue}`;
			return minValue === undefined ? 'any number' : `${minValue} or more`;
		default:
			return placeholder?.startsWith('e.g. ') ? `e.g. \`${placeholder.slice(5)}\`` : '';
	}
}

/** With the value that an expression gives, where the name does not begin with it. */
function tellChoice({ name, value, description }: INodePropertyOptions): string {
	const given = name.startsWith(String(value)) ? '' : ` (\`${value}\`)`;
	return `_${name}_${given}${description ? `: ${description}` : ''}`;
}

/** What holds while an option is not added, where that is not what it begins with. */
const unlessAdded: Record<string, string> = {
	'options.externalTaskId': 'made by the node',
	'costLimits.maximumCostUsd': 'no limit',
	'costLimits.maximumTotalCostUsd': 'no limit',
	'requestOptions.batching.batchSize': 'no batching',
	'requestOptions.batching.batchInterval': 'no batching',
};

/** "1 (with _Strategy_ Fixed: 5)". */
function presetsOf(shown: Entry[], all: Entry[]): string {
	const presets = shown.map((entry) => presetOf(entry));
	const [first = ''] = presets;
	const others = shown.flatMap((entry, index) => {
		const [condition, preset] = [conditionOf(entry, all), presets[index]];
		return preset === first || !condition ? [] : `${condition}: ${preset}`;
	});
	return others.length > 0 ? `${first} (${others.join('; ')})` : first;
}

function presetOf({ path, property }: Entry): string {
	const special = unlessAdded[path];
	if (special !== undefined) return special;
	// Parameters of the API are sent when they are added, and not before.
	if (path.includes('.') && apiNameOf(path)) return 'not sent';
	const { default: preset, required } = property;
	if (typeof preset === 'object' && preset !== null && 'cachedResultName' in preset) {
		return preset.cachedResultName as string;
	}
	if (property.type === 'fixedCollection') return NONE;
	if (Array.isArray(preset)) return preset.map((one) => nameOfValue(property, one)).join(', ');
	if (preset === '' && required) return 'required';
	if (preset === '' || preset === '{}') return NONE;
	if (typeof preset === 'string' && property.type === 'string') {
		return `\`${preset.replace(/^=/, '')}\``;
	}
	return nameOfValue(property, preset);
}

function grouped<T>(values: T[], keyOf: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values)
		groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
	return groups;
}
