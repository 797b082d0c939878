import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
	INodeProperties,
} from 'n8n-workflow';
import { connect, readBaseUrl } from '../api/client';
import { CREDENTIAL } from '../api/credential/credential';
import { excerpt, list, record, text } from '../api/untrusted';
import { type ModelInput, DEFAULT_MODELS, findModel, modelsFor } from '../request/models';
import { modelFieldFor } from '../request/parameters';
import { MODEL_ID } from '../request/requestModel';
import { docs } from './docsPages';
import { showFor } from './operationsBy';

/** The field Model: from a list that is searched, or by its ID. */

const searchMethods: Record<ModelInput, string> = {
	text: 'searchTextModels',
	image: 'searchImageModels',
};

export function modelLocator(input: ModelInput, operations: string[]): INodeProperties {
	const value = DEFAULT_MODELS[input];
	const { label, path } = modelFieldFor[input];
	return {
		displayName: label,
		name: path,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value, cachedResultName: findModel(value)?.name },
		description:
			'The model that generates the video. Fields that another model does not have lose their values when you change it.',
		displayOptions: showFor(operations),
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a model…',
				typeOptions: { searchListMethod: searchMethods[input], searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: input === 'text' ? 'e.g. kirin_v3_t2v' : 'e.g. kirin_v3_i2v',
				hint: `Parameters of a model that is not in the list are options, and are passed on unchecked. ${docs.models('What is known of such models')}.`,
			},
		],
	};
}

/** The methods that n8n calls for the lists, by the names that the fields give. */
export const modelSearches = {
	[searchMethods.text]: searchFor('text'),
	[searchMethods.image]: searchFor('image'),
};

/** The editor waits for the list, so a service that is slow to answer is left out. */
const SEARCH_TIMEOUT_MS = 5_000;
/** Hits asked for; the service's own default is 20, and the most that it gives is not documented. */
const SEARCH_LIMIT = 50;

/** As much of a hit as anybody reads in a list. */
const MAX_NAME_CHARACTERS = 100;
const MAX_DESCRIPTION_CHARACTERS = 400;

function searchFor(input: ModelInput) {
	return async function (this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
		const catalogue = modelsFor(input).map(({ id, name, description, documentationUrl }) => ({
			name,
			value: id,
			description,
			url: documentationUrl,
		}));
		const word = filter.trim().toLowerCase();
		const matches = ({ name, value }: { name: string; value: unknown }) =>
			`${name} ${String(value)}`.toLowerCase().includes(word);
		return { results: [...catalogue.filter(matches), ...(await searchService(this, word, input))] };
	};
}

/**
 * What the user's own service finds beyond the catalogue (reference: "Search and skill documents"). Not
 * every service has the search, so that whatever it answers but a list leaves the catalogue alone.
 */
async function searchService(
	functions: ILoadOptionsFunctions,
	word: string,
	input: ModelInput,
): Promise<INodeListSearchItems[]> {
	const { baseUrl } = await functions
		.getCredentials<{ baseUrl?: unknown }>(CREDENTIAL)
		.catch(() => ({ baseUrl: undefined }));
	const base = readBaseUrl(baseUrl);
	if (base === undefined) return [];
	const query = `q=${encodeURIComponent(word)}&output=video&input=${input}&limit=${SEARCH_LIMIT}`;
	const answer = await connect(functions, base, {}, undefined).call({
		method: 'GET',
		path: `/model/v1/models/skill/search?${query}`,
		timeoutMs: SEARCH_TIMEOUT_MS,
	});
	if (answer.kind !== 'response' || answer.status !== 200) return [];
	const hits = list(record(answer.body)?.hits).slice(0, SEARCH_LIMIT);
	return hits.flatMap((hit) => itemOf(hit, input));
}

/** A document of the search, where it is a model of this input that the catalogue does not have. */
function itemOf(hit: unknown, input: ModelInput): INodeListSearchItems[] {
	const found = record(hit);
	const id = text(found?.id, found?.model_id, found?.name);
	if (!found || id === undefined || !MODEL_ID.test(id) || findModel(id)) return [];
	const isOfInput = input === 'image' ? mentions(found.input, 'image') : !isImageOnly(found);
	if (!mentions(found.output, 'video') || !isOfInput) return [];
	const name = excerpt(text(found.title, found.name) ?? id, MAX_NAME_CHARACTERS);
	const description = excerpt(text(found.description) ?? '', MAX_DESCRIPTION_CHARACTERS);
	return [{ name, value: id, ...(description && { description }) }];
}

/** Some services send text instead of a list. A model without this fact is not left out. */
function mentions(value: unknown, word: string): boolean {
	return value === undefined || wordsIn(value).some((one) => one.includes(word));
}

/** A model that animates images takes a text too: its tags tell. */
function isImageOnly({ tags_abbr: tags, input }: Record<string, unknown>): boolean {
	const known = wordsIn(tags);
	if (known.includes('t2v')) return false;
	return known.includes('i2v') || known.includes('r2v') || !mentions(input, 'text');
}

function wordsIn(value: unknown): string[] {
	return list(value).flatMap((one) =>
		String(one)
			.toLowerCase()
			.split(/[\s,]+/),
	);
}
