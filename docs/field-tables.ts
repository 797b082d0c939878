/** Every field of both nodes, from their own descriptions: what the editor says, and when it says it. */
import type { INodeProperties, INodePropertyOptions, INodeTypeDescription } from 'n8n-workflow';
import { models, modelsFor } from '../nodes/KirinVideo/request/models';
import {
	type Field,
	imageSourceFields,
	modelField,
	modelFields,
	taskFields,
} from '../nodes/KirinVideo/request/parameters';
import { imageFieldsOf } from '../nodes/KirinVideo/fields/imageFields';
import { INTERVAL_PRESETS } from '../nodes/KirinVideo/fields/pollingFields';
import { operationsBy } from '../nodes/KirinVideo/operations/operations';
import { markdownTable } from './markdown-table';
import {
	type Entry,
	type Operation,
	choicesOf,
	valuesIn,
	entriesOf,
	hiddenModels,
	operationsOf,
} from './node-fields';

const NONE = '–';

/** What a table says of a field. */
interface Row {
	label: string;
	api: string;
	text: string;
	values: string;
	preset: string;
	operations: string[];
}

/** Each operation and what it does. */
export function operationsTable(node: INodeTypeDescription): string {
	return markdownTable(
		['resource', 'operation', 'what it does'],
		operationsOf(node).map(({ resource, name, description }) => [
			resource,
			`**${name}**`,
			sentence(description),
		]),
	);
}

/** The tables of Kirin Video, by the names of their places in the README. */
export function fieldTables(node: INodeTypeDescription): Map<string, string> {
	const operations = operationsOf(node);
	const places = grouped(entriesOf(node), ({ path, operations: shown }) => placeOf(path, shown));
	const said: Row[] = [];
	return new Map(
		[...places].map(([place, entries]) => {
			const rows = rowsOf(entries, node);
			const table = tableOf(withoutSaid(rows, said, 'As above.'), operations);
			said.push(...rows);
			return [place, table];
		}),
	);
}

/** The one table of the trigger. */
export function triggerTable(trigger: INodeTypeDescription, node: INodeTypeDescription): string {
	const rows = rowsOf(entriesOf(trigger), trigger);
	const said = rowsOf(entriesOf(node), node);
	return tableOf(withoutSaid(rows, said, 'As for _Task → Wait_.'), []);
}

/** Fields that another table says the same of make one row together: nobody has to read that twice. */
function withoutSaid(rows: Row[], said: Row[], reference: string): Row[] {
	// The second image's fields are those of the first.
	const whatIsSaid = ({ label, text, values, preset }: Row) =>
		JSON.stringify([label, text, values, preset]).replaceAll('Tail Image', 'Image');
	// Models are told by a table of models, and each kind has its own.
	const isSaid = (row: Row, index: number) =>
		row.label !== modelField.label &&
		[...said, ...rows.slice(0, index)].some((other) => whatIsSaid(other) === whatIsSaid(row));
	const repeated = rows.filter(isSaid);
	const [first] = repeated;
	if (!first) return rows;
	const label = repeated.map((row) => row.label).join(', ');
	const together = { ...first, label, api: '', text: reference, values: '', preset: '' };
	return [...rows.filter((row) => !repeated.includes(row)), together];
}

/** A collection has a table of its own; the others go by what the operations are about. */
function placeOf(path: string, operations: string[]): string {
	const [collection, ...inside] = path.split('.');
	if (inside.length > 0) return collection ?? '';
	const isFor = (wanted: string[]) => operations.some((operation) => wanted.includes(operation));
	if (isFor(operationsBy.input.text)) return 'fields';
	if (operations.every((operation) => operationsBy.input.image.includes(operation))) {
		return 'image fields';
	}
	return operations.every((operation) => operationsBy.takingTaskId.includes(operation))
		? 'task fields'
		: 'file fields';
}

/** One row for each label: a field that differs from model to model stands in the node several times. */
function rowsOf(entries: Entry[], node: INodeTypeDescription): Row[] {
	return [...grouped(entries, ({ property }) => property.displayName).values()].map((variants) => {
		// Under Other Model, fields are the same without their rules: said once, for all of them.
		const known = variants.filter((entry) => hiddenModels(entry).length < models.length);
		const shown = known.length > 0 ? known : variants;
		const [{ path, property }] = shown as [Entry];
		return {
			label: property.displayName,
			api: apiNameOf(path),
			text: [
				...new Set(
					shown.map((entry) => sentence(entry.property.description ?? entry.property.hint)),
				),
				known.length > 0 ? onlyForModels(known) : 'Only for a model by its ID.',
				onlyWithFields(property, node),
			]
				.filter(Boolean)
				.join(' '),
			values: valuesOf(property),
			preset: presetOf(path, property),
			operations: [...new Set(shown.flatMap(({ operations }) => operations))],
		};
	});
}

function tableOf(rows: Row[], all: Operation[]): string {
	const shown = all.filter(({ value }) =>
		rows.some(({ operations }) => operations.includes(value)),
	);
	const differ = rows.some(({ operations }) => operations.length < shown.length);
	const columns: Array<[head: string, cell: (row: Row) => string]> = [
		['field', ({ label }) => label],
		...(rows.some(({ api }) => api) ? [['API', (row: Row) => row.api] as const] : []),
		...(differ ? [['for', (row: Row) => listOf(row.operations, shown)] as const] : []),
		['what it does', ({ text }) => text],
		['values', ({ values }) => values],
		['default', ({ preset }) => preset],
	] as Array<[string, (row: Row) => string]>;
	const table = markdownTable(
		columns.map(([head]) => head),
		rows.map((row) => columns.map(([, cell]) => cell(row).replaceAll('|', '\\|'))),
	);
	if (shown.length === 0) return table;
	return `For ${shown.length === all.length ? 'every operation' : shown.map(shortName).join(', ')}:\n\n${table}`;
}

/** "Generate, Submit", or "all but Get" where that is shorter. */
function listOf(operations: string[], all: Operation[]): string {
	const [having, lacking] = [true, false].map((has) =>
		all.filter(({ value }) => operations.includes(value) === has).map(shortName),
	) as [string[], string[]];
	if (lacking.length === 0) return 'all';
	return lacking.length < having.length ? `all but ${lacking.join(', ')}` : having.join(', ');
}

function shortName({ name }: Operation): string {
	return name;
}

/** Parameters of the API by the paths of the fields that set them. */
const apiNames = new Map<string, string>([
	[modelField.path, 'model'],
	...namesBy({ ...modelFields, ...taskFields, ...imageSourceFields }),
	...Object.entries(imageFieldsOf).flatMap(([name, { binary, url, base64 }]) =>
		[binary, url, base64].map(({ path }): [string, string] => [path, name]),
	),
]);

function namesBy(fields: Record<string, Field>): Array<[path: string, name: string]> {
	return Object.entries(fields).map(([name, { path }]) => [path, name]);
}

function apiNameOf(path: string): string {
	const name = apiNames.get(path) ?? apiNames.get(path.replace(/^options\./, ''));
	return name === undefined ? '' : `\`${name}\``;
}

/** Where a few models have it they are named; where most do, the table of models tells. */
function onlyForModels(variants: Entry[]): string {
	const hiddenFor = variants.map(hiddenModels);
	const inputs = variants.map(({ operations }) =>
		operations.every((operation) => operationsBy.input.image.includes(operation))
			? 'image'
			: 'text',
	);
	const all = [...new Set(inputs)].flatMap((input) => modelsFor(input));
	const having = all.filter(({ id }) =>
		inputs.some(
			(input, index) =>
				modelsFor(input).some((model) => model.id === id) && !hiddenFor[index]?.includes(id),
		),
	);
	if (having.length === all.length) return '';
	if (having.length > all.length / 2) return 'For models that have it.';
	return `For ${having.map(({ name }) => name).join(' and ')}.`;
}

/** Shown only while another field has a certain value. */
function onlyWithFields({ displayOptions }: INodeProperties, { properties }: INodeTypeDescription) {
	return Object.entries(displayOptions?.show ?? {})
		.filter(([name]) => !['resource', 'operation', '/operation'].includes(name))
		.map(([name, values = []]) => {
			const other = properties.find((property) => property.name === name);
			if (!other) throw new Error(`A field depends on ${name}, which is not there`);
			const value = values.map((one) => nameOfValue(other, one)).join(' or ');
			return `Only with _${other.displayName}_ ${value}.`;
		})
		.join(' ');
}

function nameOfValue(property: INodeProperties, value: unknown): string {
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return choicesOf(property).find((choice) => choice.value === value)?.name ?? String(value);
}

function valuesOf(property: INodeProperties): string {
	const { type, placeholder, typeOptions: { minValue, maxValue } = {} } = property;
	switch (type) {
		case 'options':
		case 'multiOptions': {
			return choicesOf(property).map(tellChoice).join('<br>');
		}
		case 'resourceLocator':
			return 'a model of the table below, or any by its ID';
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
	'waiting.intervalSeconds': `${INTERVAL_PRESETS.fixed} (Fixed), ${INTERVAL_PRESETS.adaptive} (Adaptive)`,
	'options.externalTaskId': 'made by the node',
	'costLimits.maximumCostUsd': 'no limit',
	'requestOptions.batching.batchSize': 'no batching',
	'requestOptions.batching.batchInterval': 'no batching',
};

function presetOf(path: string, property: INodeProperties): string {
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

function sentence(text = ''): string {
	return text === '' || text.endsWith('.') ? text : `${text}.`;
}

function grouped<T>(values: T[], keyOf: (value: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values)
		groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
	return groups;
}
