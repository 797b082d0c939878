import { KirinVideoApi } from '../../credentials/KirinVideoApi.credentials';
import { KirinVideo } from '../../nodes/KirinVideo/KirinVideo.node';
import { modelsFor } from '../../nodes/KirinVideo/request/models';
import { MODEL, generateFromImage, generateFromText } from '../saved-parameters';
import { searchList } from './list-search';
import { KEY, sandboxForTests } from './kirin';

const OTHER = 'kirin_v9_t2v';
const sandbox = sandboxForTests({ otherModels: [OTHER] });

const parametersFor = { text: generateFromText(), image: generateFromImage() };
const catalogue = (input: 'text' | 'image') => modelsFor(input).map(({ id }) => id);

interface Search {
	filter?: string;
	credential?: Record<string, string> | null;
}

async function search(input: 'text' | 'image', { filter, credential = {} }: Search = {}) {
	const data = credential && { apiKey: KEY, baseUrl: sandbox.current.apiUrl, ...credential };
	const { results } = await searchList(new KirinVideo(), new KirinVideoApi(), data ?? undefined, {
		parameters: parametersFor[input],
		field: MODEL[input],
		filter,
	});
	return results.map(({ value }) => value);
}

/** The service answers the search like this. */
function answers(kind: object | 'reset' | 'hang' | 'html' | 'empty') {
	sandbox.current.faults = [{ on: 'search', kind: kind as never }];
}

describe('The list of models', () => {
	it('has the catalogue first, with names and pages, and then what the service knows', async () => {
		const found = await search('text');

		expect(found.slice(0, catalogue('text').length)).toEqual(catalogue('text'));
		expect(found).toContain(OTHER);
		expect(new Set(found).size).toBe(found.length);
		expect(sandbox.current.ledger.requests.map(({ kind, status }) => [kind, status])).toEqual([
			['search', 200],
		]);
	});

	it.each(['list', 'text'] as const)(
		'offers for each input what takes it, whether lists are lists or texts: %s',
		async (searchLists) => {
			sandbox.current.settings.variant = { ...sandbox.current.settings.variant, searchLists };
			const [fromText, fromImage] = [await search('text'), await search('image')];

			expect(fromImage).toContain('kirin_v1_5_i2v');
			expect(fromText).not.toContain('kirin_v1_5_i2v');
			expect(fromImage).not.toContain(OTHER);
			for (const found of [fromText, fromImage]) expect(found).toContain('kirin_video_o1');
		},
	);

	it('is searched by names and by IDs, in any letter case', async () => {
		expect(await search('text', { filter: ' v2.5 TURBO' })).toEqual(['kirin_v2_5_turbo_t2v']);
		expect(await search('image', { filter: 'V1_6_multi' })).toEqual(['kirin_v1_6_multi_i2v']);
		expect(await search('text', { filter: 'v9' })).toEqual([OTHER]);
		expect(await search('text', { filter: 'no such model' })).toEqual([]);
	});

	it.each<[string, object | 'reset' | 'html' | 'empty']>([
		['is not found', { status: 404 }],
		['refuses the key', { status: 401 }],
		['has too much to do', { status: 429 }],
		['is broken', { status: 500 }],
		['hangs up', 'reset'],
		['answers with a page', 'html'],
		['answers with nothing', 'empty'],
		['answers in another shape', { status: 200, body: { models: [{ id: 'x' }] } }],
		['answers with hits that are none', { status: 200, body: { hits: [null, 7, 'x', {}] } }],
		['has IDs that are none', { status: 200, body: { hits: [{ id: 'not an ID' }] } }],
	])('is the catalogue when the search of the service %s', async (_, kind) => {
		answers(kind);
		expect(await search('text')).toEqual(catalogue('text'));
		expect(await search('image')).toEqual(catalogue('image'));
	});

	it('does not wait for a service that does not answer', async () => {
		answers('hang');
		expect(await search('text')).toEqual(catalogue('text'));
	});

	it('takes a hit that tells no more than its name', async () => {
		answers({ status: 200, body: { hits: [{ name: 'kirin_v8_t2v' }] } });
		expect(await search('text')).toEqual([...catalogue('text'), 'kirin_v8_t2v']);
	});

	it.each<[string, Record<string, string> | null]>([
		['there is no credential', null],
		['its base URL is none', { baseUrl: 'nonsense' }],
		['nobody listens there', { baseUrl: 'http://127.0.0.1:9' }],
	])('is the catalogue when %s', async (_, credential) => {
		expect(await search('text', { credential })).toEqual(catalogue('text'));
		expect(sandbox.current.ledger.requests).toEqual([]);
	});
});
